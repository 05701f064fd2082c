import test from 'ava';
import type { Progress, RunEvent, Visit } from '../benchmarks/events.ts';
import { StartFailure, TareError } from '../runtime/errors.ts';
import { EXIT } from './exit.ts';
import { exitStatus, failureText } from './failure.ts';
import { positiveNumber, sizeInBytes, wholeNumber } from './numbers.ts';
import { durationText, ProgressDisplay, progressLine } from './progress.ts';
import { chosenNames } from './suggest.ts';

const known = ['process', 'container', 'vm-floor', 'vm-micro'];

test('an unknown name is refused with the nearest one', (t) => {
  const error = t.throws(() => chosenNames('runtimes', ['process,contaner'], known), { instanceOf: TareError });
  t.is(error.code, 'usage');
  t.is(error.message, '--runtimes: there is no "contaner"');
  t.regex(error.remedy, /did you mean "container"\?/);
  const far = t.throws(() => chosenNames('runtimes', ['kubernetes'], known), { instanceOf: TareError });
  t.notRegex(far.remedy, /did you mean/);
  t.regex(far.remedy, /known: process, container/);
});

test('names are split, trimmed, and taken once', (t) => {
  t.deepEqual(chosenNames('runtimes', ['process, container', 'process'], known), ['process', 'container']);
  t.throws(() => chosenNames('runtimes', [','], known), { message: /no name given/ });
});

test('numbers that are none name the option and the value', (t) => {
  t.is(wholeNumber('samples', '30', 1), 30);
  for (const bad of ['0', 'abc', '-1', '1.5', '', '1e3', '99999999999999999999']) {
    const error = t.throws(() => wholeNumber('samples', bad, 1), { instanceOf: TareError }, bad);
    t.true(error.message.startsWith(`--samples: "${bad}"`));
    t.is(exitStatus(error), EXIT.usage);
  }
  t.is(positiveNumber('cpus', '0.5'), 0.5);
  for (const bad of ['0', 'x', '', 'Infinity', 'NaN']) t.throws(() => positiveNumber('cpus', bad), { instanceOf: TareError }, bad);
});

test('sizes', (t) => {
  t.is(sizeInBytes('memory', '256M'), 268435456);
  t.is(sizeInBytes('memory', '1 GiB'), 2 ** 30);
  t.is(sizeInBytes('memory', '64kb'), 65536);
  t.is(sizeInBytes('memory', '4096'), 4096);
  for (const bad of ['256X', 'M', '-1M', '0', '1.5G', '']) t.throws(() => sizeInBytes('memory', bad), { instanceOf: TareError }, bad);
});

test('an error is told with what to do next and the end of its log', (t) => {
  const text = failureText(new StartFailure('ended', 'the guest stopped', 'give it more memory', 'line one\nKernel panic\n'), false);
  t.is(text, 'tare: the guest stopped\nnext: give it more memory\nlog:\n  line one\n  Kernel panic\n');
  t.is(exitStatus(new TareError('interrupted', 'interrupted', '')), EXIT.interrupted);
  t.is(exitStatus(new TareError('no-root', 'x', 'y')), EXIT.failed);
  t.regex(failureText(new Error('boom'), false), /should not happen: Error: boom\n/);
});

const visit: Visit = { benchmark: 'startup', runtime: 'vm-micro', round: 11, rounds: 30, order: 0, warmup: false };
const progress: Progress = { done: 44, failed: 1, total: 120, elapsedMs: 1000, remainingMs: 65_000 };

test('durations are told as people say them', (t) => {
  t.deepEqual([400, 9_000, 65_000, 3_720_000].map(durationText), ['0 s', '9 s', '1 min 05 s', '1 h 02 min']);
});

test('the progress line holds what matters and fits', (t) => {
  const line = progressLine(visit, progress, 80);
  t.regex(line, /^startup .* 36 % {2}round 12\/30 {2}vm-micro {2}1 failed {2}1 min 05 s left$/);
  t.true(progressLine(visit, progress, 40).length <= 39);
});

function shown(isTTY: boolean, events: RunEvent[]): string {
  let text = '';
  const display = new ProgressDisplay({ isTTY, columns: 80, write: (chunk: string) => (text += chunk) }, false);
  for (const event of events) display.show(event);
  return text;
}

test('on a terminal the line is rewritten, elsewhere there are plain lines without control characters', (t) => {
  const events: RunEvent[] = [
    { type: 'benchmark-start', benchmark: 'startup', index: 0, count: 3, rounds: 30, progress },
    { type: 'sample-start', visit, progress },
    { type: 'runtime-unavailable', runtime: 'container', reason: 'needs root', remedy: 'run it with sudo' },
    { type: 'benchmark-done', benchmark: 'startup', progress },
  ];
  t.true(shown(true, events).includes('\r\u001B[2K'));
  const plain = shown(false, events);
   
  t.notRegex(plain, /[\u0000-\u0009\u000B-\u001F]/);
  t.regex(plain, /not measured: container: needs root\n {2}next: run it with sudo\n/);
});
