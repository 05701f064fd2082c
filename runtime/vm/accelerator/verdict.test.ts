import test from 'ava';
import * as recorded from './recorded-traces.ts';
import { traceOf, type Trace } from './trace.ts';
import { reached, verdict } from './verdict.ts';

const GOOD: Readonly<Record<string, Trace>> = { 'hardware that works': recorded.hardware, 'a whole run, as recorded under TCG': recorded.whole };

for (const [name, trace] of Object.entries(GOOD)) {
  test(`accepted: ${name}`, (t) => {
    const decided = verdict(trace);
    t.true(decided.works, decided.reason);
    t.regex(decided.reason, /loop in [0-9.]+ ms \(limit 20 ms\)/);
  });
}

const BAD: readonly (readonly [name: string, trace: Trace, reason: RegExp])[] = [
  ['instructions interpreted, then an internal error (recorded)', recorded.interpreted, /stopped at LOCK CMPXCHG16B.*hung and was stopped: "KVM internal error\. Suberror: 1"/],
  ['QEMU aborts over a register (recorded)', recorded.aborted, /stopped at real mode.*signal 6: ".*MSR 0x10a/],
  ['the device may not be opened (recorded)', recorded.denied, /stopped at real mode.*status 1: "Could not access KVM kernel module: Permission denied"/],
  ['all marks, the loop too slow', recorded.slowLoop, /long-mode loop took 216\.5 ms.*limit 20 ms/],
  ['all marks, the whole too slow', recorded.slowWhole, /took 1205 ms.*limit 1000 ms/],
  ['a hang half way', recorded.hung, /stopped at long mode.*hung and was stopped\)/],
  ['no mark, no word', { marks: [], ended: null, output: '' }, /stopped at real mode/],
  ['marks out of order', { ...recorded.whole, marks: [...recorded.whole.marks].reverse() }, /came as KMP6LR/],
  ['a mark twice', { ...recorded.whole, marks: [...recorded.whole.marks, { stage: 'R', ms: 50 }] }, /came as RL6PMKR/],
];

for (const [name, trace, reason] of BAD) {
  test(`refused: ${name}`, (t) => {
    const decided = verdict(trace);
    t.false(decided.works);
    t.regex(decided.reason, reason);
  });
}

test('the limits themselves are outside', (t) => {
  const at = (loop: number, whole: number): Trace => ({
    ...recorded.whole,
    marks: [{ stage: 'R', ms: 0 }, { stage: 'L', ms: 0 }, { stage: '6', ms: 0 }, { stage: 'P', ms: loop }, { stage: 'M', ms: whole }, { stage: 'K', ms: whole }],
  });
  t.true(verdict(at(19.9, 999)).works);
  t.false(verdict(at(20, 999)).works);
  t.false(verdict(at(1, 1000)).works);
  t.false(verdict(at(Number.NaN, 10)).works);
});

test('the marks reached are told with their times', (t) => {
  t.is(reached(recorded.hung), 'marks reached: R (real mode) at 39.4 ms, L (the real-mode loop) at 41.1 ms');
  t.is(reached(recorded.denied), 'no mark was made');
});

test('a trace from a timeline: bytes that came together share a stamp, others are left out', (t) => {
  const marks = [{ at: 1_000_000n, bytes: Buffer.from('R') }, { at: 3_500_000n, bytes: Buffer.from('L?6\n') }];
  const trace = traceOf({ requested: 500_000n, marks }, { how: 'exited', status: 33, output: 'x' }, false);
  t.deepEqual(trace, { marks: [{ stage: 'R', ms: 0.5 }, { stage: 'L', ms: 3 }, { stage: '6', ms: 3 }], ended: { how: 'exited', status: 33 }, output: 'x' });
});
