/** What a box feels of a greedy neighbour in a box of the same kind: how much longer it takes to start, and to compute. */
import { availableParallelism, tmpdir } from 'node:os';
import { performance } from 'node:perf_hooks';
import { hogWords, measureWords, type HogLetter } from '../../fixtures/workload/work.ts';
import type { Box } from '../../runtime/runtime.ts';
import { metric, type Benchmark } from '../benchmark.ts';
import type { Attempt } from '../rounds/attempt.ts';
import { millisecondsBetween } from '../rounds/timeline.ts';
import { quantile } from '../statistics/quantile.ts';
import { rateOf } from '../throughput/marks.ts';
import { workDirectory, worked } from '../throughput/throughput.ts';

const MEBIBYTE = 2 ** 20;
/** A victim computes for so long. */
const WORK_MS = 200;
/** Victims are started one after the other for so long, and one at least. */
const WINDOW_MS = 600;

interface Neighbour {
  readonly name: string;
  readonly letter: HogLetter;
  /** For people, after "beside a neighbour that". */
  readonly does: string;
  readonly amount: (memoryBytes: number) => number;
}

const NEIGHBOURS: readonly Neighbour[] = [
  { name: 'cpu', letter: 'c', does: 'computes with as many processes as the host has processors', amount: () => availableParallelism() },
  { name: 'memory', letter: 'm', does: 'writes to six tenths of its memory limit over and over', amount: (memoryBytes) => Math.max(1, Math.floor((memoryBytes * 0.6) / MEBIBYTE)) },
  { name: 'writes', letter: 'w', does: 'writes 16 MiB and syncs them, over and over: a process and vm-full to a disk, others to memory, since nothing else can be written in them', amount: () => 16 },
  // As many everywhere: a container stops at 1024 and a guest when it is full, but a plain process would take the host down.
  { name: 'forks', letter: 'p', does: 'makes processes, 64 at a time', amount: () => 64 },
];

/** What one victim after the other comes to, by median. */
export interface Felt {
  readonly readyMs: number;
  readonly rate: number;
}

/** 1 is undisturbed; 2 takes twice as long, to start and to do the same work. */
export function disturbed(alone: Felt, beside: Felt): { readonly start: number; readonly work: number } {
  return { start: beside.readyMs / alone.readyMs, work: alone.rate / beside.rate };
}

function median(values: readonly number[]): number {
  return quantile([...values].sort((a, b) => a - b), 0.5);
}

async function victims(box: Box, attempt: Attempt): Promise<Felt> {
  const [ready, rates]: [number[], number[]] = [[], []];
  for (const end = performance.now() + WINDOW_MS; ready.length === 0 || performance.now() < end; ) {
    const victim = await attempt.start({ what: 'workload', then: 'exit', account: true, work: measureWords(workDirectory(box), ['i'], WORK_MS) });
    await attempt.ready();
    const [done] = await worked(attempt, victim, ['i']);
    await attempt.stop();
    ready.push(millisecondsBetween(victim.timeline.requested, victim.timeline.ready));
    rates.push(done === undefined ? Number.NaN : rateOf(done));
    await attempt.wait(attempt.limits.gapMs);
  }
  return { readyMs: median(ready), rate: median(rates) };
}

/** The host's disk is what a plain process writes to, if it is not held back. */
function greedyDirectory(box: Box): string {
  return box.kind === 'process' ? tmpdir() : '/tmp';
}

export const interference: Benchmark = {
  name: 'interference',
  title: 'Interference',
  timedBy: null,
  warmup: false,
  cost: { starts: 1 + 2 * NEIGHBOURS.length, stops: NEIGHBOURS.length, settles: 0, otherMs: (1 + NEIGHBOURS.length) * (WINDOW_MS + WORK_MS) },
  metrics: NEIGHBOURS.flatMap(({ name, does }) => [
    metric('interference', `start-${name}`, {
      title: `start beside ${name}`,
      unit: 'ratio',
      definition: `Time to ready beside a neighbour of the same runtime that ${does}, divided by that without one in the same visit: 1 is undisturbed.`,
      anchor: 'interference',
      primary: name === 'cpu',
    }),
    metric('interference', `work-${name}`, {
      title: `computing beside ${name}`,
      unit: 'ratio',
      definition: `Time for the same integer work beside a neighbour of the same runtime that ${does}, divided by that without one in the same visit: 1 is undisturbed.`,
      anchor: 'interference',
    }),
  ]),

  async take(box, attempt) {
    const alone = await victims(box, attempt);
    const values: Record<string, number> = {};
    for (const { name, letter, amount } of NEIGHBOURS) {
      const neighbour = await attempt.start({ what: 'workload', then: 'exit', account: true, work: hogWords(letter === 'w' ? greedyDirectory(box) : workDirectory(box), letter, amount(attempt.limits.memoryBytes)) });
      await attempt.ready(neighbour);
      const beside = await victims(box, attempt);
      await attempt.stop(neighbour);
      const { start, work } = disturbed(alone, beside);
      values[`start-${name}`] = start;
      values[`work-${name}`] = work;
      await attempt.wait(attempt.limits.gapMs);
    }
    return { values };
  },
};
