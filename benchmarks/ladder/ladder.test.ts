import test from 'ava';
import { TareError } from '../../runtime/errors.ts';
import { planRun, type RunOptions } from '../plan/plan.ts';
import { fakeRun } from '../fake-run.ts';

const boxes = [{ id: 'process', kind: 'process' }, { id: 'container', kind: 'container' }] as const;
const rungs = ['ladder-00-exec', 'ladder-01-mnt', 'ladder-02-pid'].map((id) => ({ id, kind: 'container' as const }));

function plan(options: Partial<RunOptions>): ReturnType<typeof planRun> {
  return planRun({ runtimes: boxes, rungs, seed: 's', samples: 4, ...options });
}

test('the ladder visits its rungs and nobody else, the other benchmarks the boxes alone', (t) => {
  for (const { benchmark, rounds } of plan({}).benchmarks) {
    const wanted = benchmark === 'ladder' ? rungs.map(({ id }) => id) : ['container', 'process'];
    for (const { order } of rounds) t.deepEqual([...order].sort(), [...wanted].sort(), benchmark);
  }
});

test('rungs are provisioned only for the ladder, and are no boxes of the run', (t) => {
  t.deepEqual(plan({}).runtimes.map(({ id }) => id), ['process', 'container', ...rungs.map(({ id }) => id)]);
  t.deepEqual(plan({ benchmarks: ['startup'] }).runtimes.map(({ id }) => id), ['process', 'container']);
  t.deepEqual(plan({}).options.runtimes, ['process', 'container']);
});

test('without rungs it is left out, and refused when it is asked for', (t) => {
  t.false(plan({ rungs: [] }).options.benchmarks.includes('ladder'));
  t.throws(() => plan({ rungs: [], benchmarks: ['ladder'] }), { instanceOf: TareError, message: /"ladder" climbs from a process to the container/ });
});

test('a benchmark that the profile leaves out is taken when it is named', (t) => {
  t.false(plan({ profile: 'quick' }).options.benchmarks.includes('rate'));
  t.true(plan({ profile: 'standard' }).options.benchmarks.includes('rate'));
  t.true((planRun({ runtimes: boxes, seed: 's', profile: 'quick', benchmarks: ['rate'] }).options.rounds['rate'] ?? 0) > 0);
});

test('each rung is held against the one below it', async (t) => {
  const run = await fakeRun({
    runtimes: [
      { name: 'process', kind: 'process', readyMs: 1 },
      { name: 'container', kind: 'container', readyMs: 4 },
      { name: 'ladder-00', kind: 'container', rung: 'fork and exec', readyMs: 1 },
      { name: 'ladder-01', kind: 'container', rung: '+ this', readyMs: 3 },
      { name: 'ladder-02', kind: 'container', rung: '+ that', readyMs: 4 },
    ],
  }, (done) => t.teardown(done));
  const result = await run.go();
  const of = result.comparisons.filter(({ metric }) => metric === 'ladder.ready').map(({ runtime, baseline, difference }) => [runtime, baseline, Math.round(difference.value)] as const);
  t.deepEqual(of, [['ladder-01', 'ladder-00', 2], ['ladder-02', 'ladder-01', 1]]);
  t.true(result.comparisons.filter(({ metric }) => metric === 'startup.ready').every(({ runtime }) => runtime === 'container'));
  t.is(result.runtimes.find(({ id }) => id === 'ladder-01')?.rung, '+ this');
});
