import test, { type ExecutionContext } from 'ava';
import { TareError } from '../../runtime/errors.ts';
import { ladder } from '../../runtime/fake/ladder.ts';
import { fakeRun, type FakeRun, type FakeRunOptions } from '../fake-run.ts';
import { planOf, planRun } from '../plan/plan.ts';
import type { Metric, Noise, RuntimeEntry } from '../result/schema.ts';
import { summarise, type Summary } from '../statistics/summarise.ts';
import { floorBetween, noiseOf } from './floor.ts';

const boxes = [{ id: 'process', kind: 'process' }, { id: 'container', kind: 'container' }, { id: 'vm-micro', kind: 'vm' }] as const;
const metric: Metric = { id: 'startup.ready', benchmark: 'startup', name: 'ready', title: 'ready', unit: 'ms', definition: '', anchor: '', primary: true };

function summaryOf(runtime: string, values: readonly number[]): Summary {
  return summarise({ metric, runtime, values, indices: values.map((_, index) => index), failed: 0 }, false, 'seed');
}

function entry(id: string, kind: RuntimeEntry['kind'], twinOf?: string): RuntimeEntry {
  return { id, kind, runtime: twinOf ?? id, ...(twinOf === undefined ? {} : { twinOf }) } as RuntimeEntry;
}

function paired(t: ExecutionContext, options: FakeRunOptions = {}): Promise<FakeRun> {
  return fakeRun(ladder(), (done) => t.teardown(done), { aa: true, ...options });
}

test('quick enters process and container twice, and costs no more than 15 s for it', (t) => {
  const plan = planRun({ runtimes: boxes, aa: true, seed: 's' });
  t.deepEqual(plan.options.twins, { 'process-again': { of: 'process', every: { startup: 1 } }, 'container-again': { of: 'container', every: { startup: 1 } } });
  t.true(plan.expectedMs - planRun({ runtimes: boxes, seed: 's' }).expectedMs < 15_000);
  const orders = (benchmark: string): string[][] => plan.benchmarks.find((each) => each.benchmark === benchmark)?.rounds.map(({ order }) => [...order].sort()) ?? [];
  t.true(orders('startup').every((order) => order.join() === 'container,container-again,process,process-again,vm-micro'));
  t.true(orders('memory').every((order) => order.join() === 'container,process,vm-micro'));
  t.true(orders('disk').every((order) => order.join() === 'container,process,vm-micro'));
  t.deepEqual(plan.options.runtimes, ['process', 'container', 'vm-micro']);
});

test('standard has time for a machine’s pair too, thinned; --no-aa leaves all out', (t) => {
  const plan = planRun({ runtimes: boxes, aa: true, profile: 'standard' });
  const visits = plan.benchmarks.find(({ benchmark }) => benchmark === 'startup')?.rounds.filter(({ warmup, order }) => !warmup && order.includes('vm-micro-again')) ?? [];
  t.true(visits.length >= 20 && visits.every(({ round }) => round % (plan.options.twins?.['vm-micro-again']?.every['startup'] ?? 0) === 0));
  t.is(planRun({ runtimes: boxes, aa: false }).options.twins, undefined);
  t.is(planRun({ runtimes: boxes.slice(2), aa: true }).options.twins, undefined);
});

test('pairs by name: the named, in every round; a stranger is refused', (t) => {
  t.deepEqual(planRun({ runtimes: boxes, aa: ['vm-micro'], benchmarks: ['startup', 'disk'] }).options.twins, { 'vm-micro-again': { of: 'vm-micro', every: { startup: 1 } } });
  const error = t.throws(() => planRun({ runtimes: boxes, aa: ['bwrap'] }), { instanceOf: TareError, message: /--aa names "bwrap"/ });
  t.regex(error?.remedy ?? '', /process, container, vm-micro/);
});

test('a twin of a slow runtime keeps its deadline, its thinning and its lack of a warm-up; the options alone give the same plan', (t) => {
  const slow = { id: 'vm-full', kind: 'vm', deadlineMs: 300_000 } as const;
  const plan = planRun({ runtimes: [...boxes, slow], aa: ['vm-full'], seed: 's' });
  t.is(plan.options.deadlines?.['vm-full-again'], 300_000);
  t.deepEqual(plan.options.twins?.['vm-full-again']?.every, { startup: 15, memory: 15 });
  t.false(plan.benchmarks.some(({ rounds }) => rounds.some(({ warmup, order }) => warmup && order.includes('vm-full-again'))));
  t.deepEqual(planOf(plan.options, plan.runtimes, false), plan);
});

