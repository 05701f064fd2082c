import test from 'ava';
import { fakeRun } from '../fake-run.ts';

const runtimes = [
  { name: 'process', kind: 'process' as const, readyMs: 1, workPerSecond: 4000 },
  { name: 'vm-micro', kind: 'vm' as const, readyMs: 50, workPerSecond: 400 },
];

test('every kind has its rate, by the marks’ stamps, and a ratio to the process', async (t) => {
  const run = await fakeRun({ runtimes }, (done) => t.teardown(done), { benchmarks: ['throughput'], samples: 5, deadlineMs: 5000 });
  const { samples, comparisons, statistics } = await run.go();
  t.is(samples.length, 10);
  for (const sample of samples) {
    if (sample.outcome !== 'ok') return t.fail(JSON.stringify(sample));
    t.deepEqual(Object.keys(sample.values).sort(), ['integer', 'memory', 'network', 'processes', 'syscalls', 'writes']);
    for (const value of Object.values(sample.values)) t.is(Math.round(value), sample.runtime === 'process' ? 4000 : 400);
  }
  t.is(statistics.find(({ metric, runtime }) => metric === 'throughput.network' && runtime === 'process')?.n, 5);
  t.is(comparisons.find(({ metric, runtime }) => metric === 'throughput.integer' && runtime === 'vm-micro')?.ratio?.value.toFixed(2), '0.10');
});

test('one that ends before its work is done fails, and says at what', async (t) => {
  const run = await fakeRun({ runtimes: [{ ...runtimes[0], incidents: [{ what: 'stops-working' }] }] } as never, (done) => t.teardown(done), { benchmarks: ['throughput'], samples: 1, warmupRounds: 0, deadlineMs: 5000 });
  const { samples } = await run.go();
  t.regex(JSON.stringify(samples[0]), /"reason":"ended".*before it had done its work: memory/);
});

test('one that never finishes is stopped at the deadline', async (t) => {
  const run = await fakeRun({ runtimes: [{ ...runtimes[0], incidents: [{ what: 'stays' }] }] } as never, (done) => t.teardown(done), { benchmarks: ['throughput'], samples: 1, warmupRounds: 0, deadlineMs: 30 });
  const { samples } = await run.go();
  t.regex(JSON.stringify(samples[0]), /"reason":"deadline","message":"the work was not done within 30 ms/);
});
