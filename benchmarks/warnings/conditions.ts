/** What went on around the measurements and speaks against them: each limit is data, with its reason. */
import type { ConditionsSeries } from '../result/conditions.ts';
import type { Host, Warning } from '../result/schema.ts';

interface Limit {
  readonly id: string;
  /** What is held against the limit, over the whole run; `null` where the kernel did not tell. */
  readonly of: (seen: Seen) => number | null;
  /** More than this is a warning. */
  readonly most: number;
  /** Why there and nowhere else. */
  readonly why: string;
  readonly symptom: (value: number, seen: Seen) => string;
  readonly cause: string;
  readonly remedy: string;
}

interface Seen {
  readonly series: ConditionsSeries;
  /** Of all processors together. */
  readonly capacityMs: number;
  readonly overMs: number;
}

const MEBIBYTE = 2 ** 20;
/** Clocks that the kernel reads in tens of nanoseconds; the others take a microsecond, or an exit to the hypervisor. */
const QUICK_CLOCKS = ['tsc', 'kvm-clock', 'hyperv_clocksource_tsc_page', 'arch_sys_counter'];

export const LIMITS: readonly Limit[] = [
  {
    id: 'steal',
    of: ({ series, capacityMs }) => sum(series.stealMs) / capacityMs,
    most: 0.01,
    why: 'a hundredth is as much as medians of a few dozen starts can tell apart',
    symptom: (value, { series }) => `The hypervisor beneath kept the processors from this machine for ${percent(value)} of the run${atWorst(series, series.stealMs)}.`,
    cause: 'Other machines on the same hardware were served meanwhile: starts take longer and scatter, by no fault of the boxes.',
    remedy: 'Run on bare metal or on a machine with processors of its own, or at another hour.',
  },
  {
    id: 'other-tenants',
    of: ({ series, capacityMs }) => {
      const others = othersMs(series);
      return others === null ? null : sum(others) / capacityMs;
    },
    most: 0.1,
    why: 'the kernel’s own threads, which clean up after containers, take some hundredths on our behalf',
    symptom: (value, { series }) => `Others used ${percent(value)} of the processors’ time during the run${atWorst(series, othersMs(series) ?? [])}.`,
    cause: 'Programs that are no part of the run, or daemons that work for a box, were at work between and beside the measurements.',
    remedy: 'Stop other programs and run again; top shows which they are.',
  },
  {
    id: 'throttled',
    of: ({ series }) => total(series.throttles),
    most: 0,
    why: 'one is enough to make a start that falls into it slower',
    symptom: (value) => `Processors slowed down ${value} times because they were too hot.`,
    cause: 'Cooling does not keep up: later samples run at a lower clock than earlier ones.',
    remedy: 'Cool the machine, leave a longer --gap, or cap the clock: cpupower frequency-set -u',
  },
  {
    id: 'swapping',
    of: ({ series }) => sum(series.swapInBytes) + sum(series.swapOutBytes),
    most: MEBIBYTE,
    why: 'less than a mebibyte is a handful of pages of programs that slept',
    symptom: (value) => `${Math.round(value / MEBIBYTE)} MiB went to swap or came back during the run.`,
    cause: 'Memory was short: what is swapped out is missing from resident memory, and reading it back takes time.',
    remedy: 'Free memory, or run fewer or smaller boxes (--memory), and run again.',
  },
  {
    id: 'memory-pressure',
    of: ({ series, overMs }) => shareOf(series.stalledMemoryMs, overMs),
    most: 0.01,
    why: 'on a machine with room it is zero',
    symptom: (value) => `For ${percent(value)} of the run something waited for memory.`,
    cause: 'The kernel had to reclaim pages before it could give some out.',
    remedy: 'Free memory, or run fewer or smaller boxes (--memory), and run again.',
  },
  {
    id: 'disk-pressure',
    of: ({ series, overMs }) => shareOf(series.stalledIoMs, overMs),
    most: 0.1,
    why: 'the journal is synced to the disk after every sample, which is some hundredths on a slow one',
    symptom: (value) => `For ${percent(value)} of the run something waited for a disk.`,
    cause: 'Others were reading or writing, or the disk is slow; starts that read from it take longer.',
    remedy: 'Stop what uses the disk (iotop shows it), or put --out on another one.',
  },
  {
    id: 'clock-speed',
    of: ({ series }) => {
      const known = series.mhz.filter((each) => each !== null);
      return known.length < 2 ? null : 1 - Math.min(...known) / Math.max(...known);
    },
    most: 0.2,
    why: 'a turbo that comes and goes moves a tenth; a governor that saves power halves the clock',
    symptom: (value, { series }) => `The processors’ clock fell to ${Math.min(...series.mhz.filter((each) => each !== null))} MHz between measurements, ${percent(value)} below its highest.`,
    cause: 'The frequency governor, heat or a limit of power slowed the processors; short starts after an idle gap may run at a low clock.',
    remedy: 'For comparable figures: cpupower frequency-set -g performance',
  },
];