test('the difference of a pair is the noise: its ratio, and how far the interval reaches', (t) => {
  const values = Array.from({ length: 20 }, (_, index) => 10 + index / 10);
  const runtimes = [entry('process', 'process'), entry('process-again', 'process', 'process'), entry('container', 'container')];
  const noise = noiseOf([summaryOf('process', values), summaryOf('process-again', values.map((value) => value * 1.02)), summaryOf('container', values)], runtimes);
  t.is(noise.length, 1);
  const [pair] = noise;
  t.like(pair, { metric: 'startup.ready', runtime: 'process', twin: 'process-again', n: 20 });
  t.true(Math.abs((pair?.ratio?.value ?? 0) - 1.02) < 1e-9);
  t.is(pair?.floor, Math.max(pair?.ratio?.high ?? 0, 1 / (pair?.ratio?.low ?? 1)) - 1);
  t.true((pair?.floor ?? 0) > 0.02);
  const [lower] = noiseOf([summaryOf('process', values), summaryOf('process-again', values.map((value) => value / 1.5))], runtimes);
  t.true((lower?.floor ?? 0) > 0.5, 'as far downwards as upwards');
  t.deepEqual(noiseOf([summaryOf('process', [1, 2]), summaryOf('process-again', [1, 2])], runtimes).map(({ floor }) => floor), [null]);
});

test('a ratio is held against the noise of its own sides, of their kind, or the largest there is', (t) => {
  const runtimes = [entry('process', 'process'), entry('container', 'container'), entry('vm-floor', 'vm'), entry('vm-micro', 'vm')];
  const of = (runtime: string, floor: number): Noise => ({ metric: 'm', runtime, twin: `${runtime}-again`, n: 9, ratio: null, floor });
  const noise = [of('process', 0.05), of('container', 0.02), of('vm-micro', 0.01)];
  const floor = (one: string, other: string, from = noise): number | null => floorBetween(from, 'm', runtimes, one, other);
  t.is(floor('container', 'process'), 0.05);
  t.is(floor('vm-micro', 'container'), 0.02);
  t.is(floor('vm-floor', 'vm-micro'), 0.01);
  t.is(floor('vm-micro', 'process', [of('process', 0.005), of('vm-micro', 0.01), of('vm-floor', 0.3)]), 0.01, 'its own, not the noisier of another machine');
  t.is(floor('vm-micro', 'vm-floor', [of('process', 0.05), of('container', 0.02)]), 0.05);
  t.is(floorBetween(noise, 'other', runtimes, 'container', 'process'), null);
});

test('a run has its noise beside every comparison, and its twins are compared with nobody', async (t) => {
  const document = await (await paired(t, { benchmarks: ['startup', 'memory', 'disk'], samples: 12 })).go();
  t.deepEqual([...new Set(document.noise?.map(({ metric: id, twin }) => `${id.split('.')[0]} ${twin}`))], ['startup process-again', 'startup container-again']);
  t.deepEqual(document.runtimes.filter(({ twinOf }) => twinOf !== undefined).map(({ id, runtime, twinOf }) => [id, runtime, twinOf]), [['process-again', 'process', 'process'], ['container-again', 'container', 'container']]);
  t.true(document.samples.some(({ runtime }) => runtime === 'process-again'), 'their samples are kept');
  t.false(document.comparisons.some(({ runtime, baseline }) => runtime.endsWith('-again') || baseline.endsWith('-again')));
  const ready = document.comparisons.find((each) => each.metric === 'startup.ready' && each.runtime === 'container');
  t.true(ready !== undefined && (ready.noise ?? 0) > 0 && (ready.noise ?? 1) < 0.2);
  t.is(ready?.verdict, 'higher');
  t.is(ready?.cliffsDelta, 1);
});

test('two runtimes that are one differ by no more than the noise', async (t) => {
  const script = ladder();
  const [process, container] = script.runtimes as [(typeof script.runtimes)[0], (typeof script.runtimes)[0]];
  const run = await fakeRun({ runtimes: [{ ...process, readyMs: 5 }, { ...container, readyMs: 5 }] }, (done) => t.teardown(done), { aa: true, benchmarks: ['startup'], samples: 30 });
  const document = await run.go();
  t.is(document.comparisons.find((each) => each.metric === 'startup.ready')?.verdict, 'no difference shown');
});
