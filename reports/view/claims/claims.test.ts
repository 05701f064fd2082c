/** No claim is held to be more than the run shows. */
import test from 'ava';
import type { ResultDocument } from '../../../benchmarks/result/schema.ts';
import { sampleResult } from '../../sample/sample.ts';
import { buildView, type View } from '../view.ts';
import type { ClaimView } from './claims.ts';

function all({ claims }: View): readonly ClaimView[] {
  return [...claims.claims, ...claims.heavier];
}

function claim(result: ResultDocument, id: string): ClaimView | undefined {
  return all(buildView(result)).find((each) => each.id === id);
}

const hardware = (): ResultDocument => sampleResult({ emulated: false });

/** Metrics whose sample document has none. */
function compare(result: ResultDocument, metric: string, runtime: string, baseline: string, [value, low, high]: readonly [number, number | null, number | null], emulated = false): void {
  const [benchmark = '', name = ''] = metric.split('.');
  if (!result.metrics.some(({ id }) => id === metric)) result.metrics.push({ id: metric, benchmark, name, title: name, unit: 'count', definition: '', anchor: '', primary: false });
  const spread = { value, low, high };
  result.comparisons.push({ metric, runtime, baseline, ratio: spread, difference: spread, emulated });
}

test('every claim of the article has its card, and what the heavier box buys', (t) => {
  const { claims } = buildView(hardware());
  t.deepEqual(claims.claims.map(({ id }) => id), ['full-guest-os', 'shared-kernel', 'virtual-hardware', 'extra-cpu', 'extra-ram', 'disk-over-allocation', 'slow-start', 'manual-steps', 'isolation', 'whole-filesystem', 'less-overhead', 'better-use']);
  t.deepEqual(claims.heavier.map(({ id }) => id), ['own-kernel', 'smaller-surface', 'performance-isolation']);
});

test('emulated figures alone support nothing, and the card says so', (t) => {
  const emulated = sampleResult();
  for (const id of ['extra-ram', 'slow-start', 'less-overhead']) {
    t.is(claim(emulated, id)?.verdict, 'not tested here', id);
    t.regex(claim(emulated, id)?.why ?? '', /emulated.*say nothing of hardware virtualisation/, id);
    t.is(claim(hardware(), id)?.verdict, 'supported', id);
  }
  for (const each of all(buildView(emulated)).filter(({ verdict }) => verdict === 'supported')) t.false(each.figures.length > 0 && each.figures.every((figure) => figure.emulated), each.id);
});

test('an interval that holds 1, or lies below it, is no support', (t) => {
  for (const [ratio, why] of [[[1.1, 0.9, 1.3], /No difference/], [[0.5, 0.4, 0.6], /less memory/]] as const) {
    const result = hardware();
    result.comparisons = result.comparisons.filter(({ metric }) => metric !== 'memory.cgroup');
    compare(result, 'memory.cgroup', 'vm-micro', 'container', ratio);
    t.like(claim(result, 'extra-ram'), { verdict: 'not supported' });
    t.regex(claim(result, 'extra-ram')?.why ?? '', why);
  }
});

test('a difference within the machine’s noise is none', (t) => {
  const result = hardware();
  for (const each of result.comparisons) if (each.metric === 'memory.cgroup') each.verdict = 'no difference shown';
  t.is(claim(result, 'extra-ram')?.verdict, 'not supported');
});

test('too few samples settle nothing', (t) => {
  t.like(claim(sampleResult({ emulated: false, rounds: 3 }), 'slow-start'), { verdict: 'not tested here', why: 'There are too few samples to tell.' });
});

test('a machine that resumes as soon as a container starts makes the slow start a matter of how', (t) => {
  const result = sampleResult({ emulated: false, runtimes: ['process', 'container', 'vm-micro'] });
  const micro = result.runtimes.find(({ id }) => id === 'vm-micro');
  if (micro === undefined) return t.fail('the sample has a vm-micro');
  result.runtimes.splice(2, 0, { ...micro, id: 'vm-restore', runtime: 'vm-restore' });
  const statistic = result.statistics.find(({ metric, runtime }) => metric === 'startup.ready' && runtime === 'vm-micro');
  if (statistic?.summary == null) return t.fail('and a start of it');
  result.statistics.push({ ...statistic, runtime: 'vm-restore', summary: { ...statistic.summary, median: 1.7 } });
  compare(result, 'startup.ready', 'vm-restore', 'container', [1, 0.9, 1.1]);
  t.like(claim(result, 'slow-start'), { verdict: 'mixed' });
  t.regex(claim(result, 'slow-start')?.why ?? '', /holds for vm-micro; vm-restore/);
});

