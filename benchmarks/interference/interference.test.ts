import test from 'ava';
import { fakeRun } from '../fake-run.ts';
import { disturbed, interference } from './interference.ts';

const container = { name: 'container', kind: 'container' as const, readyMs: 5, workPerSecond: 1000 };

test('where a neighbour changes nothing every ratio is 1, and all that was started is gone', async (t) => {
  const run = await fakeRun({ runtimes: [container] }, (done) => t.teardown(done), { benchmarks: ['interference'], samples: 1, deadlineMs: 5000, gapMs: 1 });
  const { samples, metrics } = await run.go();
  t.deepEqual(metrics.map(({ name }) => name), ['start-cpu', 'work-cpu', 'start-memory', 'work-memory', 'start-writes', 'work-writes', 'start-forks', 'work-forks']);
  const [sample] = samples;
  if (sample?.outcome !== 'ok') return t.fail(JSON.stringify(sample));
  for (const [name, value] of Object.entries(sample.values)) t.is(value.toFixed(3), '1.000', name);
  t.is(sample.leftovers, undefined);
  const instances = run.runtimes[0]?.boxes[0]?.instances ?? [];
  t.true(instances.length >= 9);
  t.true(instances.every(({ timeline }) => timeline.cleaned !== null));
});

test('a victim that cannot start fails the sample', async (t) => {
  const run = await fakeRun({ runtimes: [{ ...container, incidents: [{ what: 'ends-early' }] }] }, (done) => t.teardown(done), { benchmarks: ['interference'], samples: 1, deadlineMs: 5000 });
  const { samples } = await run.go();
  t.is(samples[0]?.outcome, 'failed');
});

test('a visit that is interrupted is no sample, and stops the neighbour too', async (t) => {
  const controller = new AbortController();
  const run = await fakeRun({ runtimes: [container] }, (done) => t.teardown(done), { benchmarks: ['interference'], samples: 1, deadlineMs: 5000, gapMs: 1, signal: controller.signal, on: (event) => void (event.type === 'sample-start' && setTimeout(() => controller.abort(), 900)) });
  const { samples, run: facts } = await run.go();
  t.is(facts.state, 'interrupted');
  t.is(samples.length, 0);
  t.true((run.runtimes[0]?.boxes[0]?.instances ?? []).every(({ timeline }) => timeline.cleaned !== null));
});

test('twice the time to start is 2, and half the rate as well', (t) => {
  t.deepEqual(disturbed({ readyMs: 10, rate: 800 }, { readyMs: 20, rate: 200 }), { start: 2, work: 4 });
});

test('every neighbour is named in the figures it disturbs', (t) => {
  t.true(interference.metrics.every(({ definition }) => /beside a neighbour of the same runtime that \w+/.test(definition)));
  t.deepEqual(interference.metrics.filter(({ primary }) => primary).map(({ name }) => name), ['start-cpu']);
});
