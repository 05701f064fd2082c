import test from 'ava';
import { TareError } from '../../runtime/errors.ts';
import { allHeld, examine, parseCondition } from './condition.ts';
import type { Change } from './document.ts';

function change(ratio: Change['ratio'], reason = ''): Change {
  return { metric: 'startup.ready', runtime: 'container', result: 2, ratio, difference: null, test: null, noiseFloor: null, emulated: false, verdict: 'no-difference', better: null, reason, caveats: [] };
}

function outcome(text: string, given: Change | undefined): { state: string; reason: string } {
  const { state = '', reason = '' } = examine(parseCondition(text), given === undefined ? [] : [given], [2]).outcomes[0] ?? {};
  return { state, reason };
}

function state(text: string, given: Change | undefined): string {
  return outcome(text, given).state;
}

test('written with and without spaces, and at 95%', (t) => {
  const plain = { text: 'startup.ready container > 1.1', metric: 'startup.ready', runtime: 'container', operator: '>', limit: 1.1, certain: false } as const;
  t.deepEqual(parseCondition(plain.text), plain);
  t.deepEqual({ ...parseCondition('startup.ready container>1.1'), text: plain.text }, plain);
  t.deepEqual({ ...parseCondition(' startup.ready  container >=2 at 95% '), text: '' }, { ...plain, text: '', operator: '>=', limit: 2, certain: true });
});

const WRONG: readonly [text: string, words: RegExp][] = [
  ['', /nothing stands after column 0, where a metric belongs/],
  ['startup.ready', /nothing stands after column 13, where a runtime belongs/],
  ['startup.ready > 1.1', /">" stands at column 15, where a runtime belongs/],
  ['startup.ready container', /where one of > >= < <= belongs/],
  ['startup.ready container == 1.1', /"==" stands at column 25, where one of > >= < <=/],
  ['startup.ready container > fast', /"fast" stands at column 27, where a ratio above 0/],
  ['startup.ready container > -1', /"-1" stands at column 27/],
  ['startup.ready container > 0', /"0" stands at column 27/],
  ['startup.ready container > 1e5', /"1e5" stands at column 27/],
  ['startup.ready container >> 1', /">" stands at column 26, where a ratio/],
  ['startup.ready container > 1.1 now', /"now" stands at column 31, where "at 95%" or the end/],
  ['startup.ready container > 1.1 at 99%', /"99%" stands at column 34, where 95%/],
  ['startup.ready container > 1.1 at 95% more', /"more" stands at column 38, where the end/],
];

for (const [text, words] of WRONG) {
  test(`"${text}" is refused with the place`, (t) => {
    const error = t.throws(() => parseCondition(text), { instanceOf: TareError, message: words });
    t.is(error?.code, 'usage');
    t.regex(error?.remedy ?? '', /METRIC RUNTIME/);
  });
}

test('the ratio decides, to the limit itself', (t) => {
  const at = change({ value: 1.1, low: 1.05, high: 1.15 });
  t.deepEqual(['>', '>=', '<', '<='].map((operator) => state(`startup.ready container ${operator} 1.1`, at)), ['held', 'broken', 'held', 'broken']);
  t.deepEqual([state('startup.ready container > 1.0999', at), state('startup.ready container < 1.1001', at)], ['broken', 'broken']);
});

test('at 95% the whole interval has to lie beyond', (t) => {
  const wide = change({ value: 1.2, low: 1.05, high: 1.35 });
  t.is(state('startup.ready container > 1.1', wide), 'broken');
  t.deepEqual(outcome('startup.ready container > 1.1 at 95%', wide), { state: 'held', reason: 'the ratio is 1.2, 95 % interval 1.05 to 1.35' });
  t.is(state('startup.ready container > 1.04 at 95%', wide), 'broken');
  t.is(state('startup.ready container < 1.34 at 95%', wide), 'held');
  t.is(state('startup.ready container < 1.36 at 95%', wide), 'broken');
});

test('no data is no pass, and says why', (t) => {
  const plain = 'startup.ready container > 1.1';
  t.is(state(plain, undefined), 'no-data');
  t.deepEqual(outcome(plain, change(null, 'emulated against hardware virtualisation')), { state: 'no-data', reason: 'emulated against hardware virtualisation' });
  const zero = outcome(plain, change(null));
  t.is(zero.state, 'no-data');
  t.regex(zero.reason, /median is not above 0/);
  const few = outcome(`${plain} at 95%`, change({ value: 1, low: null, high: null }, 'too few samples'));
  t.is(few.state, 'no-data');
  t.regex(few.reason, /has no interval: too few samples/);
});

test('one broken or missing outcome is enough', (t) => {
  const condition = parseCondition('startup.ready container > 1.1');
  const held = examine(condition, [change({ value: 1, low: 1, high: 1 })], [2]);
  t.true(allHeld([held]));
  t.false(allHeld([held, examine(condition, [change({ value: 2, low: 2, high: 2 })], [2])]));
  t.false(allHeld([examine(condition, [change({ value: 1, low: 1, high: 1 })], [2, 3])]));
  t.true(allHeld([]));
});
