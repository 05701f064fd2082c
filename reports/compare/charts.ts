/** The charts of a comparison: medians with their intervals, one colour a result. */
import type { BarChart, BarRow } from '../charts/chart.ts';
import type { CompareMetricView, CompareView, FigureView, RowView } from './view.ts';

/** More bars than these are no picture: each runtime gets a chart of its own then. */
const MOST_ROWS = 24;

const AXIS = 'logarithmic; bar: median, line: 95 % interval';

function bar(label: string, { median, low, high, emulated, result }: FigureView): BarRow[] {
  return median === null || median <= 0 ? [] : [{ label, ink: result.ink, emulated, median, low, high, points: [] }];
}

function together(row: RowView): BarRow[] {
  return row.figures.flatMap((figure) => bar(`${row.label.replace(/ \(/, ', ').replace(/\)$/, '')} (${figure.result.label})`, figure));
}

/** @param position of the metric in the view: ids may hold anything, so elements go by this */
function chartsOfMetric(metric: CompareMetricView, position: number): BarChart[] {
  // Rungs are compared in the table: fifteen parts of each of several runs are no picture.
  const rows = metric.rows.filter(({ rung }) => !rung);
  const chart = (id: string, title: string, bars: readonly BarRow[]): BarChart[] => (bars.length === 0 ? [] : [{ form: 'bars', id, title, axis: `${metric.title}, ${AXIS}`, quantity: metric.quantity, rows: bars }]);
  const all = rows.flatMap(together);
  if (all.length <= MOST_ROWS) return chart(`metric-${position}`, metric.id, all);
  return rows.flatMap((row, at) => chart(`metric-${position}-${at}`, `${metric.id}: ${row.label}`, row.figures.flatMap((figure) => bar(figure.result.label, figure))));
}

/** By the id of the metric, in the order of the view: primary metrics alone are drawn. */
export function compareCharts(view: CompareView): ReadonlyMap<string, readonly BarChart[]> {
  return new Map(view.metrics.flatMap((metric, position) => (metric.primary ? [[metric.id, chartsOfMetric(metric, position)] as const] : [])));
}
