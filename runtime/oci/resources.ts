/** Limits as a bundle says them and as a cgroup takes them, in both directions. Source: config-linux.md#control-groups. */
import type { IoLimit, Limits } from '../cgroup/limits.ts';
import type { OciResources } from './config.ts';
import { refusal } from './refusal.ts';

/** The only period that is set: a tenth of a second, the kernel's own default. */
export const PERIOD_US = 100_000;
/** The kernel takes no smaller quota. Source: sched-bwc.rst. */
const LEAST_QUOTA_US = 1000;

/** The kernel's own measure: 1024 shares weigh 100. Source: sched_weight_from_cgroup() in kernel/sched/core.c. */
const SHARES_OF_A_WEIGHT = 1024 / 100;

const THROTTLES = [
  ['throttleReadBpsDevice', 'readBytesPerSecond'],
  ['throttleWriteBpsDevice', 'writeBytesPerSecond'],
  ['throttleReadIOPSDevice', 'readsPerSecond'],
  ['throttleWriteIOPSDevice', 'writesPerSecond'],
] as const;

/** As config.json has them: what is not limited is not there. */
export function ociResources(limits: Limits): OciResources {
  const memory = {
    ...(limits.memoryBytes === null ? {} : { limit: limits.memoryBytes }),
    // OCI counts memory and swap together, so that without a limit on memory there is none on swap either.
    ...(limits.swapBytes === undefined ? {} : limits.swapBytes === null ? { swap: -1 } : limits.memoryBytes === null ? {} : { swap: limits.memoryBytes + limits.swapBytes }),
  };
  const cpu = {
    ...(limits.cpus === null ? {} : { quota: Math.max(LEAST_QUOTA_US, Math.round(limits.cpus * PERIOD_US)), period: PERIOD_US }),
    ...(limits.cpuWeight == null ? {} : { shares: Math.round(limits.cpuWeight * SHARES_OF_A_WEIGHT) }),
    ...(limits.cpuset == null ? {} : { cpus: limits.cpuset }),
    ...(limits.memoryNodes == null ? {} : { mems: limits.memoryNodes }),
  };
  const blockIO = Object.fromEntries(THROTTLES.flatMap(([property, rate]) => {
    const rates = (limits.io ?? []).flatMap(({ major, minor, [rate]: value }) => (value === undefined ? [] : [{ major, minor, rate: value }]));
    return rates.length === 0 ? [] : [[property, rates] as const];
  }));
  return {
    // What every engine writes: without it crun lets a container open any device that it makes a node of.
    devices: [{ allow: false, access: 'rwm' }],
    ...(Object.keys(memory).length === 0 ? {} : { memory }),
    ...(Object.keys(cpu).length === 0 ? {} : { cpu }),
    ...(limits.pids === null ? {} : { pids: { limit: limits.pids } }),
    ...(Object.keys(blockIO).length === 0 ? {} : { blockIO }),
  };
}

function memoryLimits({ limit, swap }: NonNullable<OciResources['memory']>): Pick<Limits, 'memoryBytes' | 'swapBytes'> {
  const memoryBytes = limit === undefined || limit === -1 ? null : limit;
  if (memoryBytes === 0) throw refusal('linux.resources.memory.limit', 0, 'leaves no memory at all', 'give bytes, or -1 for no limit');
  if (swap === undefined) return { memoryBytes };
  if (swap === -1) return { memoryBytes, swapBytes: null };
  if (memoryBytes === null) throw refusal('linux.resources.memory.swap', swap, 'bounds memory and swap together, and memory has no limit', 'give memory.limit too');
  if (swap < memoryBytes) throw refusal('linux.resources.memory.swap', swap, `is memory and swap together, and memory alone is ${memoryBytes}`, `give ${memoryBytes} for no swap, or more`);
  return { memoryBytes, swapBytes: swap - memoryBytes };
}

function cpuLimits({ quota, period, shares, cpus, mems }: NonNullable<OciResources['cpu']>): Pick<Limits, 'cpus' | 'cpuWeight' | 'cpuset' | 'memoryNodes'> {
  if (quota !== undefined && quota > 0 && period !== undefined && period !== PERIOD_US) {
    throw refusal('linux.resources.cpu.period', period, `tare accounts in periods of ${PERIOD_US} µs`, `the same share is quota ${Math.round((quota / period) * PERIOD_US)}, period ${PERIOD_US}`);
  }
  if (quota !== undefined && quota > 0 && quota < LEAST_QUOTA_US) throw refusal('linux.resources.cpu.quota', quota, `the kernel gives no less than ${LEAST_QUOTA_US} µs`, `give ${LEAST_QUOTA_US} or more, or -1 for no limit`);
  return {
    cpus: quota === undefined || quota <= 0 ? null : quota / PERIOD_US,
    // 0 is how engines say that they say nothing; weights end at 1 and 10000.
    ...(shares === undefined || shares === 0 ? {} : { cpuWeight: Math.min(10_000, Math.max(1, Math.round(shares / SHARES_OF_A_WEIGHT))) }),
    ...(cpus === undefined || cpus === '' ? {} : { cpuset: processorList('linux.resources.cpu.cpus', cpus) }),
    ...(mems === undefined || mems === '' ? {} : { memoryNodes: processorList('linux.resources.cpu.mems', mems) }),
  };
}

function processorList(place: string, value: string): string {
  if (!/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(value)) throw refusal(place, value, 'is no list of numbers', 'write it like 0-3,6');
  return value;
}

function ioLimits(blockIO: NonNullable<OciResources['blockIO']>): IoLimit[] {
  const devices = new Map<string, IoLimit>();
  for (const [property, rateName] of THROTTLES) {
    for (const { major, minor, rate } of blockIO[property] ?? []) {
      const key = `${major}:${minor}`;
      devices.set(key, { ...(devices.get(key) ?? { major, minor }), [rateName]: rate });
    }
  }
  return [...devices.values()];
}

function pidLimit(limit: number | undefined): number | null {
  if (limit === 0) throw refusal('linux.resources.pids.limit', 0, 'means no limit to some runtimes and no process to others', 'give a number above 0, or -1 for no limit');
  return limit === undefined || limit === -1 ? null : limit;
}

/** @throws {TareError} `bad-file` naming the limit that cannot be kept */
export function limitsOf({ memory = {}, cpu = {}, pids = {}, blockIO = {} }: OciResources): Limits {
  const io = ioLimits(blockIO);
  return { ...memoryLimits(memory), ...cpuLimits(cpu), pids: pidLimit(pids.limit), ...(io.length === 0 ? {} : { io }) };
}
