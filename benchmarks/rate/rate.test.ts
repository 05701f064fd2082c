import test from 'ava';
import { fakeRun } from '../fake-run.ts';

const script = { runtimes: [{ name: 'container', kind: 'container' as const, readyMs: 5 }] };

test('each number of starters has its rate, and each starter makes two starts at least', async (t) => {
  const run = await fakeRun(script, (done) => t.teardown(done), { benchmarks: ['rate'], samples: 1, warmupRounds: 0, deadlineMs: 5000 });
  const { samples, metrics } = await run.go();
  t.deepEqual(metrics.map(({ name }) => name), ['starters1', 'starters2', 'starters4']);
  const [sample] = samples;
  if (sample?.outcome !== 'ok') return t.fail(JSON.stringify(sample));
  t.true(Object.values(sample.values).every((value) => value > 0), JSON.stringify(sample.values));
});

test('a start that fails makes the sample fail, with its reason', async (t) => {
  const run = await fakeRun({ runtimes: [{ ...script.runtimes[0], incidents: [{ what: 'ends-early' }] }] } as never, (done) => t.teardown(done), { benchmarks: ['rate'], samples: 1, warmupRounds: 0 });
  const { samples } = await run.go();
  t.is(samples[0]?.outcome, 'failed');
});

test('an instance that leaves something behind makes the sample fail', async (t) => {
  const run = await fakeRun({ runtimes: [{ ...script.runtimes[0], incidents: [{ what: 'leaves-something' }] }] } as never, (done) => t.teardown(done), { benchmarks: ['rate'], samples: 1, warmupRounds: 0 });
  const { samples } = await run.go();
  t.regex(JSON.stringify(samples[0]), /left behind/);
});
