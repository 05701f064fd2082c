import test from 'ava';
import { judge, type Measured } from './judge.ts';

/** A third more, by every measure. */
const CLEAR: Measured = {
  unit: 'ms',
  counts: [30, 30],
  ratio: { value: 1.33, low: 1.2, high: 1.5 },
  difference: { value: 0.5, low: 0.3, high: 0.7 },
  test: { p: 0.00001, corrected: 0.0001, family: 10, cliffsDelta: 0.9 },
  noiseFloor: 0.02,
  constant: false,
};

test('a difference that interval, test and noise agree on has its name, by the unit', (t) => {
  t.deepEqual(judge(CLEAR), { verdict: 'slower', better: false, reason: '' });
  const fallen = { ...CLEAR, ratio: { value: 0.7, low: 0.6, high: 0.8 }, difference: { value: -0.5, low: -0.7, high: -0.3 } };
  t.deepEqual((['ms', 'bytes', '1/s', 'ms/s', 'count', 'ratio'] as const).map((unit) => [judge({ ...CLEAR, unit }), judge({ ...fallen, unit })].map(({ verdict, better }) => `${verdict} ${better}`)), [
    ['slower false', 'faster true'],
    ['higher false', 'lower true'],
    ['higher true', 'lower false'],
    ['higher false', 'lower true'],
    ['higher null', 'lower null'],
    ['higher null', 'lower null'],
  ]);
});

const NOT: readonly [what: string, change: Partial<Measured>, reason: RegExp][] = [
  ['no interval', { difference: { value: 0.5, low: null, high: null }, counts: [3, 30] }, /too few samples for an interval: 3 against 30/],
  ['an interval with no difference in it', { difference: { value: 0.5, low: -0.1, high: 0.9 } }, /has no difference in it as well/],
  ['one that only touches it', { difference: { value: 0.5, low: 0, high: 0.9 } }, /has no difference in it as well/],
  ['a test that does not agree', { test: { p: 0.01, corrected: 0.05, family: 5, cliffsDelta: 0.4 } }, /p = 0\.05\d* after correction for 5 comparisons/],
  ['the machine’s own noise', { noiseFloor: 0.34 }, /own noise of 34 %/],
  ['noise that is as large downwards', { ratio: { value: 1 / 1.33, low: 0.6, high: 0.8 }, difference: { value: -0.5, low: -0.7, high: -0.3 }, noiseFloor: 0.34 }, /own noise/],
  ['equal sizes', { constant: true, difference: { value: 0, low: 0, high: 0 }, test: null }, /neither scatters/],
];

for (const [what, change, reason] of NOT) {
  test(`${what}: none is shown, with the reason`, (t) => {
    const { verdict, better, reason: said } = judge({ ...CLEAR, ...change });
    t.deepEqual([verdict, better], ['no-difference', null]);
    t.regex(said, reason);
  });
}

test('where no run measured the noise, and where neither side scatters, the rest decides', (t) => {
  t.is(judge({ ...CLEAR, noiseFloor: null }).verdict, 'slower');
  t.is(judge({ ...CLEAR, constant: true, test: null }).verdict, 'slower');
  t.is(judge({ ...CLEAR, ratio: null, noiseFloor: 0.5 }).verdict, 'slower');
});
