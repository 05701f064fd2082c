/** What a report may claim, of runs that lack something. */
import test from 'ava';
import { sampleResult } from '../sample/sample.ts';
import { buildView } from './view.ts';

const ALL = ['process', 'container', 'vm-floor', 'vm-micro'];

test('wherever an emulated runtime is named in a sentence, it carries the mark', (t) => {
  const view = buildView(sampleResult());
  const sentences = [...view.headline, ...view.benchmarks.map(({ summary }) => summary)].filter((each) => each.includes('vm-micro'));
  t.true(sentences.length >= 6);
  for (const sentence of sentences) t.notRegex(sentence, /vm-(micro|floor)(?! \(emulated\))/);
});

test('every ratio without an interval says that the samples are too few', (t) => {
  const sentences = buildView(sampleResult({ rounds: 4 })).headline;
  t.true(sentences.length >= 4);
  for (const sentence of sentences) t.regex(sentence, /too few samples for an interval/);
});

test('machines that the host could not start are neither emulated nor compared', (t) => {
  const view = buildView(sampleResult({ unavailable: ['vm-floor', 'vm-micro'] }));
  t.is(view.caution, null);
  t.notRegex(view.headline.join(), /vm-/);
  for (const { main } of view.benchmarks) for (const row of main.rows.filter(({ runtime }) => runtime.kind === 'vm')) t.deepEqual([row.median, row.text], [null, 'not measured: needs root']);
});

for (const runtimes of [['process'], ['container'], ['vm-micro'], ['process', 'container'], ['process', 'vm-micro'], ['container', 'vm-micro'], []]) {
  test(`a run of ${runtimes.join(' and ') || 'nothing'} claims nothing of what was not in it`, (t) => {
    const view = buildView(sampleResult({ runtimes, rounds: 6 }));
    t.true(view.headline.length > 0);
    const said = JSON.stringify([view.headline, view.caution, view.benchmarks.map(({ summary }) => summary)]);
    for (const absent of ALL.filter((id) => !runtimes.includes(id))) t.notRegex(said, new RegExp(`\\b${absent}\\b (\\(|is|takes|holds)|${absent}:`));
  });
}

test('a negative figure keeps its sign', (t) => {
  const result = sampleResult();
  const summary = result.statistics.find(({ metric, runtime }) => metric === 'memory.cgroup' && runtime === 'container')?.summary;
  if (!summary) return t.fail('the sample result has memory in it');
  Object.assign(summary, { median: -4096, low: -8192, high: -1024 });
  const row = buildView(result).benchmarks.find(({ id }) => id === 'memory')?.main.rows.find(({ runtime }) => runtime.id === 'container');
  t.is(row?.text, '−4.00 KiB');
});

test('the parts of the disk’s stack add up to what lies on it', (t) => {
  const result = sampleResult();
  result.runtimes[1]?.disk.push({ name: 'launcher', storey: 'runtime', capacityBytes: null, lengthBytes: 900_000, allocatedBytes: 901_120, shared: true });
  const rows = buildView(result).benchmarks.find(({ id }) => id === 'disk')?.parts?.rows ?? [];
  t.is(rows.length, 4);
  for (const { runtime, bytes } of rows) {
    const disk = result.runtimes.find(({ id }) => id === runtime.id)?.disk ?? [];
    t.is(bytes.reduce((sum, each) => sum + each, 0), disk.reduce((sum, { allocatedBytes }) => sum + allocatedBytes, 0), runtime.id);
  }
});
