import test from 'ava';
import { TareError } from '../../runtime/errors.ts';
import { shuffled, stream } from '../random/stream.ts';
import { RemainingTime } from './duration.ts';
import { planRun, type RunOptions, type RunPlan } from './plan.ts';

const runtimes = [
  { id: 'process', kind: 'process' },
  { id: 'container', kind: 'container' },
  { id: 'vm-floor', kind: 'vm' },
  { id: 'vm-micro', kind: 'vm' },
] as const;

/** Of the default run. */
const usual = [...runtimes, { id: 'vm-restore', kind: 'vm' }, { id: 'vm-full', kind: 'vm', deadlineMs: 120_000 }] as const;
const rungs = Array.from({ length: 16 }, (_, rung) => ({ id: `rung-${rung}`, kind: 'container' as const }));

function orders(plan: RunPlan): string[] {
  return plan.benchmarks.flatMap(({ rounds }) => rounds.filter(({ warmup }) => !warmup).map(({ order }) => order.join(' ')));
}

test('every round visits every runtime once, in an order of its own', (t) => {
  const plan = planRun({ runtimes, seed: 'x' });
  for (const { rounds } of plan.benchmarks) {
    for (const { order } of rounds) t.deepEqual([...order].sort(), ['container', 'process', 'vm-floor', 'vm-micro']);
  }
  t.true(new Set(orders(plan)).size > 10, 'orders differ from round to round');
  t.is(plan.samples, 4 * (20 + 1 + 5 + 5));
});

test('the seed fixes the order; without one each plan has its own, and records it', (t) => {
  t.deepEqual(planRun({ runtimes, seed: 'x' }), planRun({ runtimes, seed: 'x' }));
  t.notDeepEqual(orders(planRun({ runtimes, seed: 'x' })), orders(planRun({ runtimes, seed: 'y' })));
  const free = planRun({ runtimes });
  t.not(free.options.seed, planRun({ runtimes }).options.seed);
  t.deepEqual(orders(free), orders(planRun({ runtimes, seed: free.options.seed })));
});

test('a round’s order does not hang on how many rounds or benchmarks there are', (t) => {
  const long = planRun({ runtimes, seed: 'x', samples: 9 }).benchmarks.find(({ benchmark }) => benchmark === 'memory');
  const short = planRun({ runtimes, seed: 'x', samples: 5, benchmarks: ['memory'] }).benchmarks[0];
  t.is(long?.rounds.length, 10);
  t.deepEqual(long?.rounds.slice(0, 6), short?.rounds);
});

