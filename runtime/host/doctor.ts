/**
 * What this host can do, and how to make it do more. Each check is data: what was found, what it makes
 * possible, and the remedy for a lack.
 */
import type { CgroupHierarchy } from '../cgroup/hierarchy.ts';
import { rootlessAvailability } from '../container/rootless.ts';
import type { HostFiles } from './files.ts';
import { hostTuning } from './tuning.ts';
import { meminfoBytes, virtualisation } from './facts.ts';
import { apparmorState, securityModules, selinuxState } from './security.ts';

export interface Check {
  readonly id: string;
  readonly title: string;
  /** `lack`: something cannot be done. `warn`: it can, and figures may suffer. */
  readonly state: 'ok' | 'warn' | 'lack';
  readonly finding: string;
  /** What to do; null when nothing is amiss. */
  readonly remedy: string | null;
  /** What the remedy rests on, and how to look further: sentences. */
  readonly background?: readonly string[];
  /** What it makes possible. */
  readonly unlocks: string;
}

export interface Situation {
  readonly files: HostFiles;
  readonly uid: number;
  readonly hierarchy: CgroupHierarchy;
  readonly cpus: number;
  /** Free bytes where images and reports go. */
  readonly freeBytes: number;
}

const MIB = 2 ** 20;

/** What the launcher does that needs a capability: number (capability.h) → name. */
const CAPABILITIES: readonly (readonly [number, string])[] = [
  [5, 'CAP_KILL'],
  [21, 'CAP_SYS_ADMIN'],
  [27, 'CAP_MKNOD'],
];

/** Those that this process lacks, though it may be root: so it is inside most containers. Source: proc(5), CapEff. */
function missingCapabilities(files: HostFiles): string[] {
  const effective = /^CapEff:\s+([0-9a-f]+)$/m.exec(files.read('/proc/self/status') ?? '')?.[1];
  if (effective === undefined) return [];
  return CAPABILITIES.filter(([bit]) => ((BigInt(`0x${effective}`) >> BigInt(bit)) & 1n) === 0n).map(([, name]) => name);
}

function rootCheck({ uid, files }: Situation): Check {
  const base = { id: 'root', title: 'privileges', unlocks: 'containers with limits, virtual machines in a cgroup, memory of every instance' };
  if (uid !== 0) {
    const rootless = rootlessAvailability((path) => files.read(path));
    const containers = rootless.state === 'available' ? 'processes and containers can be started and timed (in a user namespace, without limits)' : 'only a plain process can be started and timed';
    return { ...base, state: 'lack', finding: `running as uid ${uid}: ${containers}; memory and virtual machines need root`, remedy: `run it with sudo${rootless.state === 'available' ? '' : `; for containers without root: ${rootless.remedy.replace(/^.*?: /, '')}`}` };
  }
  const missing = missingCapabilities(files);
  if (missing.length > 0) return { ...base, state: 'lack', finding: `running as root, but without ${missing.join(', ')}`, remedy: 'run it outside the container that this is, or start that one with --privileged' };
  return { ...base, state: 'ok', finding: 'running as root', remedy: null };
}

function namespaceCheck({ files }: Situation): Check {
  const missing = ['mnt', 'pid', 'net', 'ipc', 'uts', 'cgroup'].filter((name) => !files.list('/proc/self/ns').includes(name));
  return {
    id: 'namespaces',
    title: 'namespaces',
    state: missing.length === 0 ? 'ok' : 'lack',
    finding: missing.length === 0 ? 'the kernel has all six that a container gets' : `the kernel lacks: ${missing.join(', ')}`,
    remedy: missing.length === 0 ? null : 'use a kernel built with CONFIG_NAMESPACES and its options',
    unlocks: 'containers',
  };
}

function cgroupCheck({ hierarchy }: Situation): Check {
  const missing = (['memory', 'pids', 'cpu'] as const).filter((name) => !hierarchy.controllers.has(name));
  const where = [...hierarchy.controllers].map(([name, { version }]) => `${name} (v${version})`).join(', ');
  return {
    id: 'cgroup',
    title: 'cgroups',
    state: missing.length === 0 ? 'ok' : 'lack',
    finding: missing.length === 0 ? `mode ${hierarchy.mode}: ${where}` : `mode ${hierarchy.mode}; missing controllers: ${missing.join(', ')}`,
    remedy: missing.length === 0 ? null : 'boot with cgroup_enable=memory swapaccount=1, or mount the cgroup file systems',
    unlocks: 'limits of a container, and memory of every instance by one set of files',
  };
}

