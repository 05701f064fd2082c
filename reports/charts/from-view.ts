/** The charts of a report: what of the view is drawn. */
import { PARTS } from '../view/palette.ts';
import type { BenchmarkView, PartsView } from '../view/benchmarks.ts';
import type { View } from '../view/view.ts';
import type { BarChart, Chart, LadderChart, StackChart } from './chart.ts';

/** More points than these are thinned evenly over their ranks, so that both ends stay. */
const MOST_POINTS = 150;

export function thinned(values: readonly number[], most = MOST_POINTS): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length <= most) return sorted;
  return Array.from({ length: most }, (_, index) => sorted[Math.round((index * (sorted.length - 1)) / (most - 1))] as number);
}

const AXES: Readonly<Record<string, string>> = {
  startup: 'time to ready, logarithmic; bar: median, line: 95 % interval, dots: samples',
  http: 'time to the first HTTP 200, logarithmic; bar: median, line: 95 % interval, dots: samples',
  memory: 'memory, logarithmic; bar: median, line: 95 % interval, dots: samples',
  disk: 'allocated on disk, logarithmic',
  rate: 'starts a second with clean-up, two starters at once, logarithmic',
};

function bars({ id, title, main }: BenchmarkView): BarChart | null {
  const rows = main.rows.flatMap(({ runtime, median, low, high, values }) =>
    median === null ? [] : [{ label: runtime.label, ink: runtime.ink, emulated: runtime.emulated, median, low, high, points: id === 'disk' ? [] : thinned(values) }],
  );
  return rows.length === 0 ? null : { form: 'bars', id, title: `${title}: ${main.title}`, axis: AXES[id] ?? main.title, quantity: main.quantity, rows };
}

function stack(id: string, title: string, axis: string, parts: PartsView): StackChart {
  return {
    form: 'stack',
    id,
    title,
    axis,
    quantity: 'bytes',
    parts: parts.parts.map((name) => ({ name, ink: PARTS[name] ?? { light: '#777777', dark: '#aaaaaa' } })),
    rows: parts.rows.map(({ runtime, bytes }) => ({ label: runtime.label, emulated: runtime.emulated, bytes })),
  };
}

/** Each rung's bar begins at the median of the one below: a rung that took less ends to the left of it. */
function ladder({ id, title, main }: BenchmarkView): LadderChart | null {
  const measured = main.rows.flatMap(({ runtime, median }) => (median === null ? [] : [{ runtime, median }]));
  const ink = measured[0]?.runtime.ink;
  if (ink === undefined) return null;
  const rows = measured.map(({ runtime, median }, index) => ({ label: runtime.label, from: measured[index - 1]?.median ?? 0, to: median }));
  return { form: 'ladder', id, title, axis: 'time to ready, linear; each bar is what its part adds', quantity: main.quantity, ink, rows };
}

/** In the order of the report. */
export function chartsOf(view: View): Chart[] {
  return view.benchmarks.flatMap((benchmark) => {
    const charts: Chart[] = [];
    const main = benchmark.id === 'ladder' ? ladder(benchmark) : bars(benchmark);
    if (main !== null) charts.push(main);
    if (benchmark.parts !== null) {
      if (benchmark.id === 'memory') charts.push(stack('memory-parts', 'Memory: what the cgroup is charged', 'bytes charged, linear', benchmark.parts));
      if (benchmark.id === 'disk') charts.push(stack('disk-parts', 'Disk: by layer of the stack', 'bytes allocated, linear', benchmark.parts));
    }
    return charts;
  });
}