export function conditionWarnings(series: ConditionsSeries | undefined, host: Host): Warning[] {
  if (series === undefined) return [];
  const overMs = sum(series.overMs);
  if (!(overMs > 0)) return [];
  const seen = { series, overMs, capacityMs: overMs * host.cpu.logical };
  return [
    ...LIMITS.flatMap(({ id, of, most, symptom, cause, remedy }) => {
      const value = of(seen);
      return value === null || value <= most ? [] : [{ id, symptom: symptom(value, seen), cause, remedy }];
    }),
    ...clock(series),
  ];
}

function clock({ clockSources }: ConditionsSeries): Warning[] {
  const slow = clockSources.find((each) => !QUICK_CLOCKS.includes(each));
  if (slow === undefined && clockSources.length < 2) return [];
  return [
    {
      id: 'clock-source',
      symptom: clockSources.length > 1 ? `The kernel changed what it tells time by during the run: ${clockSources.join(', then ')}.` : `The kernel tells time by ${slow}.`,
      cause: 'It found the processors’ own counter (tsc) unreliable. Reading another clock takes a microsecond or more, and changing it may put a step into the figures.',
      remedy: 'Look for “clocksource” in dmesg; on a virtual machine ask for a stable tsc.',
    },
  ];
}

/** Processor time of everybody else, for each look; `null` where ours is not known. Ticks are counted roughly: no look yields less than nothing. */
function othersMs({ busyMs, ownMs }: ConditionsSeries): number[] | null {
  const others = busyMs.map((busy, index) => {
    const own = ownMs[index] ?? null;
    return own === null ? null : Math.max(0, busy - own);
  });
  return others.every((each) => each !== null) ? others : null;
}

/** ` (at worst 2.1 processors for 1.0 s)`: of the looks, the one in which most was taken. */
function atWorst({ overMs }: ConditionsSeries, takenMs: readonly number[]): string {
  const worst = takenMs.map((taken, index) => ({ taken, over: overMs[index] ?? 0 })).filter(({ over }) => over > 0).sort((a, b) => b.taken / b.over - a.taken / a.over)[0];
  return worst === undefined || takenMs.length < 2 ? '' : `, at worst ${(worst.taken / worst.over).toFixed(1)} processors for ${(worst.over / 1000).toFixed(1)} s`;
}

function shareOf(stalledMs: readonly (number | null)[], overMs: number): number | null {
  const stalled = total(stalledMs);
  return stalled === null ? null : stalled / overMs;
}

function total(column: readonly (number | null)[]): number | null {
  const known = column.filter((each) => each !== null);
  return known.length < column.length ? null : sum(known);
}

function sum(values: readonly number[]): number {
  return values.reduce((all, each) => all + each, 0);
}

function percent(share: number): string {
  return `${Number((share * 100).toPrecision(2))} %`;
}