function overlayCheck({ files }: Situation): Check {
  const known = /\boverlay$/m.test(files.read('/proc/filesystems') ?? '');
  return {
    id: 'overlay',
    title: 'overlay file system',
    state: known ? 'ok' : 'lack',
    finding: known ? 'the kernel has it' : 'the kernel does not list it (it may be a module not yet loaded)',
    remedy: known ? null : 'run: modprobe overlay',
    unlocks: 'layered root file systems for containers',
  };
}

function securityCheck({ files }: Situation): Check {
  const modules = securityModules(files);
  const active = selinuxState(files) === 'enforcing' || apparmorState(files) === 'enabled';
  return {
    id: 'security-modules',
    title: 'SELinux and AppArmor',
    state: active ? 'ok' : 'warn',
    finding: `SELinux: ${selinuxState(files)}; AppArmor: ${apparmorState(files)}${modules.length > 0 ? `; modules: ${modules.join(', ')}` : ''}`,
    remedy: active ? null : 'nothing is broken; but policies by label, one of three pillars of isolation, cannot be shown here: use Fedora (SELinux) or Ubuntu (AppArmor) for that',
    unlocks: 'isolation by policy, beside namespaces and cgroups',
  };
}

function memoryCheck({ files }: Situation): Check {
  const available = meminfoBytes(files, 'MemAvailable');
  const enough = available >= 1024 * MIB;
  return {
    id: 'memory',
    title: 'memory',
    state: enough ? 'ok' : 'warn',
    finding: `${Math.round(available / MIB)} MiB available of ${Math.round(meminfoBytes(files, 'MemTotal') / MIB)} MiB`,
    remedy: enough ? null : 'stop something: a virtual machine of 256 MiB takes about 350 MiB with its hypervisor',
    unlocks: 'virtual machines',
  };
}

function diskCheck({ freeBytes }: Situation): Check {
  const enough = freeBytes >= 512 * MIB;
  return {
    id: 'disk',
    title: 'disk space',
    state: enough ? 'ok' : 'warn',
    finding: `${Math.round(freeBytes / MIB)} MiB free where images and reports go`,
    remedy: enough ? null : 'free about 512 MiB',
    unlocks: 'building images, keeping results',
  };
}

/** As much as medians of a few dozen starts can tell apart. */
const MOST_STOLEN = 0.01;

/** Of the time since the machine was started, what the hypervisor beneath gave to others. Source: proc(5), stat. */
function stealShare(files: HostFiles): number {
  const ticks = /^cpu +(.+)$/m.exec(files.read('/proc/stat') ?? '')?.[1]?.split(' ').slice(0, 8).map(Number) ?? [];
  const all = ticks.reduce((sum, each) => sum + each, 0);
  return all > 0 ? (ticks[7] ?? 0) / all : 0;
}

function noiseCheck({ files, cpus }: Situation): Check {
  const load = Number((files.read('/proc/loadavg') ?? '0').split(' ')[0]);
  const governor = files.read('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor')?.trim() ?? null;
  const beneath = virtualisation(files);
  const swap = meminfoBytes(files, 'SwapTotal') - meminfoBytes(files, 'SwapFree');
  const stolen = stealShare(files);
  const hugePages = hostTuning(files).transparentHugePages;
  const noise = [
    ...(load > cpus / 2 ? [`load average ${load} on ${cpus} processors`] : []),
    ...(governor !== null && governor !== 'performance' ? [`frequency governor ${governor}`] : []),
    ...(beneath !== null ? [`this host is itself virtual (${beneath}), so others may share it`] : []),
    ...(swap > 0 ? [`${Math.round(swap / MIB)} MiB in swap`] : []),
    ...(stolen > MOST_STOLEN ? [`${(stolen * 100).toPrecision(2)} % of the processors’ time since the start went to other machines on the same hardware (steal)`] : []),
    ...(hugePages === 'always' ? ['transparent huge pages always: a few touched bytes may hold 2 MiB, so memory figures come in steps'] : []),
  ];
  return {
    id: 'noise',
    title: 'noise',
    state: noise.length === 0 ? 'ok' : 'warn',
    finding: noise.length === 0 ? 'quiet' : noise.join('; '),
    remedy: noise.length === 0 ? null : `trust ratios before absolute figures; stop other work, set the governor to performance, use bare metal${hugePages === 'always' ? '; echo madvise > /sys/kernel/mm/transparent_hugepage/enabled' : ''}`,
    unlocks: 'figures that repeat',
  };
}

/** The checks that need nothing started. */
export function examine(situation: Situation): Check[] {
  return [rootCheck, namespaceCheck, cgroupCheck, overlayCheck, securityCheck, memoryCheck, diskCheck, noiseCheck].map((check) => check(situation));
}
