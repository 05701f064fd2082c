import test from 'ava';
import { weighingResult } from '../sample/weighing.ts';
import { buildView } from '../view/view.ts';
import { LIGHT, type Chart } from './chart.ts';
import { chartConfig } from './definition.ts';
import { chartsOf } from './from-view.ts';
import { sizeOf } from './size.ts';

const charts = chartsOf(buildView(weighingResult()));
const THEME = { ...LIGHT, font: 'sans-serif', size: 14 };

function chart<Form extends Chart['form']>(id: string, form: Form): Extract<Chart, { form: Form }> {
  const found = charts.find((each) => each.id === id);
  if (found?.form !== form) throw new Error(`${id} is drawn as ${found?.form}`);
  return found as Extract<Chart, { form: Form }>;
}

test('every way of counting has a chart of the same boxes, so that one canvas can show each', (t) => {
  for (const way of ['vsz', 'rss', 'pss', 'cgroup', 'available']) {
    t.deepEqual(chart(`memory-${way}`, 'bars').rows.map(({ label }) => label), ['process', 'container', 'vm-floor (emulated)', 'vm-micro (emulated)'], way);
  }
  for (const way of ['pss', 'cgroup', 'available']) {
    t.deepEqual(chart(`growth-${way}-light`, 'lines').rows.map(({ label }) => label), ['process', 'container'], way);
    t.deepEqual(chart(`growth-${way}-heavy`, 'lines').rows.map(({ label }) => label), ['vm-micro (emulated)'], way);
  }
});

test('a line’s note and legend have slope and intercept; its axis begins at zero for an intercept just below', (t) => {
  const lines = chart('growth-cgroup-light', 'lines');
  t.is(lines.rows[1]?.note, '+104 KiB each');
  t.is(lines.rows[1]?.told, '+104 KiB each, −800 B once');
  t.is((chartConfig(lines, THEME, false).options?.scales?.['y'] as { min?: number }).min, 0);
});

test('an axis of ratios holds 1, every interval, and the noise', (t) => {
  for (const each of charts) {
    if (each.form !== 'ratios') continue;
    const { min, max } = chartConfig(each, THEME, false).options?.scales?.['x'] as { min: number; max: number };
    for (const { dots, noise } of each.rows) {
      for (const value of [1, ...(noise === null ? [] : [1 + noise, 1 / (1 + noise)]), ...dots.flatMap((dot) => (dot === null ? [] : [dot.value, dot.low ?? dot.value, dot.high ?? dot.value]))]) t.true(value >= min && value <= max, `${each.id}: ${value}`);
    }
  }
});

test('emulated boxes are marked in every form that has several at a place', (t) => {
  for (const each of charts) {
    if (each.form === 'ratios') for (const { label, emulated } of each.series) t.is(emulated, label.includes('(emulated)'), each.id);
    if (each.form === 'lines' || each.form === 'groups' || each.form === 'within') for (const { label, emulated } of each.rows) t.is(emulated, label.includes('(emulated)'), each.id);
  }
  t.deepEqual(['ratios', 'lines', 'groups', 'within'].filter((form) => !charts.some((each) => each.form === form)), []);
});

test('what a box has no notion of, or none of, has no bar', (t) => {
  const sizes = chart('disk-sizes', 'groups');
  t.deepEqual(sizes.rows[1]?.values, [null, 2_000_000, 2_150_000, 0]);
  const { datasets } = chartConfig(sizes, THEME, false).data;
  t.deepEqual([datasets[0]?.data[1], datasets[3]?.data[1]], [null, null]);
});

test('charts of one key are of one height', (t) => {
  const heights = new Map<string, number>();
  for (const { key, rem } of charts.map(sizeOf)) {
    t.is(heights.get(key) ?? rem, rem, key);
    heights.set(key, rem);
  }
});
