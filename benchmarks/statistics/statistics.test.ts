/**
 * Expected values computed elsewhere, with SciPy 1.17.1 and NumPy 2.4.6:
 *
 *   python3 -c 'import numpy as np; from scipy import stats
 *   a=[…]; b=[…]                                   # the two series below
 *   for x in (a,b): print(np.mean(x), np.std(x,ddof=1), np.median(x), stats.median_abs_deviation(x), np.quantile(x,[.9,.95,.99]))
 *   boot=lambda data,f: print(stats.bootstrap(data,f,method="percentile",n_resamples=999999,batch=10000,rng=1,paired=False).confidence_interval)
 *   med=lambda x,axis=-1: np.median(x,axis=axis)
 *   boot((a,),med); boot((b,),med)
 *   boot((a,b),lambda x,y,axis=-1: med(y,axis)/med(x,axis)); boot((a,b),lambda x,y,axis=-1: med(y,axis)-med(x,axis))'
 */
import test from 'ava';
import { normal } from '../random/gamma.ts';
import { stream } from '../random/stream.ts';
import type { Metric } from '../result/schema.ts';
import { bootstrapMedians, interval95, pairedReplicates } from './bootstrap.ts';
import { compare } from './compare.ts';
import { describe } from './describe.ts';
import { twoModes } from './modes.ts';
import { outliers } from './outliers.ts';
import { quantile } from './quantile.ts';
import { summarise, type Summary } from './summarise.ts';

const a = [1.21, 1.34, 1.28, 1.45, 1.39, 1.31, 1.27, 1.5, 1.22, 1.36, 1.41, 1.29, 1.33, 1.38, 2.9];
const b = [5.1, 4.9, 5.6, 5.3, 5.8, 5.0, 5.4, 5.2, 6.1, 5.5, 4.8, 5.7];

const metric: Metric = { id: 'startup.ready', benchmark: 'startup', name: 'ready', title: 'ready', unit: 'ms', definition: '', anchor: '', primary: true };

function summaryOf(runtime: string, values: readonly number[], emulated = false): Summary {
  return summarise({ metric, runtime, values, indices: values.map((_, index) => 100 + index), failed: 0 }, emulated, 'seed');
}

function near(actual: number | null | undefined, expected: number, tolerance = 1e-9): boolean {
  return typeof actual === 'number' && Math.abs(actual - expected) <= tolerance;
}

test('mean, deviation, median, MAD and quantiles are those of NumPy and SciPy', (t) => {
  for (const [series, mean, sd, median, mad, quantiles] of [
    [a, 1.4426666666666665, 0.4110868289697214, 1.34, 0.06, [1.48, 1.92, 2.704]],
    [b, 5.366666666666666, 0.39157800414902433, 5.35, 0.3, [5.79, 5.935, 6.067]],
  ] as const) {
    const found = describe(series);
    t.true(near(found.mean, mean));
    t.true(near(found.standardDeviation, sd));
    t.true(near(found.median, median));
    t.true(near(found.mad, mad));
    t.true(near(found.p99, quantiles[2]));
    t.true([0.9, 0.95, 0.99].every((q, index) => near(quantile(found.sorted, q), quantiles[index] ?? NaN)));
  }
});

test('the interval of a median is that of a million resamples, for odd and even n', (t) => {
  t.deepEqual(interval95(bootstrapMedians(describe(a).sorted, stream('seed', 'a'), 100_000)), { low: 1.28, high: 1.41 });
  const even = interval95(bootstrapMedians(describe(b).sorted, stream('seed', 'b'), 100_000));
  t.true(near(even?.low, 5.05), `${even?.low}`);
  t.true(near(even?.high, 5.65), `${even?.high}`);
});

test('the intervals of ratio and difference are those of a million resamples', (t) => {
  const comparison = compare(summaryOf('slow', b), summaryOf('fast', a));
  t.true(near(comparison?.ratio?.value, 3.9925373134328352));
  t.true(near(comparison?.ratio?.low, 3.6956521739130435, 0.03), `${comparison?.ratio?.low}`);
  t.true(near(comparison?.ratio?.high, 4.274809160305343, 0.03), `${comparison?.ratio?.high}`);
  t.true(near(comparison?.difference.low, 3.71, 0.03));
  t.true(near(comparison?.difference.high, 4.31, 0.03));
});

test('replicates follow the distribution of resampling value by value', (t) => {
  // Probability that the median of 3 drawn from {1, 2, 3} is 1: 7/27, 2: 13/27, 3: 7/27 (by enumeration).
  const medians = bootstrapMedians([1, 2, 3], stream('seed', 'odd'), 200_000);
  const share = (value: number): number => medians.filter((median) => median === value).length / medians.length;
  t.true(near(share(1), 7 / 27, 0.005));
  t.true(near(share(2), 13 / 27, 0.005));
  // Of 2 drawn from {1, 3}: 1 and 3 a quarter each, 2 a half.
  const even = bootstrapMedians([1, 3], stream('seed', 'even'), 200_000);
  t.true(near(even.filter((median) => median === 2).length / even.length, 0.5, 0.005));
});

test('the interval covers the true median of skewed data in 93 to 97 of 100 cases', (t) => {
  const random = stream('seed', 'coverage');
  const trials = 1500;
  let covered = 0;
  for (let trial = 0; trial < trials; trial++) {
    const series = Array.from({ length: 30 }, () => Math.exp(normal(random))).sort((x, y) => x - y);
    const interval = interval95(bootstrapMedians(series, random, 1000));
    if (interval !== null && interval.low <= 1 && 1 <= interval.high) covered += 1;
  }
  t.log(`coverage at n = 30: ${((100 * covered) / trials).toFixed(1)} %`);
  t.true(covered / trials > 0.93 && covered / trials < 0.97, `${covered / trials}`);
});

