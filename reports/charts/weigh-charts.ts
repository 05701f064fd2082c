/** The charts of memory, disk and work. */
import type { BenchmarkView, PartsView } from '../view/benchmarks.ts';
import type { CrowdView } from '../view/crowd.ts';
import type { GrowthPanel } from '../view/growth.ts';
import type { LensView } from '../view/lens.ts';
import type { MemoryView } from '../view/memory.ts';
import { PARTS } from '../view/palette.ts';
import type { RatiosView } from '../view/ratios.ts';
import type { RuntimeView } from '../view/runtimes.ts';
import { SIZE_NAMES, type SizesRow } from '../view/sizes.ts';
import type { BarChart, Chart, GroupChart, LineChart, RatioChart, Series, StackChart } from './chart.ts';
import { thinned } from './thinned.ts';

function series({ label, ink, emulated }: RuntimeView): Series {
  return { label, ink, emulated };
}

export function stack(id: string, title: string, axis: string, { parts, rows }: PartsView): StackChart {
  return {
    form: 'stack',
    id,
    title,
    axis,
    quantity: 'bytes',
    parts: parts.map((name) => ({ name, ink: PARTS[name] ?? { light: '#777777', dark: '#aaaaaa' } })),
    rows: rows.map(({ runtime, bytes }) => ({ label: runtime.label, emulated: runtime.emulated, bytes })),
  };
}

/** A figure at or below zero has no place on a logarithmic axis; the table has it. */
function lensBars({ id, name, rows }: LensView): BarChart {
  return {
    form: 'bars',
    id: `memory-${id}`,
    title: `Memory of one idle box: ${name}`,
    axis: `${name}, logarithmic; bar: median, line: 95 % interval, dots: samples`,
    quantity: 'bytes',
    rows: rows.flatMap(({ runtime, median, low, high, values }) => (median === null || median <= 0 ? [] : [{ ...series(runtime), median, low, high, points: thinned(values) }])),
  };
}

function lines(name: string, { id, title, lines: drawn }: GrowthPanel): LineChart {
  return {
    form: 'lines',
    id,
    title: `${name} of 1 to 8 boxes: ${title}`,
    axis: `${name} of all together`,
    across: 'idle boxes at the same time',
    quantity: 'bytes',
    rows: drawn.map(({ runtime, points, slope, intercept, slopeText, interceptText }) => ({
      ...series(runtime),
      points: points.map(({ count, bytes }) => ({ x: count, y: bytes })),
      slope,
      intercept,
      note: slopeText,
      told: `${slopeText}, ${interceptText}`,
    })),
  };
}

export function memoryCharts(view: MemoryView, benchmark: BenchmarkView | undefined): Chart[] {
  const charts: Chart[] = view.lenses.map(lensBars).filter(({ rows }) => rows.length > 0);
  if (benchmark?.parts != null) charts.push(stack('memory-parts', 'Memory: what the cgroup is charged', 'bytes charged, linear', benchmark.parts));
  if (view.machines.length > 0) charts.push(stack('memory-machine', 'Memory of a virtual machine: what its PSS consists of', 'PSS, linear', { parts: view.machineParts.map(({ id }) => id), rows: view.machines }));
  charts.push(...view.growth.filter(({ id }) => id !== 'disk').flatMap(({ name, panels }) => panels.map((panel) => lines(name, panel))));
  if (view.configured.length > 0) {
    charts.push({ form: 'within', id: 'memory-configured', title: 'Memory set aside, and memory charged', axis: 'filled: charged, outline: set aside; linear', quantity: 'bytes', rows: view.configured.map(({ runtime, configured, charged }) => ({ ...series(runtime), whole: configured, part: charged })) });
  }
  return charts;
}

export function diskCharts(sizes: readonly SizesRow[], benchmark: BenchmarkView | undefined): Chart[] {
  const charts: Chart[] = [];
  if (benchmark?.parts != null) charts.push(stack('disk-parts', 'Disk: by layer of the stack', 'bytes allocated, linear', benchmark.parts));
  if (sizes.length > 0) charts.push({ form: 'groups', id: 'disk-sizes', title: 'Disk: four sizes', axis: 'logarithmic; four sizes that are never added', quantity: 'bytes', parts: SIZE_NAMES, rows: sizes.map(({ runtime, bytes }) => ({ ...series(runtime), values: bytes })) });
  return charts;
}

export function ratioChart({ id, title, axis, boxes, rows }: RatiosView): RatioChart {
  return { form: 'ratios', id, title, axis, series: boxes.map(series), rows: rows.map(({ label, noise, ratios }) => ({ label, noise, dots: ratios.map((each) => (each === null ? null : { value: each.value, low: each.low, high: each.high })) })) };
}

export function densityChart({ density }: CrowdView): GroupChart | null {
  if (density.length === 0) return null;
  return { form: 'groups', id: 'density', title: 'How many idle boxes fit', axis: 'number of boxes, logarithmic', quantity: 'count', parts: ['fit', 'really started'], rows: density.map(({ runtime, fits, started }) => ({ ...series(runtime), values: [Math.round(fits), Math.round(started)] })) };
}

export function rateChart({ rates, starters }: CrowdView): GroupChart | null {
  if (rates.length === 0) return null;
  return { form: 'groups', id: 'rate', title: 'Starts a second', axis: 'starts a second with clean-up, logarithmic', quantity: '1/s', parts: starters.map((count) => (count === 1 ? 'by one starter' : `by ${count} at once`)), rows: rates.map(({ runtime, rates: values }) => ({ ...series(runtime), values })) };
}
