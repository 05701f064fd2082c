/** What the machine has done up to now, as its kernel counts it. Read in under a millisecond, starts nothing. */
import type { HostFiles } from '../../runtime/host/files.ts';
import { ownCpuMs } from './own.ts';
import { MS_PER_TICK } from './ticks.ts';

/** Since the machine was started, unless it says otherwise; `null` where this kernel does not tell. */
export interface Counters {
  /** Processor time used by anybody, in milliseconds, over all processors. */
  readonly busyMs: number;
  /** Of that, by this program and everything that it started. */
  readonly ownMs: number | null;
  /** Time in which this machine was ready to run and the hypervisor beneath ran somebody else. */
  readonly stealMs: number;
  readonly swapInBytes: number;
  readonly swapOutBytes: number;
  /** Time in which at least one task waited for a processor, for a disk, for memory. */
  readonly stalledMs: { readonly cpu: number; readonly io: number; readonly memory: number } | null;
  /** How often a processor, or a package, slowed down because it was too hot. */
  readonly throttles: number | null;
  /** Now: mean clock of the processors, in MHz. */
  readonly mhz: number | null;
  /** Now: runnable tasks, mean over a minute. */
  readonly load: number | null;
  /** Now. */
  readonly clockSource: string | null;
}

const PAGE_BYTES = 4096;
const CPUS = '/sys/devices/system/cpu';
/** On a large machine the mean of some says as much, and each read may ask its processor. */
const MOST_CLOCKS = 8;

/** `null` where there is no /proc/stat. Sources: proc(5); Documentation/accounting/psi.rst and admin-guide/pm/cpufreq.rst of the kernel. */
export function readCounters(files: HostFiles): Counters | null {
  const cpu = /^cpu +(.+)$/m.exec(files.read('/proc/stat') ?? '')?.[1];
  if (cpu === undefined) return null;
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = cpu.split(' ').map(Number);
  const vmstat = files.read('/proc/vmstat') ?? '';
  const pages = (name: string): number => Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(vmstat)?.[1] ?? 0) * PAGE_BYTES;
  return {
    busyMs: (user + nice + system + irq + softirq) * MS_PER_TICK,
    ownMs: ownCpuMs(files),
    stealMs: steal * MS_PER_TICK,
    swapInBytes: pages('pswpin'),
    swapOutBytes: pages('pswpout'),
    stalledMs: readPressure(files),
    throttles: readThrottles(files),
    mhz: readClocks(files),
    load: numberOf(files.read('/proc/loadavg')?.split(' ')[0]),
    clockSource: files.read('/sys/devices/system/clocksource/clocksource0/current_clocksource')?.trim() ?? null,
  };
}

function readPressure(files: HostFiles): Counters['stalledMs'] {
  const some = (name: string): number | null => {
    const microseconds = numberOf(/^some .*total=(\d+)$/m.exec(files.read(`/proc/pressure/${name}`) ?? '')?.[1]);
    return microseconds === null ? null : microseconds / 1000;
  };
  const [cpu, io, memory] = [some('cpu'), some('io'), some('memory')];
  return cpu === null || io === null || memory === null ? null : { cpu, io, memory };
}

function cpus(files: HostFiles): string[] {
  return files.list(CPUS).filter((name) => /^cpu\d+$/.test(name));
}

function readThrottles(files: HostFiles): number | null {
  const counts = cpus(files).flatMap((cpu) => ['core', 'package'].map((of) => numberOf(files.read(`${CPUS}/${cpu}/thermal_throttle/${of}_throttle_count`))));
  const known = counts.filter((count) => count !== null);
  return known.length === 0 ? null : known.reduce((sum, count) => sum + count, 0);
}

function readClocks(files: HostFiles): number | null {
  const kilohertz = cpus(files).slice(0, MOST_CLOCKS).map((cpu) => numberOf(files.read(`${CPUS}/${cpu}/cpufreq/scaling_cur_freq`))).filter((each) => each !== null);
  return kilohertz.length === 0 ? null : Math.round(kilohertz.reduce((sum, each) => sum + each, 0) / kilohertz.length / 1000);
}

function numberOf(text: string | null | undefined): number | null {
  const value = Number.parseFloat(text ?? '');
  return Number.isFinite(value) ? value : null;
}
