/** How many idle boxes fit into a given amount of the host's memory: started for real as far as time and the host allow, reckoned beyond. */
import { readFileSync } from 'node:fs';
import { performance } from 'node:perf_hooks';
import { StartFailure } from '../../runtime/errors.ts';
import { metric, type Benchmark, type Measurement } from '../benchmark.ts';
import type { Attempt } from '../rounds/attempt.ts';
import { density as densityOf } from './projection.ts';

/** No more are started for real. A container takes some 200 KB, so that 256 of them stand well above the noise. */
export const MOST_STARTED = 256;
/** No more are started after this, but for the least that a slope can be laid through. */
export const WINDOW_MS = 20_000;
export const LEAST_STARTED = 3;
/** Of the host's memory, this share stays free whatever the budget is. */
const KEPT_FREE = 0.1;

interface HostMemory {
  readonly totalBytes: number;
  /** What the kernel would hand out without swapping: its own estimate. Source: proc(5), meminfo. */
  readonly availableBytes: number;
}

export function hostMemory(): HostMemory {
  const text = readFileSync('/proc/meminfo', 'utf8');
  const field = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]) * 1024;
  return { totalBytes: field('MemTotal'), availableBytes: field('MemAvailable') };
}

/**
 * Starts one after the other, weighs, and reckons.
 * @param memory read again and again
 * @throws {StartFailure} `measurement` when one more takes no more than the noise
 */
export async function crowd(attempt: Attempt, memory: () => HostMemory): Promise<Measurement['values']> {
  const { budgetBytes, gapMs } = attempt.limits;
  const request = { what: 'workload', then: 'idle', account: true } as const;
  // What is made once, the launcher's tables and the kernel's caches, is no instance's.
  const first = await attempt.start(request);
  await attempt.ready();
  await attempt.settle();
  const before = memory();
  const taken: number[] = [];
  for (const end = performance.now() + WINDOW_MS; taken.length < MOST_STARTED; ) {
    await attempt.start(request);
    await attempt.ready();
    await attempt.wait(gapMs);
    const { availableBytes } = memory();
    const used = before.availableBytes - availableBytes;
    taken.push(used);
    const enough = used > budgetBytes || performance.now() > end;
    if ((enough && taken.length >= LEAST_STARTED) || availableBytes < before.totalBytes * KEPT_FREE) break;
  }
  await attempt.settle();
  taken[taken.length - 1] = before.availableBytes - memory().availableBytes;
  await attempt.stop(first);
  const found = taken.length < 2 ? null : densityOf(taken, budgetBytes);
  if (found === null) throw new StartFailure('measurement', `${taken.length} instances at once took no memory that could be told from the noise of the host’s MemAvailable`, 'take it on a host that does nothing else', '');
  return { fits: found.fits, started: Math.min(taken.length, found.fits), projected: found.projected, each: found.eachBytes };
}

export const density: Benchmark = {
  name: 'density',
  title: 'Density',
  timedBy: null,
  warmup: false,
  cost: { starts: 20, stops: 20, settles: 2, otherMs: 4000 },
  metrics: [
    metric('density', 'fits', {
      title: 'fit into the budget',
      unit: 'count',
      definition: `Idle instances that fit into the memory budget of the run, by the fall of the host’s MemAvailable. They are started one after the other, each has to become ready, until the budget is used, or ${MOST_STARTED} run, or ${WINDOW_MS / 1000} s have passed; what is missing then is projected by the slope.`,
      anchor: 'density',
      primary: true,
    }),
    metric('density', 'started', { title: 'started for real', unit: 'count', definition: 'Of those, how many were started and ran at the same time.', anchor: 'density' }),
    metric('density', 'projected', { title: 'projected share', unit: 'ratio', definition: 'Share of the figure that was not started but reckoned: 0 when all of them ran.', anchor: 'density' }),
    metric('density', 'each', { title: 'each further one', unit: 'bytes', definition: 'By how much MemAvailable of the host falls with one more instance: slope over all that were started (Theil–Sen).', anchor: 'density' }),
  ],

  async take(_box, attempt) {
    return { values: await crowd(attempt, hostMemory) };
  },
};
