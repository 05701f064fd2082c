import test from 'ava';
import { gamma } from '../random/gamma.ts';
import { stream } from '../random/stream.ts';
import type { PilotWish } from '../profiles.ts';
import { bootstrapMedians, interval95 } from '../statistics/bootstrap.ts';
import { quantile } from '../statistics/quantile.ts';
import { roundsFor, samplesNeeded } from './pilot.ts';

const WISH: PilotWish = { benchmark: 'startup', metric: 'ready', starts: 40, leastStarts: 10, target: 0.02, least: 100 };

/** Skewed as start-ups are: gamma about 100. */
function draw(n: number, shape: number, name: string): number[] {
  const from = stream('pilot-test', name);
  return Array.from({ length: n }, () => (gamma(shape, from) * 100) / shape);
}

test('four times the spread needs sixteen times the samples', (t) => {
  const even = Array.from({ length: 21 }, (_, index) => 100 + index - 10);
  const wide = even.map((value) => 100 + (value - 100) * 4);
  const [one, four] = [samplesNeeded(even, 0.02, 's', 'a'), samplesNeeded(wide, 0.02, 's', 'a')];
  t.is(one.median, 100);
  t.true(Math.abs((four.needed ?? 0) / (one.needed ?? 1) - 16) < 0.5, `${four.needed} ${one.needed}`);
  t.true(Math.abs((samplesNeeded(even, 0.01, 's', 'a').needed ?? 0) / (one.needed ?? 1) - 4) < 0.2);
});

test('the steady estimate is that of a normal distribution: 1.96 √(π/2) σ ÷ √n', (t) => {
  // Values at the quantiles of a normal distribution with σ = 5 % of the median: MAD = 0.6745 σ.
  const values = [-1.2816, -0.8416, -0.5244, -0.2533, 0, 0.2533, 0.5244, 0.8416, 1.2816].map((z) => 100 * (1 + 0.05 * z));
  const mad = [...values].map((value) => Math.abs(value - 100)).sort((a, b) => a - b)[4] ?? 0;
  const expected = (1.959964 * Math.sqrt(Math.PI / 2) * 1.4826 * mad) / 3 / 100;
  const { halfWidth } = samplesNeeded(values, 0.02, 's', 'a');
  t.true((halfWidth ?? 0) >= expected - 1e-9);
});

test('with as many samples as it says, most medians are known as closely as was asked for', (t) => {
  let reached = 0;
  const trials = 100;
  for (let trial = 0; trial < trials; trial++) {
    const { needed } = samplesNeeded(draw(40, 60, `pilot ${trial}`), 0.02, 's', `${trial}`);
    const sorted = draw(needed ?? 5, 60, `run ${trial}`).sort((a, b) => a - b);
    const interval = interval95(bootstrapMedians(sorted, stream('s', 'check', trial)));
    if (interval !== null && (interval.high - interval.low) / 2 / quantile(sorted, 0.5) <= 0.02) reached += 1;
  }
  t.true(reached / trials > 0.7, `${reached} of ${trials}`);
});

test('the runtime that scatters most decides, within bounds', (t) => {
  const calm = { runtime: 'calm', values: Array.from({ length: 20 }, (_, index) => 100 + (index % 3) * 0.01), failed: 0, every: 1 };
  const wild = { runtime: 'wild', values: draw(40, 60, 'wild'), failed: 0, every: 1 };
  t.is(roundsFor(WISH, [calm], 1000, 's').rounds, 100);
  const { rounds, runtimes } = roundsFor(WISH, [calm, wild], 1000, 's');
  t.is(rounds, runtimes[1]?.needed ?? 0);
  t.true(rounds > 100 && rounds < 1000, `${rounds}`);
  t.is(roundsFor(WISH, [calm, wild], 120, 's').rounds, 120);
  // Visited in every second round, it needs twice as many rounds.
  const thinned = roundsFor(WISH, [calm, { ...wild, every: 2 }], 10_000, 's');
  t.is(thinned.rounds, 2 * rounds);
  t.is(thinned.runtimes[1]?.planned, rounds);
});

test('a runtime that the pilot could not start has no say', (t) => {
  const { rounds, runtimes } = roundsFor(WISH, [{ runtime: 'broken', values: [1, 2], failed: 18, every: 1 }], 1000, 's');
  t.is(rounds, 100);
  t.deepEqual(runtimes, [{ runtime: 'broken', n: 2, failed: 18, median: null, halfWidth: null, needed: null, planned: 100 }]);
});
