/** The charts of a report: what of the view is drawn. */
import type { BenchmarkView } from '../view/benchmarks.ts';
import { STARTING } from '../view/startup/startup.ts';
import type { View } from '../view/view.ts';
import type { BarChart, Chart, LadderChart } from './chart.ts';
import { coldCharts, spreadCharts, timelineCharts } from './start-charts.ts';
import { thinned } from './thinned.ts';
import { densityChart, diskCharts, memoryCharts, rateChart, ratioChart } from './weigh-charts.ts';

export { thinned } from './thinned.ts';

const AXES: Readonly<Record<string, string>> = {
  startup: 'time to ready, logarithmic; bar: median, line: 95 % interval, dots: samples',
  http: 'time to the first HTTP 200, logarithmic; bar: median, line: 95 % interval, dots: samples',
  'idle-cpu': 'processor time a second, logarithmic; bar: median, line: 95 % interval, dots: samples',
  reclaim: 'memory charged, logarithmic; bar: median, line: 95 % interval, dots: samples',
};

function bars({ id, title, main }: BenchmarkView): BarChart | null {
  const rows = main.rows.flatMap(({ runtime, median, low, high, values }) =>
    median === null || median <= 0 ? [] : [{ label: runtime.label, ink: runtime.ink, emulated: runtime.emulated, median, low, high, points: thinned(values) }],
  );
  return rows.length === 0 ? null : { form: 'bars', id, title: `${title}: ${main.title}`, axis: AXES[id] ?? main.title, quantity: main.quantity, rows };
}

/** Each rung's bar begins at the median of the one below: a rung that took less ends to the left of it. */
function ladder({ id, title, main }: BenchmarkView): LadderChart | null {
  const measured = main.rows.flatMap(({ runtime, median }) => (median === null ? [] : [{ runtime, median }]));
  const ink = measured[0]?.runtime.ink;
  if (ink === undefined) return null;
  const rows = measured.map(({ runtime, median }, index) => ({ label: runtime.label, from: measured[index - 1]?.median ?? 0, to: median }));
  return { form: 'ladder', id, title, axis: 'time to ready, linear; each bar is what its part adds', quantity: main.quantity, ink, rows };
}

/** Parts of a start are told by its timelines; cold starts stand beside warm ones. */
function startCharts(view: View, benchmark: BenchmarkView): Chart[] {
  if (benchmark.id === 'phases') return [];
  if (benchmark.id === 'cold') return coldCharts(view.startup);
  if (benchmark.id === 'rate') return [rateChart(view.crowd)].filter((each) => each !== null);
  const main = benchmark.id === 'ladder' ? ladder(benchmark) : bars(benchmark);
  return [...(benchmark.id === 'startup' ? timelineCharts(view.startup) : []), ...(main === null ? [] : [main]), ...(benchmark.id === 'startup' ? spreadCharts(benchmark.main, view.startup) : [])];
}

/** Benchmarks that have no chart by themselves: others tell of them, or their figures are drawn together. */
const TOLD_ELSEWHERE: readonly string[] = ['memory', 'growth', 'disk', 'throughput', 'density', 'interference'];

/** In the order of the report. */
export function chartsOf(view: View): Chart[] {
  const benchmark = (id: string): BenchmarkView | undefined => view.benchmarks.find((each) => each.id === id);
  const isStart = ({ id }: BenchmarkView): boolean => STARTING.includes(id);
  return [
    ...view.benchmarks.filter(isStart).flatMap((each) => startCharts(view, each)),
    ...memoryCharts(view.memory, benchmark('memory')),
    ...diskCharts(view.sizes, benchmark('disk')),
    ...view.benchmarks.filter((each) => !isStart(each) && !TOLD_ELSEWHERE.includes(each.id)).flatMap((each) => bars(each) ?? []),
    ...view.throughput.map(ratioChart),
    ...[densityChart(view.crowd)].filter((each) => each !== null),
    ...view.interference.map(ratioChart),
  ];
}