test('processor time: idle and at work have to agree', (t) => {
  const with_ = (idle: readonly [number, number, number], work: readonly [number, number, number]): ClaimView | undefined => {
    const result = hardware();
    compare(result, 'idle-cpu.used', 'vm-micro', 'process', idle);
    compare(result, 'throughput.integer', 'vm-micro', 'process', work);
    return claim(result, 'extra-cpu');
  };
  t.is(with_([9, 8, 10], [0.9, 0.88, 0.92])?.verdict, 'supported');
  t.is(with_([9, 8, 10], [1, 0.98, 1.02])?.verdict, 'mixed');
  t.is(with_([1, 0.9, 1.1], [0.9, 0.88, 0.92])?.verdict, 'mixed');
  t.is(with_([1, 0.9, 1.1], [1, 0.98, 1.02])?.verdict, 'not supported');
  t.regex(claim(hardware(), 'extra-cpu')?.why ?? '', /idle-cpu was not in this run/);
});

test('density: fewer machines is what the claim says', (t) => {
  const result = hardware();
  compare(result, 'density.fits', 'vm-micro', 'container', [0.1, 0.09, 0.11]);
  t.is(claim(result, 'better-use')?.verdict, 'supported');
});

test('isolation goes by the plan, and SELinux by the host', (t) => {
  const result = hardware();
  const plan = result.runtimes.find(({ id }) => id === 'container')?.plan;
  if (plan === undefined) return t.fail('the sample has a container');
  t.is(claim(result, 'isolation')?.verdict, 'not supported');
  plan.push({ op: 'clone', label: 'clone', why: '', text: 'clone3({flags=CLONE_NEWNS | CLONE_NEWPID})' }, { op: 'cgroup-create', label: 'cgroup', why: '', text: 'mkdir("/sys/fs/cgroup/x")' });
  t.is(claim(result, 'isolation')?.verdict, 'mixed');
  plan.push({ op: 'write', label: 'SELinux label', why: '', text: 'write("/proc/self/attr/exec")' });
  t.is(claim(result, 'isolation')?.verdict, 'supported');
});

test('whose kernel it is, is settled by what was seen inside', (t) => {
  const result = hardware();
  t.is(claim(result, 'shared-kernel')?.verdict, 'not tested here');
  const give = (id: string, hostsKernel: boolean): void => void Object.assign(result.runtimes.find((each) => each.id === id) ?? {}, { witness: { kernel: '6.1.0', hostsKernel, processes: 1 } });
  give('container', true);
  t.is(claim(result, 'shared-kernel')?.verdict, 'not tested here');
  give('vm-micro', false);
  t.is(claim(result, 'shared-kernel')?.verdict, 'supported');
  give('vm-micro', true);
  t.is(claim(result, 'shared-kernel')?.verdict, 'not supported');
});

test('what each box can ask of the host’s kernel is counted where it was', (t) => {
  const result = hardware();
  t.is(claim(result, 'smaller-surface')?.verdict, 'not tested here');
  for (const [id, calls] of [['container', 300], ['vm-micro', 360]] as const) Object.assign(result.runtimes.find((each) => each.id === id) ?? {}, { reach: { calls, conditional: 0, of: 360, text: '' } });
  t.deepEqual(claim(result, 'smaller-surface')?.figures.map(({ text }) => text), ['300 of 360 system calls', '360 of 360 system calls']);
});

for (const runtimes of [['process'], ['container'], ['vm-micro'], []]) {
  test(`a run of ${runtimes.join() || 'nothing'} supports no comparison`, (t) => {
    for (const each of all(buildView(sampleResult({ runtimes, emulated: false }))).filter(({ id }) => ['extra-cpu', 'extra-ram', 'slow-start', 'less-overhead', 'better-use', 'shared-kernel'].includes(id))) t.is(each.verdict, 'not tested here', each.id);
  });
}
