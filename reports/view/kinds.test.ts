import test from 'ava';
import type { Metric, ResultDocument } from '../../benchmarks/result/schema.ts';
import { sampleResult } from '../sample/sample.ts';
import { buildView } from './view.ts';

const RAM: Metric = { id: 'memory.ram', benchmark: 'memory', name: 'ram', title: 'guest RAM', unit: 'bytes', definition: 'x', anchor: 'memory-machine', primary: false, kinds: ['vm'] };

function withRam(change: (result: ResultDocument) => ResultDocument = (result) => result): ResultDocument {
  const result = sampleResult();
  return change({ ...result, metrics: [...result.metrics, RAM] });
}

function rowsOf(result: ResultDocument): readonly (readonly [string, string])[] | null {
  const memory = buildView(result).benchmarks.find(({ id }) => id === 'memory');
  return memory?.metrics.find(({ id }) => id === RAM.id)?.rows.map(({ runtime, text }) => [runtime.id, text] as const) ?? null;
}

test('a figure of machines has rows for machines, and says of each why it is missing', (t) => {
  const rows = rowsOf(withRam((result) => ({ ...result, runtimes: result.runtimes.map((entry) => (entry.id === 'vm-floor' ? { ...entry, unmeasurable: { [RAM.id]: 'it has no system' } } : entry)) })));
  t.deepEqual(rows, [['vm-floor', 'not measured: it has no system'], ['vm-micro', 'not measured: none of its samples has this']]);
});

test('where no machine was measured the figure is not there', (t) => {
  t.is(rowsOf(withRam((result) => ({ ...result, runtimes: result.runtimes.filter(({ kind }) => kind !== 'vm') }))), null);
});
