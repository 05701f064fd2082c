import test from 'ava';
import type { FakeScriptInput } from '../../runtime/fake/script.ts';
import { fakeRun, type FakeRun, type FakeRunOptions } from '../fake-run.ts';
import { robustLine } from './line.ts';
import { roomFor } from './most.ts';

const MEBIBYTE = 2 ** 20;
const memory = { pssBytes: 30, cgroupBytes: 100, anonymousBytes: 90, fileBytes: 6, kernelBytes: 4 };

function box(of: Partial<FakeScriptInput['runtimes'][number]> = {}): FakeScriptInput {
  return { runtimes: [{ name: 'vm', kind: 'vm', readyMs: 1, memory, writtenBytes: 7, ...of }] };
}

function prepare(t: { teardown(done: () => Promise<void>): void }, script: FakeScriptInput, options: FakeRunOptions = {}): Promise<FakeRun> {
  return fakeRun(script, (done) => t.teardown(done), { benchmarks: ['growth'], samples: 1, ...options });
}

function instancesOf(run: FakeRun) {
  return run.runtimes.flatMap(({ boxes }) => boxes.flatMap(({ instances }) => instances));
}

test('1, 2, 4, 8 at once: sums at each, a line through them, eight starts in all', async (t) => {
  const run = await prepare(t, box());
  const { samples } = await run.go();
  const values = samples[0]?.outcome === 'ok' ? samples[0].values : {};
  t.like(values, { pss1: 30, pss2: 60, pss4: 120, pss8: 240, pssSlope: 30, pssIntercept: 0, cgroup8: 800, cgroupSlope: 100, disk1: 7, disk8: 56, diskSlope: 7, diskIntercept: 0, most: 8 });
  for (const name of ['available1', 'available8', 'availableSlope', 'availableIntercept']) t.true(Number.isFinite(values[name]), name);
  t.is(samples.length, 1, 'and no warm-up');
  t.is(instancesOf(run).length, 8);
  t.true(instancesOf(run).every(({ timeline }) => timeline.cleaned !== null));
});

test('one that does not come up: the sample has failed, and of all the others nothing is left', async (t) => {
  const run = await prepare(t, box({ incidents: [{ start: 4, what: 'ends-early' }] }));
  const { samples } = await run.go();
  t.like(samples[0], { outcome: 'failed', failure: { reason: 'ended' } });
  t.is(instancesOf(run).length, 6, 'its neighbour was awaited');
  t.true(instancesOf(run).every(({ timeline }) => timeline.cleaned !== null));
});

test('an interrupt ends all that run', async (t) => {
  const controller = new AbortController();
  const run = await prepare(t, box({ incidents: [{ start: 3, what: 'freezes' }] }), { deadlineMs: 60_000, signal: controller.signal, on: (event) => void (event.type === 'sample-start' && setTimeout(() => controller.abort(), 50)) });
  const document = await run.go();
  t.is(document.run.state, 'interrupted');
  t.deepEqual(document.samples, []);
  t.is(instancesOf(run).length, 4);
  t.true(instancesOf(run).every(({ timeline }) => timeline.cleaned !== null));
});

test('instances so heavy that no second has room are no sample, with what to do', async (t) => {
  const run = await prepare(t, box({ memory: { ...memory, cgroupBytes: 2 ** 50 } }));
  const { samples } = await run.go();
  t.like(samples[0], { outcome: 'failed', failure: { reason: 'measurement' } });
  t.regex(samples[0]?.outcome === 'failed' ? samples[0].failure.message : '', /one instance alone takes more than a quarter of the \d+ MiB/);
  t.is(instancesOf(run).length, 1);
});

test('half of the memory that there is, and no more', (t) => {
  t.true(roomFor(4, 2, 512 * MEBIBYTE, 2048 * MEBIBYTE));
  t.false(roomFor(4, 2, 513 * MEBIBYTE, 2048 * MEBIBYTE));
  t.true(roomFor(2, 1, 0, 0));
});

test('a line that one reading does not tilt', (t) => {
  t.deepEqual(robustLine([1, 2, 4, 8], [13, 23, 43, 83]), { slope: 10, intercept: 3 });
  t.deepEqual(robustLine([1, 2, 4], [13, 23, 43]), { slope: 10, intercept: 3 });
  t.deepEqual(robustLine([1, 2, 4, 8], [13, 1023, 43, 83]), { slope: 10, intercept: 3 });
  t.deepEqual(robustLine([1, 2], [5, 4]), { slope: -1, intercept: 6 });
});
