/**
 * The part of a plan that makes an instance's cgroup, limits it, and puts the new process into it.
 */
import { readFileSync } from 'node:fs';
import { TareError } from '../errors.ts';
import { slotName, type Slot } from '../launcher/prepared.ts';
import type { Step } from '../plan.ts';
import { cgroupCreate, collect, optional, write } from '../steps.ts';
import { ALWAYS, type CgroupHierarchy, type Controller, type Placement } from './hierarchy.ts';
import type { IoLimit, Limits } from './limits.ts';

export interface CgroupSteps {
  /** For the launcher, before the clone. */
  readonly before: readonly Step[];
  /** The v2 cgroup to be born in, or ''. */
  readonly cloneInto: string;
  /** For the new process, first thing after the clone. */
  readonly inside: readonly Step[];
}

/** The directory of an instance's cgroup that has CONTROLLER, or null where the host lacks it. */
export function cgroupPath(hierarchy: CgroupHierarchy, slot: Slot, controller: Controller): string | null {
  const placement = hierarchy.controllers.get(controller);
  return placement === undefined ? null : `${placement.mount}/${slotName(slot)}`;
}

/** The controllers that an instance with these limits is put under. */
function wanted(limits: Limits): Controller[] {
  return [
    ...ALWAYS,
    ...(limits.cpuTime === true ? (['cpuacct'] as const) : []),
    ...(given(limits.cpuset) || given(limits.memoryNodes) ? (['cpuset'] as const) : []),
    ...((limits.io ?? []).length > 0 ? (['io'] as const) : []),
    ...(limits.freezable === true ? (['freezer'] as const) : []),
  ];
}

function given<T>(value: T | null | undefined): value is T {
  return value !== null && value !== undefined;
}

/** Those of them that this host has. */
function placements(hierarchy: CgroupHierarchy, limits: Limits): (readonly [Controller, Placement])[] {
  const names = wanted(limits);
  return [...hierarchy.controllers].filter(([controller]) => names.includes(controller));
}

/** Every directory that `cgroupSteps` makes for an instance. */
export function cgroupDirectories(hierarchy: CgroupHierarchy, slot: Slot, limits: Limits): string[] {
  return [...new Set(placements(hierarchy, limits).map(([, { mount }]) => `${mount}/${slotName(slot)}`))];
}

const PERIOD_US = 100_000;

/** A file of the cgroup and what is written to it. */
interface Setting {
  readonly file: string;
  readonly value: string;
  readonly why: string;
}

function memorySettings(version: 1 | 2, { memoryBytes, swapBytes }: Limits): Setting[] {
  const settings: Setting[] = [];
  if (given(memoryBytes)) {
    settings.push({ file: version === 2 ? 'memory.max' : 'memory.limit_in_bytes', value: String(memoryBytes), why: 'what it may hold: beyond it, its own processes are killed and nobody else’s' });
  }
  if (given(swapBytes)) {
    // v1 counts memory and swap together, v2 apart.
    const [file, value] = version === 2 ? ['memory.swap.max', swapBytes] : ['memory.memsw.limit_in_bytes', (memoryBytes ?? 0) + swapBytes];
    settings.push({ file, value: String(value), why: 'what of its memory may be swapped out' });
  }
  return settings;
}

function cpuSettings(version: 1 | 2, { cpus, cpuWeight }: Limits): Setting[] {
  const settings: Setting[] = [];
  if (given(cpus)) {
    const quota = Math.max(1000, Math.round(cpus * PERIOD_US));
    settings.push({ ...(version === 2 ? { file: 'cpu.max', value: `${quota} ${PERIOD_US}` } : { file: 'cpu.cfs_quota_us', value: String(quota) }), why: 'how much processor time it may take in each tenth of a second' });
  }
  if (given(cpuWeight)) {
    const [file, value] = version === 2 ? ['cpu.weight', cpuWeight] : ['cpu.shares', Math.max(2, Math.round((cpuWeight * 1024) / 100))];
    settings.push({ file, value: String(value), why: 'its share when processors are short, against 100 for everybody else' });
  }
  return settings;
}

/** In v1 a new cpuset is empty, and nothing can join it until both of its lists are filled. */
function cpusetSettings(version: 1 | 2, mount: string, { cpuset, memoryNodes }: Limits): Setting[] {
  const inherited = (file: string): string => (version === 2 ? '' : readFileSync(`${mount}/${file}`, 'utf8').trim());
  const settings = [
    { file: 'cpuset.cpus', value: cpuset ?? inherited('cpuset.cpus'), why: 'which processors it may run on' },
    { file: 'cpuset.mems', value: memoryNodes ?? inherited('cpuset.mems'), why: 'which memory it may use' },
  ];
  return settings.filter(({ value }) => value !== '');
}

const IO_FILES = [
  ['readBytesPerSecond', 'rbps', 'read_bps_device'],
  ['writeBytesPerSecond', 'wbps', 'write_bps_device'],
  ['readsPerSecond', 'riops', 'read_iops_device'],
  ['writesPerSecond', 'wiops', 'write_iops_device'],
] as const satisfies readonly (readonly [keyof IoLimit, string, string])[];

