/**
 * Expected values computed elsewhere, with SciPy 1.17.1 and NumPy 2.4.6:
 *
 *   stats.mannwhitneyu(x, y, method="exact" or "asymptotic", use_continuity=True)
 *   np.sign(np.subtract.outer(x, y)).mean()        # Cliff's delta
 *   stats.norm.sf(z)
 */
import test from 'ava';
import { normal } from '../random/gamma.ts';
import { stream } from '../random/stream.ts';
import { holm } from './holm.ts';
import { mannWhitney } from './mann-whitney.ts';
import { normalTail } from './normal.ts';

const ascending = (values: readonly number[]): number[] => [...values].sort((a, b) => a - b);

const a = ascending([1.21, 1.34, 1.28, 1.45, 1.39, 1.31, 1.27, 1.5, 1.22, 1.36, 1.41, 1.29, 1.33, 1.38, 2.9]);
const b = ascending([5.1, 4.9, 5.6, 5.3, 5.8, 5.0, 5.4, 5.2, 6.1, 5.5, 4.8, 5.7]);
const c = ascending([1.3, 1.42, 1.37, 1.55, 1.46, 1.4, 1.26, 1.61, 1.35]);
const d = [4, 4, 5, 5, 5, 6, 7, 7, 8, 9, 9, 10];
const e = [5, 6, 6, 7, 8, 8, 9, 9, 10, 11, 12, 12, 12];

function relative(actual: number, expected: number): number {
  return Math.abs(actual / expected - 1);
}

test('the tail of the normal distribution is SciPy’s, near and far', (t) => {
  const expected: readonly [z: number, tail: number][] = [
    [0.5, 0.3085375387259869], [1, 0.15865525393145707], [1.96, 0.024997895148220435], [2.4, 0.008197535924596131], [2.6, 0.004661188023718747],
    [3, 0.0013498980316300933], [5, 2.866515718791933e-7], [8, 6.22096057427174e-16], [20, 2.7536241186061556e-89], [37, 5.7255712225239266e-300],
  ];
  for (const [z, tail] of expected) t.true(relative(normalTail(z), tail) < 1e-12, `${z}: ${normalTail(z)}`);
  t.is(normalTail(0), 0.5);
  t.true(relative(normalTail(-1), 1 - 0.15865525393145707) < 1e-12);
});

test('Mann–Whitney without ties is exact, as SciPy’s', (t) => {
  const near = mannWhitney(a, c);
  t.is(near.u, 47);
  t.true(relative(near.p, 0.2383549113425274) < 1e-12, `${near.p}`);
  t.true(Math.abs(near.cliffsDelta - -0.3037037037037037) < 1e-12);
  const apart = mannWhitney(a, b);
  t.is(apart.u, 0);
  t.true(relative(apart.p, 1.1504924683010562e-7) < 1e-12, `${apart.p}`);
  t.is(apart.cliffsDelta, -1);
  t.is(mannWhitney(b, a).cliffsDelta, 1);
  t.is(mannWhitney(b, a).p, apart.p);
});

test('the critical values of the published table: at 10 against 10, two-sided 5 % is U = 23', (t) => {
  // Mann and Whitney 1947 and every table since; series are built to have that many pairs the other way.
  const against = Array.from({ length: 10 }, (_, index) => 10 * index);
  const withU = (u: number): number[] => ascending(Array.from({ length: 10 }, (_, index) => -1 - index + (index < Math.floor(u / 10) ? 1000 : 0) + (index === Math.floor(u / 10) ? 10 * (u % 10) - 4 + index : 0)));
  t.is(mannWhitney(withU(23), against).u, 23);
  t.true(mannWhitney(withU(23), against).p < 0.05);
  t.is(mannWhitney(withU(24), against).u, 24);
  t.true(mannWhitney(withU(24), against).p > 0.05);
});

test('with ties, and for long series, the normal approximation has SciPy’s corrections', (t) => {
  const tied = mannWhitney(d, e);
  t.is(tied.u, 38);
  t.true(relative(tied.p, 0.030434301463940203) < 1e-12, `${tied.p}`);
  t.true(Math.abs(tied.cliffsDelta - -0.5128205128205128) < 1e-12);
  t.like(mannWhitney([7, 7, 7], [7, 7]), { u: 3, p: 1, cliffsDelta: 0 });
  // 60 numbers against 60 others without a tie: 1, 3, 5 … against 4, 6, 8 …; SciPy: U = 1711, p = 0.6422863113297957.
  const odd = Array.from({ length: 60 }, (_, index) => 2 * index + 1);
  const even = Array.from({ length: 60 }, (_, index) => 2 * index + 4);
  t.is(mannWhitney(odd, even).u, 1711);
  t.true(relative(mannWhitney(odd, even).p, 0.6422863113297957) < 1e-9, `${mannWhitney(odd, even).p}`);
});

test('two names for one thing differ in 5 of 100 cases, as the level says', (t) => {
  const random = stream('seed', 'level');
  const trials = 2000;
  let found = 0;
  for (let trial = 0; trial < trials; trial++) {
    const [one, other] = [30, 30].map((n) => Float64Array.from({ length: n }, () => Math.exp(normal(random))).sort()) as [Float64Array, Float64Array];
    if (mannWhitney(one, other).p < 0.05) found += 1;
  }
  t.true(found / trials > 0.035 && found / trials < 0.065, `${found / trials}`);
});

test('Holm’s correction, worked by hand: 5 · 0.005, 4 · 0.01, 3 · 0.03, then no less than before', (t) => {
  const corrected = holm([0.01, 0.04, 0.03, 0.005, 0.2]);
  for (const [index, expected] of [0.04, 0.09, 0.09, 0.025, 0.2].entries()) t.true(Math.abs((corrected[index] as number) - expected) < 1e-12, `${corrected[index]}`);
  t.deepEqual(holm([0.6, 0.7]), [1, 1]);
  t.deepEqual(holm([]), []);
});
