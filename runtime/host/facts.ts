/**
 * What host this is: what a reader needs to judge figures and to repeat them. Read once before a run, never
 * during one: systeminformation forks programs.
 */
import { statfsSync } from 'node:fs';
import os from 'node:os';
import si from 'systeminformation';
import { hierarchy } from '../instance.ts';
import type { CgroupMode } from '../cgroup/hierarchy.ts';
import { hostFiles, type HostFiles } from './files.ts';
import { securityModules, selinuxState } from './security.ts';
import { hostTuning, type HostTuning } from './tuning.ts';
import { toolVersions } from './versions.ts';

export interface HostFacts {
  readonly hostname: string | null;
  readonly os: { readonly distribution: string; readonly release: string; readonly kernel: string; readonly arch: string; readonly commandLine: string };
  readonly cpu: { readonly brand: string; readonly vendor: string; readonly logical: number; readonly physical: number; readonly maxMhz: number | null; readonly governor: string | null; readonly flagsVirtualisation: boolean };
  readonly memory: { readonly totalBytes: number; readonly availableBytes: number; readonly swapTotalBytes: number; readonly ksm: boolean | null };
  readonly storage: Storage;
  readonly virtualisation: string | null;
  readonly cgroup: CgroupMode;
  readonly securityModules: readonly string[];
  readonly selinux: string;
  /** Absent for a host that was made up. */
  readonly tuning?: HostTuning;
  readonly versions: Readonly<Record<string, string>>;
}

/** A figure of /proc/meminfo in bytes. Source: proc(5). */
export function meminfoBytes(files: HostFiles, name: string): number {
  const match = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(files.read('/proc/meminfo') ?? '');
  return match === null ? 0 : Number(match[1]) * 1024;
}

export interface Storage {
  readonly fileSystem: string;
  readonly mount: string;
  readonly device: string;
  /** As the file system is mounted: `rw,relatime`. */
  readonly options?: string;
}

/** The mount that holds DIRECTORY: the longest mount point that is a prefix of it. Source: proc(5), mountinfo. */
export function storageOf(mountinfo: string, directory: string): Storage {
  let best: Storage = { fileSystem: 'unknown', mount: '/', device: 'unknown' };
  let length = -1;
  for (const line of mountinfo.split('\n')) {
    const [left, right] = line.split(' - ');
    // Blanks in a path are written in octal: \040.
    const [, , , , path, options = ''] = left?.split(' ') ?? [];
    const mount = path?.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
    const [fileSystem, device] = right?.split(' ') ?? [];
    if (mount === undefined || fileSystem === undefined || device === undefined) continue;
    const holds = mount === '/' || directory === mount || directory.startsWith(`${mount}/`);
    if (holds && mount.length >= length) {
      best = { fileSystem, mount, device, ...(options === '' ? {} : { options }) };
      length = mount.length;
    }
  }
  return best;
}

export const UNNAMED = 'a hypervisor that does not name itself';

/** The hypervisor beneath, as the processor tells (bit 31 of CPUID leaf 1) and the firmware names it. */
export function virtualisation(files: HostFiles): string | null {
  const cpuinfo = files.read('/proc/cpuinfo') ?? '';
  if (!/^flags\s*:.*\bhypervisor\b/m.test(cpuinfo)) return null;
  const product = [files.read('/sys/class/dmi/id/sys_vendor'), files.read('/sys/class/dmi/id/product_name')].map((each) => each?.trim() ?? '').filter(Boolean).join(' ');
  const type = files.read('/sys/hypervisor/type')?.trim();
  return product !== '' ? product : (type ?? UNNAMED);
}

/**
 * @param directory where results go: its storage is told
 * @param withName false leaves the host's name out of the result
 */
export async function hostFacts(directory: string, withName = true): Promise<HostFacts> {
  const files = hostFiles();
  const { osInfo, cpu } = (await si.get({ osInfo: 'distro, release, kernel, arch', cpu: 'manufacturer, brand, cores, physicalCores, speedMax' })) as {
    osInfo: { distro: string; release: string; kernel: string; arch: string };
    cpu: { manufacturer: string; brand: string; cores: number; physicalCores: number; speedMax: number };
  };
  const cpuinfo = files.read('/proc/cpuinfo') ?? '';
  const ksm = files.read('/sys/kernel/mm/ksm/run');
  return {
    hostname: withName ? os.hostname() : null,
    os: { distribution: osInfo.distro, release: osInfo.release, kernel: osInfo.kernel, arch: osInfo.arch, commandLine: files.read('/proc/cmdline')?.trim() ?? '' },
    cpu: {
      brand: [cpu.manufacturer, cpu.brand].filter(Boolean).join(' ') || 'unknown',
      vendor: cpu.manufacturer || 'unknown',
      logical: Math.max(1, cpu.cores),
      physical: Math.max(1, cpu.physicalCores),
      maxMhz: cpu.speedMax > 0 ? Math.round(cpu.speedMax * 1000) : null,
      governor: files.read('/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor')?.trim() ?? null,
      flagsVirtualisation: /^flags\s*:.*\b(vmx|svm)\b/m.test(cpuinfo),
    },
    memory: {
      totalBytes: meminfoBytes(files, 'MemTotal'),
      availableBytes: meminfoBytes(files, 'MemAvailable'),
      swapTotalBytes: meminfoBytes(files, 'SwapTotal'),
      ksm: ksm === null ? null : ksm.trim() === '1',
    },
    storage: storageOf(files.read('/proc/self/mountinfo') ?? '', directory),
    virtualisation: virtualisation(files),
    cgroup: hierarchy().mode,
    securityModules: securityModules(files),
    selinux: selinuxState(files),
    tuning: hostTuning(files),
    versions: await toolVersions(),
  };
}

/** Free bytes where DIRECTORY is, for whoever may use them. */
export function freeBytes(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}
