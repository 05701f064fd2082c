import test from 'ava';
import { sampleResult } from '../sample/sample.ts';
import { buildView } from '../view/view.ts';
import { LIGHT } from './chart.ts';
import { chartConfig } from './definition.ts';
import { chartsOf, thinned } from './from-view.ts';

test('start-up, memory and disk are each compared, memory and disk in parts too', (t) => {
  t.deepEqual(chartsOf(buildView(sampleResult())).map(({ id }) => id), ['startup', 'memory', 'memory-parts', 'disk', 'disk-parts']);
});

test('bars of emulated runtimes are marked, in their label and for the hatching', (t) => {
  for (const chart of chartsOf(buildView(sampleResult()))) {
    if (chart.form === 'ladder' || chart.form === 'ratios') continue; // of containers alone; several boxes in a row
    for (const row of chart.rows) t.is(row.emulated, row.label.includes('(emulated)'), `${chart.id}: ${row.label}`);
    t.true(chart.rows.some(({ emulated }) => emulated));
  }
});

test('what was not measured has no bar, rather than one of length zero', (t) => {
  for (const chart of chartsOf(buildView(sampleResult({ failing: (runtime) => runtime === 'vm-micro', unavailable: ['vm-floor'] })))) {
    if (chart.id !== 'disk-parts') t.deepEqual(chart.rows.map(({ label }) => label), ['process', 'container'], chart.id);
  }
  t.deepEqual(chartsOf(buildView(sampleResult({ runtimes: [] }))), []);
});

test('thinning keeps both ends, and few points as they are', (t) => {
  const values = Array.from({ length: 5000 }, (_, index) => (index * 7919) % 5000);
  const kept = thinned(values, 100);
  t.deepEqual([kept.length, kept[0], kept.at(-1)], [100, 0, 4999]);
  t.deepEqual(thinned([3, 1, 2], 100), [1, 2, 3]);
});

test('many samples thin the drawing and not the data', (t) => {
  const view = buildView(sampleResult({ rounds: 200 }));
  const [startup] = chartsOf(view);
  if (startup?.form !== 'bars') return t.fail('start-up is drawn as bars');
  t.true(startup.rows.every(({ points }) => points.length <= 150));
  t.is(view.benchmarks[0]?.main.rows[0]?.values.length, 200);
});

test('a logarithmic axis is given no figure at or below zero', (t) => {
  const result = sampleResult();
  for (const { metric, runtime, summary } of result.statistics) if (metric === 'disk.allocated' && runtime === 'vm-floor' && summary) Object.assign(summary, { median: 0, low: -1, high: 0 });
  const chart = chartsOf(buildView(result)).find(({ id }) => id === 'disk');
  if (chart?.form !== 'bars') return t.fail('disk is drawn as bars');
  const config = chartConfig(chart, { ...LIGHT, font: 'sans-serif', size: 14 }, false);
  const least = (config.options?.scales?.['x'] as { min: number }).min;
  t.true(least > 0);
  t.true((config.data.datasets[0]?.data ?? []).every((value) => Number(value) >= least));
});
