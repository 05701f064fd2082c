/**
 * Expected values computed elsewhere, with SciPy 1.17.1 and NumPy 2.4.6: `stats.theilslopes(v, t).slope`, S by
 * summing `np.sign` over all pairs, its variance by the formula in Kendall 1975 and `stats.norm.sf`.
 */
import test from 'ava';
import { normal } from '../random/gamma.ts';
import { stream, uniform } from '../random/stream.ts';
import { drift } from './drift.ts';

const times = [0, 1, 2.5, 3, 4.2, 5, 6.1, 7, 8, 9.5, 11, 12];
const rising = [10.1, 10.3, 10.2, 10.6, 10.6, 10.9, 10.4, 11.2, 11.3, 11.3, 11.6, 10.8];

function near(actual: number | undefined, expected: number, tolerance = 1e-12): boolean {
  return actual !== undefined && Math.abs(actual - expected) <= tolerance;
}

test('Mann–Kendall with ties and Theil–Sen are those computed with SciPy', (t) => {
  const found = drift(rising, times);
  t.true(near(found?.tau, 46 / 66), `${found?.tau}`);
  t.true(near(found?.p, 0.0019327402318283344), `${found?.p}`);
  t.true(near(found?.slope, 0.1281578947368421), `${found?.slope}`);
  const falling = drift([...rising].reverse(), times);
  t.true(near(falling?.tau, -46 / 66));
  t.true(near(falling?.p, 0.0019327402318283344));
});

test('counting by merging agrees with counting every pair', (t) => {
  const random = stream('seed', 'pairs');
  for (let round = 0; round < 20; round++) {
    const values = Array.from({ length: 10 + round * 7 }, () => Math.floor(uniform(random) * 12));
    let s = 0;
    for (const [index, one] of values.entries()) for (const other of values.slice(index + 1)) s += Math.sign(other - one);
    t.true(near(drift(values, values.map((_, index) => index))?.tau, s / ((values.length * (values.length - 1)) / 2)));
  }
});

test('a series that stands still drifts in 5 of 100 cases at a level of 5 %, and an outlier moves no slope', (t) => {
  const random = stream('seed', 'still');
  const trials = 1000;
  let found = 0;
  for (let trial = 0; trial < trials; trial++) {
    const values = Array.from({ length: 40 }, () => normal(random));
    if ((drift(values, values.map((_, index) => index))?.p ?? 1) < 0.05) found += 1;
  }
  t.true(found / trials > 0.03 && found / trials < 0.07, `${found / trials}`);
  const flat = Array.from({ length: 30 }, (_, index) => 5 + (index % 3) * 0.01);
  const spiked = flat.map((value, index) => (index === 29 ? 5000 : value));
  t.is(drift(spiked, spiked.map((_, index) => index))?.slope, 0);
});

test('a long series keeps its slope although it is taken through blocks', (t) => {
  const random = stream('seed', 'long');
  const n = 20_000;
  const found = drift(Array.from({ length: n }, (_, index) => 100 + 0.001 * index + normal(random)), Array.from({ length: n }, (_, index) => index));
  t.true(near(found?.slope, 0.001, 5e-5), `${found?.slope}`);
  t.true((found?.p ?? 1) < 1e-100);
});

test('too few values, and values that never change', (t) => {
  t.is(drift(rising.slice(0, 9), times.slice(0, 9)), null);
  t.deepEqual(drift(Array<number>(12).fill(3), times), { tau: 0, p: 1, slope: 0 });
});
