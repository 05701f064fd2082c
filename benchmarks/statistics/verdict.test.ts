import test from 'ava';
import type { Comparison, Metric } from '../result/schema.ts';
import { compare } from './compare.ts';
import { correctDrift, summarise, type Summary } from './summarise.ts';
import { judged } from './verdict.ts';

const metric: Metric = { id: 'startup.ready', benchmark: 'startup', name: 'ready', title: 'ready', unit: 'ms', definition: '', anchor: '', primary: true };

function summaryOf(values: readonly number[]): Summary {
  return summarise({ metric, runtime: 'x', values, indices: values.map((_, index) => index), times: values.map((_, index) => 1000 * index), failed: 0 }, false, 'seed');
}

function comparison(a: readonly number[], b: readonly number[]): Comparison {
  const made = compare(summaryOf(a), summaryOf(b));
  if (made === null) throw new Error('nothing to compare');
  return made;
}

const around = (middle: number, n = 20): number[] => Array.from({ length: n }, (_, index) => middle * (0.95 + (0.1 * index) / (n - 1)));

function verdictOf(a: readonly number[], b: readonly number[], noise: number | null = null, others = 0): Comparison['verdict'] {
  return judged([comparison(a, b), ...Array.from({ length: others }, () => comparison(around(1), around(1)))], () => noise)[0]?.verdict;
}

test('what interval and test agree on is shown, with its direction', (t) => {
  t.is(verdictOf(around(12), around(10)), 'higher');
  t.is(verdictOf(around(10), around(12)), 'lower');
  t.is(verdictOf(around(10), around(10.01)), 'no difference shown');
});

test('a difference within the noise of the machine is none', (t) => {
  t.is(verdictOf(around(12), around(10), 0.19), 'higher');
  t.is(verdictOf(around(12), around(10), 0.21), 'no difference shown');
  t.is(verdictOf(around(10), around(12), 0.21), 'no difference shown');
});

test('the more comparisons there are, the more each must show', (t) => {
  const [a, b] = [around(10.26, 24), around(10, 24)];
  t.true((comparison(a, b).mannWhitney?.p ?? 1) < 0.05 && (comparison(a, b).mannWhitney?.p ?? 0) > 0.0005, `${comparison(a, b).mannWhitney?.p}`);
  t.is(verdictOf(a, b), 'higher');
  t.is(verdictOf(a, b, null, 99), 'no difference shown');
  t.is(judged([comparison(a, b), comparison(a, b)], () => null)[0]?.mannWhitney?.pHolm, 2 * (comparison(a, b).mannWhitney?.p ?? 0));
});

test('too few samples for a verdict have none', (t) => {
  t.is(verdictOf([9, 10, 11], [1, 2, 3]), null, 'no interval');
  t.is(verdictOf(around(10, 5), around(1, 5), null, 99), null, 'wholly apart, and five samples cannot carry a hundred comparisons');
  t.is(verdictOf(around(10, 12), around(1, 12), null, 99), 'higher');
});

test('sizes that do not scatter are compared as they are', (t) => {
  const still = (value: number): number[] => Array<number>(5).fill(value);
  t.is(comparison(still(4096), still(8192)).mannWhitney, null);
  t.is(verdictOf(still(4096), still(8192), null, 99), 'lower');
  t.is(verdictOf(still(4096), still(4096)), 'no difference shown');
  t.is(verdictOf([1], [2]), null);
});

test('drift is corrected for how many series were looked at', (t) => {
  const rising = summaryOf(Array.from({ length: 12 }, (_, index) => 100 + index));
  const [one] = correctDrift([rising]);
  const many = correctDrift([rising, ...Array.from({ length: 9 }, () => summaryOf([5, 6, 5, 6, 5, 6, 5, 6, 5, 6]))]);
  const drift = one?.statistic.summary?.drift;
  t.true(Math.abs((drift?.perMinute ?? 0) - 60) < 1e-9, `${drift?.perMinute}`);
  t.true(Math.abs((drift?.share ?? 0) - 11 / 105.5) < 1e-9);
  t.is(drift?.pHolm, drift?.p);
  t.true(Math.abs((many[0]?.statistic.summary?.drift?.pHolm ?? 0) / (drift?.p ?? 1) - 10) < 1e-9);
  t.is(summaryOf([1, 2, 3]).statistic.summary?.drift, null);
});
