import test from 'ava';
import { rateOf, workDone } from './marks.ts';

const MS = 1_000_000n;
const mark = (at: bigint, text: string) => ({ at: at * MS, bytes: Buffer.from(text) });

test('a kind lies between its two marks, whole or byte by byte', (t) => {
  const whole = [mark(0n, 'R'), mark(10n, 'I'), mark(310n, 'i600;'), mark(312n, 'N'), mark(612n, 'n30;')];
  const expected = [
    { kind: 'integer', operations: 600, from: 10n * MS, to: 310n * MS },
    { kind: 'network', operations: 30, from: 312n * MS, to: 612n * MS },
  ];
  t.deepEqual(workDone(whole), expected as never);
  const bytes = [mark(0n, 'R'), mark(10n, 'I'), mark(310n, 'i'), mark(311n, '6'), mark(311n, '0'), mark(311n, '0;'), mark(312n, 'N'), mark(612n, 'n'), mark(613n, '30;')];
  t.deepEqual(workDone(bytes), expected as never);
  t.deepEqual(workDone(whole).map(rateOf), [2000, 100]);
});

test('what is not finished is left out', (t) => {
  t.deepEqual(workDone([mark(0n, 'R'), mark(1n, 'S')]), []);
  t.deepEqual(workDone([mark(0n, 'R'), mark(1n, 'S'), mark(2n, 's12')]), []);
  t.deepEqual(workDone([mark(0n, 'R'), mark(2n, 's12;')]), [], 'without a beginning there is no rate');
});

test('work that took no time has no rate', (t) => {
  t.is(rateOf({ kind: 'integer', operations: 1, from: 5n, to: 5n }), Number.NaN);
});
