/** A bar a box on a logarithmic axis: its median, its interval, and every sample as a dot. */
import type { Chart as ChartJs, Plugin } from 'chart.js';
import { quantityText } from '../view/numbers.ts';
import { logRange, logScale } from './axis.ts';
import type { BarChart, BarRow, Theme } from './chart.ts';
import { background, categoryAxis, common, figure, hatch, ink, pale, whisker, type Bar, type Config } from './drawing.ts';

/** Of a bar: pale, so that points and interval are seen on it. */
const FILL = 0.42;

/** Where a point lies across its bar: spread by rank, the same in every drawing. */
function spread(index: number, height: number): number {
  return (((index * 0.618034) % 1) - 0.5) * height * 0.62;
}

function drawRow(context: CanvasRenderingContext2D, chart: ChartJs, bar: Bar, row: BarRow, unitText: string, theme: Theme): void {
  const axis = chart.scales['x'];
  if (axis === undefined) return;
  const colour = ink(row.ink, theme);
  if (row.emulated) hatch(context, bar, pale(colour, 0.55));
  context.save();
  context.fillStyle = pale(colour, 0.75);
  for (const [index, value] of row.points.entries()) {
    if (value <= 0) continue;
    context.beginPath();
    context.arc(axis.getPixelForValue(value), bar.y + spread(index, bar.height), Math.max(1.4, theme.size / 9), 0, 2 * Math.PI);
    context.fill();
  }
  context.restore();
  const interval = whisker(context, axis, bar, row, theme);
  const end = Math.max(bar.x, interval, ...row.points.filter((value) => value > 0).map((value) => axis.getPixelForValue(value)));
  figure(context, unitText, end, bar.y, theme);
}

function barDrawing(of: BarChart, theme: Theme): Plugin {
  return {
    id: 'samples-and-intervals',
    afterDatasetsDraw(chart) {
      for (const [index, element] of chart.getDatasetMeta(0).data.entries()) {
        const row = of.rows[index];
        if (row !== undefined) drawRow(chart.ctx, chart, element as unknown as Bar, row, quantityText(of.quantity, row.median), theme);
      }
    },
  };
}

export function barConfig(chart: BarChart, theme: Theme, titled: boolean): Config {
  const range = logRange(chart.rows.flatMap(({ median, low, high, points }) => [median, low ?? median, high ?? median, ...points]), theme.size < 13 ? 0.45 : 0.22);
  const base = common(chart, theme, titled);
  return {
    type: 'bar',
    data: {
      labels: chart.rows.map(({ label }) => label),
      datasets: [
        {
          label: chart.title,
          data: chart.rows.map(({ median }) => Math.max(median, range.min)),
          backgroundColor: chart.rows.map((row) => pale(ink(row.ink, theme), FILL)),
          borderColor: chart.rows.map((row) => ink(row.ink, theme)),
          borderWidth: 1.5,
          barPercentage: 0.72,
          categoryPercentage: 0.9,
        },
      ],
    },
    options: {
      ...base,
      scales: { x: logScale(range, chart.quantity, chart.axis, theme), y: categoryAxis(theme) },
      plugins: { ...base.plugins, tooltip: { callbacks: { label: (item) => barTip(chart, item.dataIndex) } } },
    },
    plugins: [background(theme), barDrawing(chart, theme)],
  };
}

function barTip(chart: BarChart, index: number): string {
  const row = chart.rows[index];
  if (row === undefined) return '';
  const interval = row.low === null || row.high === null ? '' : `, 95 %: ${quantityText(chart.quantity, row.low)} to ${quantityText(chart.quantity, row.high)}`;
  return `median ${quantityText(chart.quantity, row.median)}${interval}`;
}