test('a modified z-score above 3.5 is flagged with its sample, and stays in every figure', (t) => {
  t.deepEqual(outliers(a, 1.34, 0.06), [14]);
  t.deepEqual(outliers(b, 5.35, 0.3), []);
  t.deepEqual(summaryOf('x', a).statistic.summary?.outliers, [114]);
  t.is(summaryOf('x', a).statistic.summary?.max, 2.9);
  // More than half equal: MAD is 0 and must not flag everything else.
  t.deepEqual(outliers([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1.001, 9], 1, 0), [12]);
  t.deepEqual(outliers([4, 4, 4], 4, 0), []);
});

test('what n does not allow is null, and what was not measured has no summary', (t) => {
  const few = summaryOf('x', [1, 2, 3, 4]).statistic.summary;
  t.deepEqual([few?.low, few?.high, few?.p90], [null, null, null]);
  t.is(summaryOf('x', a).statistic.summary?.p95, null);
  t.not(summaryOf('x', a).statistic.summary?.p90, null);
  t.is(summaryOf('x', []).statistic.summary, null);
  t.is(compare(summaryOf('x', []), summaryOf('y', a)), null);
  t.is(compare(summaryOf('x', [1, 2, 3]), summaryOf('y', a))?.ratio?.low, null);
});

test('a baseline of zero has a difference and no ratio', (t) => {
  const comparison = compare(summaryOf('x', a), summaryOf('zero', [0, 0, 0, 0, 0, 0]));
  t.is(comparison?.ratio, null);
  t.is(comparison?.difference.value, 1.34);
  t.is(interval95(pairedReplicates(Float64Array.of(1, 2), Float64Array.of(1, 0), (x, y) => x / y)), null);
});

test('a comparison with an emulated side is emulated', (t) => {
  t.true(compare(summaryOf('x', a, true), summaryOf('y', b))?.emulated);
  t.true(compare(summaryOf('x', a), summaryOf('y', b, true))?.emulated);
  t.false(compare(summaryOf('x', a), summaryOf('y', b))?.emulated);
});

test('equal samples and seed give equal intervals; another seed draws anew', (t) => {
  t.deepEqual(summaryOf('x', b), summaryOf('x', b));
  const medians = (seed: string): Float64Array => bootstrapMedians(b, stream(seed));
  t.notDeepEqual(medians('one'), medians('two'));
});

test('values below zero, as an intercept may be, are summed up like others', (t) => {
  const [above, below] = [describe(a), describe(a.map((value) => value - 2))];
  t.true(below.sorted.some((value) => value < 0) && below.sorted.some((value) => value > 0));
  for (const figure of ['mean', 'median', 'p99'] as const) t.true(near(below[figure], above[figure] - 2), figure);
  for (const figure of ['standardDeviation', 'mad'] as const) t.true(near(below[figure], above[figure]), figure);
  t.like(describe([-4827.5]), { mean: -4827.5, standardDeviation: 0, median: -4827.5, mad: 0, p99: -4827.5 });
  const [all, moved] = [a, below.sorted].map((values) => summaryOf('x', values).statistic.summary);
  t.true(near(moved?.low, (all?.low ?? NaN) - 2) && near(moved?.high, (all?.high ?? NaN) - 2), `${moved?.low} to ${moved?.high}`);
});

test('of medians below zero no ratio is told, and no interval where resamples fall there', (t) => {
  const [over, under, across] = [summaryOf('over', b), summaryOf('under', b.map((value) => -value)), summaryOf('across', [-1, -1, 1, 2, 3, 4])];
  for (const [one, other] of [[under, over], [over, under], [under, under]] as const) {
    const found = compare(one, other);
    t.is(found?.ratio, null);
    t.not(found?.difference.low, null);
  }
  t.deepEqual(compare(over, across)?.ratio, { value: 5.35 / 1.5, low: null, high: null });
});

test('NaN and infinite values are refused, not timed anew by tinybench', (t) => {
  for (const value of [NaN, Infinity, -Infinity]) t.throws(() => describe([1, value, 2]), { instanceOf: RangeError });
  t.throws(() => describe([]), { instanceOf: RangeError });
  t.is(describe([0]).mean, 0);
});

test('two clusters are told from one, from a skewed one, and from a few outliers', (t) => {
  const random = stream('seed', 'modes');
  const draw = (count: number, of: () => number): number[] => Array.from({ length: count }, of);
  const sorted = (values: number[]): number[] => values.sort((x, y) => x - y);
  const around = (mean: number) => (): number => mean + normal(random);
  const found = twoModes(sorted([...draw(60, around(99)), ...draw(40, around(117))]));
  t.true(near(found?.low.mean, 99, 1));
  t.true(near(found?.high.mean, 117, 1));
  t.true(near(found?.low.share, 0.6, 0.02));
  t.is(twoModes(sorted(draw(1000, around(100)))), null);
  t.is(twoModes(sorted(draw(1000, () => Math.exp(normal(random) / 2)))), null);
  t.is(twoModes(sorted([...draw(97, around(100)), 900, 901, 902])), null);
  t.is(twoModes(draw(50, () => 7)), null);
});
