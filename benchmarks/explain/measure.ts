/** What each step of a container's plan costs, measured now: medians over interleaved starts with idle gaps. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Box, Timeline } from '../../runtime/runtime.ts';
import { shuffled, stream } from '../random/stream.ts';
import { quantile } from '../statistics/quantile.ts';

export interface StepCost {
  readonly label: string;
  /** Median microseconds, from the end of the step before to the end of this one. */
  readonly microseconds: number;
}

export interface BoxCost {
  readonly steps: readonly StepCost[];
  /** From the request to the launcher having read it. */
  readonly hopMicroseconds: number;
  /** From the exec to the workload's first byte in the launcher. */
  readonly firstByteMicroseconds: number;
  /** From the request to the ready byte. */
  readonly readyMicroseconds: number;
  /** From the end of the main process to everything gone. */
  readonly cleanupMicroseconds: number;
}

const DEADLINE_MS = 10_000;
const WARM_UP = 2;

async function oneStart(box: Box): Promise<Timeline> {
  const instance = await box.start({ what: 'workload', then: 'exit', account: false });
  await instance.ready(DEADLINE_MS);
  await instance.ended;
  return instance.timeline;
}

function microseconds(from: bigint | null, to: bigint | null): number {
  return from === null || to === null ? Number.NaN : Number(to - from) / 1000;
}

function median(values: readonly number[]): number {
  return quantile([...values].sort((a, b) => a - b), 0.5);
}

function costOf(timelines: readonly Timeline[]): BoxCost {
  const over = (of: (timeline: Timeline) => number): number => median(timelines.map(of));
  const labels = timelines[0]?.steps.map(({ label }) => label) ?? [];
  return {
    steps: labels.map((label, index) => ({ label, microseconds: over(({ received, steps }) => microseconds(index === 0 ? received : (steps[index - 1]?.at ?? null), steps[index]?.at ?? null)) })),
    hopMicroseconds: over(({ requested, received }) => microseconds(requested, received)),
    firstByteMicroseconds: over(({ steps, ready }) => microseconds(steps.at(-1)?.at ?? null, ready)),
    readyMicroseconds: over(({ requested, ready }) => microseconds(requested, ready)),
    cleanupMicroseconds: over(({ exited, cleaned }) => microseconds(exited, cleaned)),
  };
}

/**
 * @param boxes visited in every round, in shuffled order
 * @param progress told before each round, and at the end
 * @throws {StartFailure} when a start fails: a plan with a fault has no costs
 */
export async function measureSteps(boxes: readonly Box[], rounds: number, gapMs: number, progress: (done: number, of: number) => void): Promise<BoxCost[]> {
  const taken = boxes.map((): Timeline[] => []);
  for (let round = -WARM_UP; round < rounds; round++) {
    progress(Math.max(0, round), rounds);
    for (const index of shuffled([...boxes.keys()], stream('explain', round + WARM_UP))) {
      await sleep(gapMs);
      const box = boxes[index];
      if (box === undefined) continue;
      const timeline = await oneStart(box);
      if (round >= 0) taken[index]?.push(timeline);
    }
  }
  progress(rounds, rounds);
  return taken.map(costOf);
}
