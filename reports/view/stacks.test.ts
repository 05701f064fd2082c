/** The two stacks: every layer's figure is of the run, and together they are the box's. */
import test from 'ava';
import type { ResultDocument } from '../../benchmarks/result/schema.ts';
import { sampleResult } from '../sample/sample.ts';
import { buildView } from './view.ts';
import type { StackView } from './stacks.ts';

function give(result: ResultDocument, metric: string, runtime: string, median: number): void {
  result.statistics.push({ metric, runtime, emulated: false, n: 3, failed: 0, summary: { median, low: null, high: null, min: median, max: median, mean: median, standardDeviation: 0, p90: null, p95: null, p99: null, outliers: [] } });
}

function layer(stack: StackView | undefined, id: string): Record<string, number | null> {
  return Object.fromEntries(Object.entries(stack?.layers.find((each) => each.id === id)?.figures ?? {}).map(([measure, { value }]) => [measure, value]));
}

test('a machine’s layers add up: phases to its boot, memory to its charge, storeys to its disk', (t) => {
  const result = sampleResult();
  for (const [phase, ms] of [['qemu', 50], ['kernel', 900], ['init', 100], ['service', 30]] as const) give(result, `phases.${phase}`, 'vm-micro', ms);
  give(result, 'memory.hypervisor', 'vm-micro', 50e6);
  give(result, 'memory.program', 'vm-micro', 5e6);
  result.runtimes[3]?.disk.push({ name: 'linux', storey: 'guest-kernel', capacityBytes: null, lengthBytes: 50e6, allocatedBytes: 50e6, shared: true }, { name: 'qemu', storey: 'hypervisor', capacityBytes: null, lengthBytes: 20e6, allocatedBytes: 20e6, shared: true });
  const { stacks } = buildView(result);
  const machine = stacks?.machine;
  t.deepEqual(machine?.layers.map(({ id }) => id), ['app', 'prerequisites', 'guest-os', 'hypervisor']);
  t.deepEqual([layer(machine, 'hypervisor')['time'], layer(machine, 'guest-os')['time'], layer(machine, 'app')['time'], machine?.totals.time.value], [50, 1000, 30, 1080]);
  const charge = result.statistics.find(({ metric, runtime }) => metric === 'memory.cgroup' && runtime === 'vm-micro')?.summary?.median;
  const app = result.statistics.find(({ metric, runtime }) => metric === 'memory.cgroup' && runtime === 'process')?.summary?.median;
  t.is(layer(machine, 'hypervisor')['memory'], 55e6);
  t.is(layer(machine, 'app')['memory'], app ?? null);
  t.is(Math.round(machine?.totals.memory.value ?? 0), Math.round(charge ?? -1));
  t.is(layer(machine, 'hypervisor')['disk'], 20e6);
  t.is(machine?.totals.disk.value, result.runtimes[3]?.disk.reduce((sum, { allocatedBytes }) => sum + allocatedBytes, 0));
});

test('a container’s runtime is what it takes beyond the same program in no box; it has no guest OS', (t) => {
  const result = sampleResult();
  give(result, 'phases.runtime', 'container', 1.5);
  give(result, 'phases.service', 'container', 0.2);
  const stack = buildView(result).stacks?.container;
  const median = (runtime: string): number => result.statistics.find((each) => each.metric === 'memory.cgroup' && each.runtime === runtime)?.summary?.median ?? 0;
  t.deepEqual(stack?.layers.map(({ id }) => id), ['app', 'prerequisites', 'container-runtime']);
  t.like(layer(stack, 'container-runtime'), { time: 1.5, memory: median('container') - median('process') });
  t.is(stack?.totals.time.text, '1.70 ms');
});

test('what was not measured says so, and counts nothing', (t) => {
  const stacks = buildView(sampleResult()).stacks;
  t.deepEqual(stacks?.machine.layers.map(({ figures }) => figures.time), stacks?.machine.layers.map(() => ({ value: null, text: 'not measured' })));
  t.deepEqual(stacks?.machine.totals.time, { value: null, text: 'not measured' });
});

test('without a container or a machine there is nothing to set side by side', (t) => {
  for (const runtimes of [['process', 'container'], ['process', 'vm-micro']]) t.is(buildView(sampleResult({ runtimes })).stacks, null);
  t.is(buildView(sampleResult({ unavailable: ['vm-floor', 'vm-micro'] })).stacks, null);
});
