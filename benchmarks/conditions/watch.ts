/** Looks at the machine around the measurements, never during one: before the first, between them, after the last. */
import { performance } from 'node:perf_hooks';
import type { HostFiles } from '../../runtime/host/files.ts';
import type { ConditionsPoint } from '../result/conditions.ts';
import { readCounters, type Counters } from './counters.ts';

/** No more often: a short visit is not worth a line in the journal. */
const EVERY_MS = 1000;

export interface Watch {
  /** Between two visits. Does nothing when the last look was less than a second ago. */
  look(): Promise<void>;
}

export class ConditionsWatch implements Watch {
  readonly #files: HostFiles;
  readonly #keep: (point: Omit<ConditionsPoint, 'at'>) => Promise<void>;
  #last: { readonly counters: Counters; readonly atMs: number } | null = null;

  constructor(files: HostFiles, keep: (point: Omit<ConditionsPoint, 'at'>) => Promise<void>) {
    this.#files = files;
    this.#keep = keep;
  }

  async look(): Promise<void> {
    if (this.#last === null || performance.now() - this.#last.atMs >= EVERY_MS) await this.lookNow();
  }

  /** The first look only remembers: what is kept is the change since the one before. */
  async lookNow(): Promise<void> {
    const counters = readCounters(this.#files);
    if (counters === null) return;
    const [before, atMs] = [this.#last, performance.now()];
    this.#last = { counters, atMs };
    if (before !== null) await this.#keep(pointBetween(before.counters, counters, atMs - before.atMs));
  }
}

/** A counter that fell was reset, or wrapped: nothing is claimed then. */
function rise(before: number, now: number): number {
  return Math.max(0, now - before);
}

export function pointBetween(before: Counters, now: Counters, overMs: number): Omit<ConditionsPoint, 'at'> {
  const maybe = (from: number | null | undefined, to: number | null | undefined): number | null => (from == null || to == null ? null : round(rise(from, to)));
  return {
    overMs: round(overMs),
    busyMs: round(rise(before.busyMs, now.busyMs)),
    ownMs: maybe(before.ownMs, now.ownMs),
    stealMs: round(rise(before.stealMs, now.stealMs)),
    swapInBytes: rise(before.swapInBytes, now.swapInBytes),
    swapOutBytes: rise(before.swapOutBytes, now.swapOutBytes),
    stalledCpuMs: maybe(before.stalledMs?.cpu, now.stalledMs?.cpu),
    stalledIoMs: maybe(before.stalledMs?.io, now.stalledMs?.io),
    stalledMemoryMs: maybe(before.stalledMs?.memory, now.stalledMs?.memory),
    throttles: maybe(before.throttles, now.throttles),
    mhz: now.mhz,
    load: now.load,
    clockSource: now.clockSource,
  };
}

/** Tenths of a millisecond are more than the kernel counts in. */
function round(value: number): number {
  return Math.round(value * 10) / 10;
}
