import test from 'ava';
import { sampleResult } from '../sample/sample.ts';
import { startingResult } from '../sample/starting.ts';
import { buildView } from '../view/view.ts';
import { LIGHT } from './chart.ts';
import { chartConfig } from './definition.ts';
import { chartsOf, thinned } from './from-view.ts';

test('start-up, memory and disk are each drawn, in the order of the report, no id twice', (t) => {
  const ids = chartsOf(buildView(startingResult())).map(({ id }) => id);
  t.is(new Set(ids).size, ids.length);
  const told = ['startup-timeline-log', 'startup-timeline-linear', 'startup-near', 'startup', 'startup-spread', 'startup-climb', 'ladder', 'cold', 'memory-cgroup', 'memory-parts', 'disk-parts'];
  t.deepEqual(ids.filter((id) => told.includes(id)).sort((a, b) => ids.indexOf(a) - ids.indexOf(b)).filter((id) => id !== 'cold'), told.filter((id) => id !== 'cold'));
  t.true(ids.includes('cold'));
});

test('bars of emulated runtimes are marked, in their label and for the hatching', (t) => {
  for (const chart of chartsOf(buildView(sampleResult()))) {
    if (chart.form === 'ladder' || chart.form === 'ratios') continue; // of containers alone; several boxes in a row
    for (const row of chart.rows) t.is(row.emulated, row.label.includes('(emulated)'), `${chart.id}: ${row.label}`);
    if (chart.id !== 'startup-near') t.true(chart.rows.some(({ emulated }) => emulated), chart.id);
  }
});

test('what was not measured has no bar, rather than one of length zero', (t) => {
  for (const chart of chartsOf(buildView(sampleResult({ failing: (runtime) => runtime === 'vm-micro', unavailable: ['vm-floor'] })))) {
    // Files lie on the disk whether or not what they are for could be started; a process was set no memory aside.
    if (chart.id.startsWith('disk') || chart.id === 'memory-configured') continue;
    t.deepEqual(chart.rows.map(({ label }) => label), ['process', 'container'], chart.id);
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
  const startup = chartsOf(view).find(({ id }) => id === 'startup');
  if (startup?.form !== 'bars') return t.fail('start-up is drawn as bars');
  t.true(startup.rows.every(({ points }) => points.length <= 150));
  t.is(view.benchmarks[0]?.main.rows[0]?.values.length, 200);
});

test('a logarithmic axis is given no figure at or below zero', (t) => {
  const result = sampleResult();
  for (const { metric, runtime, summary } of result.statistics) if (metric === 'startup.ready' && runtime === 'vm-floor' && summary) Object.assign(summary, { median: 0.0001, low: -1, high: 0.01 });
  const chart = chartsOf(buildView(result)).find(({ id }) => id === 'startup');
  if (chart?.form !== 'bars') return t.fail('start-up is drawn as bars');
  const config = chartConfig(chart, { ...LIGHT, font: 'sans-serif', size: 14 }, false);
  const least = (config.options?.scales?.['x'] as { min: number }).min;
  t.true(least > 0);
  t.true((config.data.datasets[0]?.data ?? []).every((value) => Number(value) >= least));
});