function ioSettings(version: 1 | 2, limits: readonly IoLimit[]): Setting[] {
  const why = 'how much it may read and write on this device';
  return limits.flatMap((limit) => {
    const set = IO_FILES.filter(([field]) => limit[field] !== undefined);
    const device = `${limit.major}:${limit.minor}`;
    if (version === 2) return [{ file: 'io.max', value: [device, ...set.map(([field, name]) => `${name}=${limit[field]}`)].join(' '), why }];
    return set.map(([field, , file]) => ({ file: `blkio.throttle.${file}`, value: `${device} ${limit[field]}`, why }));
  });
}

function settings(controller: Controller, { version, mount }: Placement, limits: Limits): Setting[] {
  switch (controller) {
    case 'memory':
      return memorySettings(version, limits);
    case 'pids':
      return given(limits.pids) ? [{ file: 'pids.max', value: String(limits.pids), why: 'how many processes it may have: a fork bomb stops here' }] : [];
    case 'cpu':
      return cpuSettings(version, limits);
    case 'cpuset':
      return cpusetSettings(version, mount, limits);
    case 'io':
      return ioSettings(version, limits.io ?? []);
    case 'cpuacct':
    case 'freezer':
      return [];
  }
}

/** Read when the instance ends: whether a limit killed it; and what it has used, where that is to be told. */
function endOfLife(directory: string, controller: Controller, version: 1 | 2, { cpuTime }: Limits): Step[] {
  const told = cpuTime === true;
  const used = (file: string, why: string): Step[] => (told ? [optional(collect(`${directory}/${file}`, why))] : []);
  switch (controller) {
    case 'memory':
      return [
        collect(`${directory}/${version === 2 ? 'memory.events' : 'memory.oom_control'}`, 'whether the memory limit killed it'),
        ...used(version === 2 ? 'memory.peak' : 'memory.max_usage_in_bytes', 'the most it ever held'),
      ];
    case 'cpu':
      return version === 2 ? used('cpu.stat', 'the processor time it took') : [];
    case 'cpuacct':
      return used('cpuacct.usage', 'the processor time it took');
    case 'pids':
    case 'cpuset':
    case 'io':
    case 'freezer':
      return [];
  }
}

/** @throws {TareError} `host` for a limit that no controller of this host can hold */
function refuseUnheld(hierarchy: CgroupHierarchy, limits: Limits): void {
  const held = (controller: Controller): boolean => hierarchy.controllers.has(controller);
  const missing: readonly (readonly [boolean, Controller, string])[] = [
    [given(limits.cpuset) || given(limits.memoryNodes), 'cpuset', 'which processors and memory it may use'],
    [(limits.io ?? []).length > 0, 'io', 'what it may read and write'],
  ];
  for (const [asked, controller, what] of missing) {
    if (asked && !held(controller)) throw new TareError('host', `no cgroup controller ${controller} on this host (mode ${hierarchy.mode}) to limit ${what}`, 'leave the limit out, or mount the controller');
  }
}

/**
 * Steps for one instance on this host.
 *
 * v1: one directory a hierarchy, joined by the new process itself writing 0 to `tasks`. That takes some 20 µs,
 * where any write to `cgroup.procs`, or another process writing the PID, waits for an RCU grace period of
 * 10 ms and more. v2: the process is born inside (CLONE_INTO_CGROUP).
 *
 * @throws {TareError} `host` for a limit that no controller of this host can hold
 */
export function cgroupSteps(hierarchy: CgroupHierarchy, slot: Slot, limits: Limits): CgroupSteps {
  refuseUnheld(hierarchy, limits);
  const before: Step[] = [];
  const inside: Step[] = [];
  let cloneInto = '';
  const placed = placements(hierarchy, limits);
  const toEnable = hierarchy.toEnable.filter((controller) => placed.some(([name]) => name === controller));
  if (toEnable.length > 0) {
    const names = toEnable.map((controller) => `+${controller}`).join(' ');
    before.push(write(`${hierarchy.unified ?? ''}/cgroup.subtree_control`, names, 'hand down controllers', 'the root hands its controllers down to the cgroups below it'));
  }
  const made = new Set<string>();
  for (const [controller, placement] of placed) {
    const { mount, version } = placement;
    const directory = `${mount}/${slotName(slot)}`;
    if (!made.has(mount)) {
      made.add(mount);
      before.push(cgroupCreate(directory, version === 2 ? 'v2' : controller, 'a group that the kernel accounts and limits as one'));
      if (version === 2) cloneInto = directory;
      else inside.push(write(`${directory}/tasks`, '0', `join ${controller}`, 'from here on what it uses is charged to its group'));
    }
    before.push(...settings(controller, placement, limits).map(({ file, value, why }) => write(`${directory}/${file}`, value, `limit ${controller}`, why)));
    before.push(...endOfLife(directory, controller, version, limits));
  }
  return { before, cloneInto, inside };
}