test('shuffling favours no order', (t) => {
  const counts = new Map<string, number>();
  for (let round = 0; round < 6000; round++) {
    const order = shuffled(['a', 'b', 'c'], stream('seed', 'order', round)).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  t.is(counts.size, 6);
  for (const count of counts.values()) t.true(Math.abs(count - 1000) < 120, `${count}`);
});

test('an expensive runtime is visited in every k-th round', (t) => {
  const plan = planRun({ runtimes, seed: 'x', benchmarks: ['startup'], samples: 10, every: { 'vm-micro': 3 } });
  const rounds = plan.benchmarks[0]?.rounds.filter(({ warmup, order }) => !warmup && order.includes('vm-micro')).map(({ round }) => round);
  t.deepEqual(rounds, [0, 3, 6, 9]);
  t.is(plan.samples, 34);
  t.deepEqual(plan.options.every, { 'vm-micro': 3 });
  t.deepEqual(planRun({ runtimes, profile: 'thorough', every: { 'vm-micro': 2 } }).options.every, { 'vm-micro': 2 }, 'what is asked for stands in place of what the profile says');
  t.deepEqual(planRun({ runtimes, profile: 'thorough' }).options.every, { 'vm-micro': 2 });
});

test('the traditional machine is started seldom, not warmed up, and given time', (t) => {
  const plan = planRun({ runtimes: usual, rungs, seed: 'x' });
  const visits = (benchmark: string, warmup: boolean): number => plan.benchmarks.find((each) => each.benchmark === benchmark)?.rounds.filter((round) => round.warmup === warmup && round.order.includes('vm-full')).length ?? 0;
  t.deepEqual(['startup', 'memory', 'disk'].map((benchmark) => [visits(benchmark, true), visits(benchmark, false)]), [[0, 2], [0, 1], [0, 1]]);
  t.deepEqual(plan.options.withoutWarmup, ['vm-full']);
  t.deepEqual([plan.options.deadlineMs, plan.options.deadlines], [30_000, { 'vm-full': 120_000 }]);
  const asked = planRun({ runtimes: usual, deadlineMs: 5000 }).options;
  t.deepEqual([asked.deadlineMs, asked.deadlines], [5000, undefined], 'a deadline that was asked for is everybody’s');
  const twice = planRun({ runtimes: [{ id: 'full-a', runtime: 'vm-full', kind: 'vm' }, { id: 'full-b', runtime: 'vm-full', kind: 'vm' }] });
  t.deepEqual(twice.options.every, { 'full-a': 15, 'full-b': 15 });
});

test('benchmarks that would take minutes of one runtime pass it over, unless they are asked for', (t) => {
  const visited = (plan: RunPlan): boolean => plan.benchmarks.find(({ benchmark }) => benchmark === 'growth')?.rounds.some(({ order }) => order.includes('vm-full')) ?? false;
  const standard = planRun({ runtimes: usual, profile: 'standard' });
  t.false(visited(standard));
  t.deepEqual(standard.options.skipped, { 'vm-full': ['rate', 'growth', 'cold'] });
  t.true(visited(planRun({ runtimes: usual, profile: 'standard', benchmarks: ['growth'] })));
  t.true(visited(planRun({ runtimes: usual, profile: 'thorough' })));
});

test('warm-up rounds come first and are no samples', (t) => {
  const plan = planRun({ runtimes, seed: 'x', samples: 2, warmupRounds: 2, benchmarks: ['startup'] });
  t.deepEqual(plan.benchmarks[0]?.rounds.map(({ warmup }) => warmup), [true, true, false, false]);
  t.is(plan.samples, 8);
});

test('emulated virtual machines make a run longer', (t) => {
  const expected = (accelerator: 'kvm' | 'auto'): number => planRun({ runtimes, accelerator }).expectedMs;
  t.true(expected('auto') > expected('kvm'));
  t.true(planRun({ runtimes: usual, rungs, aa: true }).expectedMs < 4 * 60_000, 'the quick profile takes under four minutes');
  for (const [profile, serves, minutes] of [['standard', false, 15], ['quick', true, 5], ['standard', true, 20], ['thorough', false, 120], ['thorough', true, 180]] as const) {
    const { expectedMs } = planRun({ runtimes: usual, rungs, aa: true, profile, serves });
    t.true(expectedMs < 1.1 * minutes * 60_000, `${profile}${serves ? ' of a server' : ''} is said to take ${minutes} minutes, and takes ${Math.round(expectedMs / 60_000)}`);
  }
});

test('a server is started less often, and no time is reckoned for what is passed over', (t) => {
  const rounds = (serves: boolean): number | undefined => planRun({ runtimes: usual, profile: 'standard', serves }).options.rounds['startup'];
  t.deepEqual([rounds(false), rounds(true)], [100, 50]);
  t.is(planRun({ runtimes: usual, profile: 'standard', serves: true, samples: 7 }).options.rounds['startup'], 7);
  const alone = (id: string): number => planRun({ runtimes: [{ id, kind: 'vm' }], benchmarks: ['interference'] }).expectedMs;
  t.true(alone('vm-full') < alone('vm-micro'));
});

for (const [what, options, message] of [
  ['no samples', { samples: 0 }, /--samples cannot be 0/],
  ['a broken number of samples', { samples: NaN }, /--samples cannot be NaN/],
  ['half a sample', { samples: 1.5 }, /--samples cannot be 1.5/],
  ['more samples than anyone waits for', { samples: 100_001 }, /100001/],
  ['an unknown benchmark', { benchmarks: ['startup', 'speed'] }, /no benchmark "speed"/],
  ['no benchmark', { benchmarks: [] }, /no benchmark was chosen/],
  ['no runtime', { runtimes: [] }, /no runtime was chosen/],
  ['one runtime twice', { runtimes: [runtimes[0], runtimes[0]] }, /"process" was chosen twice/],
  ['a negative gap', { gapMs: -1 }, /gap \(ms\) cannot be -1/],
  ['no deadline', { deadlineMs: 0 }, /deadline \(ms\) cannot be 0/],
] as readonly [string, Partial<RunOptions>, RegExp][]) {
  test(`${what}: refused by name`, (t) => {
    const error = t.throws(() => planRun({ runtimes, ...options }), { instanceOf: TareError, message });
    t.is(error.code, 'usage');
    t.not(error.remedy, '');
  });
}

test('the remaining time is learned from the visits made', (t) => {
  const remaining = new RemainingTime();
  remaining.expect('startup', 'vm', 3, 1000);
  remaining.expect('memory', 'vm', 2, 2000);
  t.is(remaining.remainingMs(), 7000);
  remaining.seen('startup', 'vm', 500);
  // Two starts as the one seen, and two memory visits that will be faster than guessed by as much.
  t.is(remaining.remainingMs(), 2 * 500 + 2 * 1000);
  remaining.drop('vm');
  t.is(remaining.remainingMs(), 0);
});
