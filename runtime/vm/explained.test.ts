import test from 'ava';
import { StartFailure } from '../errors.ts';
import { directBootPhases } from './explained.ts';

const ms = (milliseconds: number): bigint => BigInt(milliseconds) * 1_000_000n;
const timeline = { requested: ms(1000), ready: ms(2400) };
const spoken = [
  { at: ms(1080), text: '[    0.000000] Linux ver' },
  { at: ms(1085), text: 'sion 6.1.0\n[    0.000000] Command line: panic=-1\n' },
  { at: ms(2300), text: '[    1.1] Run /usr/bin/ready as init process\n' },
];

test('each phase ends when the words that end it have wholly arrived', (t) => {
  t.deepEqual(directBootPhases(timeline, spoken).map(({ name, milliseconds }) => [name, milliseconds]), [['qemu', 85], ['kernel', 1215], ['service', 100]]);
});

test('the phases add up to the whole boot', (t) => {
  t.is(directBootPhases(timeline, spoken).reduce((sum, { milliseconds }) => sum + milliseconds, 0), 1400);
});

test('a boot that stops names the last phase that it reached', (t) => {
  const error = t.throws(() => directBootPhases({ ...timeline, ready: null }, spoken), { instanceOf: StartFailure });
  t.regex(error.message, /no further than the kernel/);
  t.regex(error.log, /Run \/usr/);
  t.throws(() => directBootPhases({ ...timeline, ready: null }, []), { message: /no further than QEMU itself/ });
});

test('a console that lags behind the mark leaves kernel and program as one, which it says', (t) => {
  const late = [...spoken.slice(0, 2), { at: ms(2500), text: spoken[2]?.text ?? '' }];
  for (const told of [late, spoken.slice(0, 2)]) {
    const phases = directBootPhases(timeline, told);
    t.deepEqual(phases.map(({ name, milliseconds }) => [name, milliseconds]), [['qemu', 85], ['kernel', 1315]]);
    t.regex(phases[1]?.what ?? '', /with the first program, as its console was late/);
  }
});
