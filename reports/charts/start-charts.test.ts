import test from 'ava';
import { startingResult } from '../sample/starting.ts';
import { buildView } from '../view/view.ts';
import { LIGHT, type Chart } from './chart.ts';
import { chartConfig } from './definition.ts';
import { chartsOf } from './from-view.ts';
import { steps } from './start-charts.ts';

const THEME = { ...LIGHT, font: 'sans-serif', size: 14 };

function chart<Form extends Chart['form']>(form: Form, id: string, result = startingResult()): Extract<Chart, { form: Form }> {
  const found = chartsOf(buildView(result)).find((each) => each.id === id);
  if (found?.form !== form) throw new Error(`no ${form} ${id}`);
  return found as Extract<Chart, { form: Form }>;
}

test('a timeline begins with the request, on a logarithmic axis at its left end, and segments follow each other', (t) => {
  for (const scale of ['log', 'linear'] as const) {
    const timeline = chart('timeline', `startup-timeline-${scale}`);
    t.is(timeline.scale, scale);
    const { options, data } = chartConfig(timeline, THEME, false);
    const x = options?.scales?.['x'] as { type: string; min: number };
    t.is(x.type, scale === 'log' ? 'logarithmic' : 'linear');
    for (const [index, row] of timeline.rows.entries()) {
      t.is(row.segments[0]?.from, 0, row.label);
      for (const [at, { from }] of row.segments.entries()) if (at > 0) t.is(from, row.segments[at - 1]?.to ?? -1, row.label);
      t.is((data.datasets[0]?.data[index] as [number, number])[0], scale === 'log' ? x.min : 0);
    }
    for (const { data: values } of data.datasets) for (const value of values) if (value !== null) t.true((value as [number, number])[0] >= x.min);
  }
});

test('the timeline without machines has none', (t) => {
  t.deepEqual(chart('timeline', 'startup-near').rows.map(({ label }) => label), ['process', 'container']);
});

test('every start is a step; only what is drawn is thinned, evenly by rank, with both ends', (t) => {
  const spread = chart('ecdf', 'startup-spread', startingResult({ rounds: 40 }));
  for (const { label, points } of spread.rows) {
    t.is(points.length, 40, label);
    t.is(points.at(-1)?.[1], 1, label);
    for (let at = 1; at < points.length; at++) t.true((points[at]?.[0] ?? 0) >= (points[at - 1]?.[0] ?? 0));
  }
  const many = steps(Array.from({ length: 10_000 }, (_, index) => ((index * 7919) % 10_000) + 1));
  t.is(many.length, 500);
  t.deepEqual([many[0], many.at(-1)], [[1, 0.0001], [10_000, 1]]);
  for (const [value, share] of many) t.true(Math.abs(value / 10_000 - share) < 1e-9, String(value));
  t.is(steps([]).length, 0);
});

test('distributions of emulated machines are dashed, the others not', (t) => {
  const spread = chart('ecdf', 'startup-spread');
  const { datasets } = chartConfig(spread, THEME, false).data;
  for (const [index, row] of spread.rows.entries()) t.is('borderDash' in (datasets[index] ?? {}), row.emulated, row.label);
});

test('the climb goes up, each box from the one below', (t) => {
  const { rows } = chart('climb', 'startup-climb');
  t.deepEqual(rows.map(({ label }) => label), ['process', 'container', 'vm-floor (emulated)', 'vm-micro (emulated)']);
  t.is(rows[0]?.from, null);
  for (let at = 1; at < rows.length; at++) t.is(rows[at]?.from, rows[at - 1]?.to);
  t.regex(rows[1]?.times ?? '', /^\d+(\.\d+)? × process$/);
});

test('cold stands beside warm where both were measured, and has no chart where not', (t) => {
  const pairs = chart('pairs', 'cold');
  t.deepEqual(pairs.rows.map(({ label }) => label), ['process', 'container', 'vm-micro (emulated)']);
  for (const { sides, label } of pairs.rows) t.true(sides[1].median > sides[0].median, label);
  const without = startingResult();
  t.is(chartsOf(buildView({ ...without, statistics: without.statistics.filter(({ metric }) => metric !== 'cold.ready') })).find(({ id }) => id === 'cold'), undefined);
});
