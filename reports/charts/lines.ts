/** Readings over a count with the straight line through them, and what each further one takes written at its end. */
import type { Plugin } from 'chart.js';
import { quantityText, unitFor } from '../view/numbers.ts';
import type { LineChart, LineRow, Theme } from './chart.ts';
import { axisTitle, background, common, figure, ink, type Config } from './drawing.ts';
import { drawMark, markLegend } from './marks.ts';

/** Notes that lie too close are moved apart, in the order of their lines. */
function apart(places: readonly number[], least: number): number[] {
  const moved = [...places];
  const order = [...places.keys()].sort((a, b) => (places[a] ?? 0) - (places[b] ?? 0));
  for (const [rank, index] of order.entries()) {
    const above = rank === 0 ? undefined : moved[order[rank - 1] ?? 0];
    if (above !== undefined) moved[index] = Math.max(moved[index] ?? 0, above + least);
  }
  return moved;
}

function at({ slope, intercept }: LineRow, x: number): number {
  return intercept + slope * x;
}

/** With the box's name, where the screen has room for it. */
function noteOf({ label, note }: LineRow, theme: Theme): string {
  return theme.size < 13 ? note : `${label.replace(/ \(.*/, '')} ${note}`;
}

function drawing(of: LineChart, theme: Theme, most: number, unit: number): Plugin {
  return {
    id: 'lines',
    afterDatasetsDraw(chart) {
      const [x, y] = [chart.scales['x'], chart.scales['y']];
      if (x === undefined || y === undefined) return;
      const { ctx } = chart;
      const ends = of.rows.map((row) => y.getPixelForValue(at(row, most) / unit));
      const notes = apart(ends, theme.size * 1.25);
      for (const [position, row] of of.rows.entries()) {
        ctx.save();
        ctx.strokeStyle = ink(row.ink, theme);
        ctx.lineWidth = Math.max(2, theme.size / 6);
        if (row.emulated) ctx.setLineDash([theme.size * 0.55, theme.size * 0.35]);
        ctx.beginPath();
        ctx.moveTo(x.getPixelForValue(0), y.getPixelForValue(at(row, 0) / unit));
        ctx.lineTo(x.getPixelForValue(most), ends[position] ?? 0);
        ctx.stroke();
        ctx.restore();
        for (const point of row.points) drawMark(ctx, x.getPixelForValue(point.x), y.getPixelForValue(point.y / unit), row, position, theme);
        figure(ctx, noteOf(row, theme), x.getPixelForValue(most), notes[position] ?? 0, theme);
      }
    },
  };
}

export function linesConfig(chart: LineChart, theme: Theme, titled: boolean): Config {
  const most = Math.max(1, ...chart.rows.flatMap(({ points }) => points.map(({ x }) => x)));
  const values = chart.rows.flatMap((row) => [...row.points.map(({ y }) => y), at(row, 0), at(row, most)]);
  const [least, top] = [Math.min(0, ...values), Math.max(0, ...values)];
  const unit = unitFor(chart.quantity, Math.max(1, ...values.map(Math.abs)));
  const counts = [...new Set([0, ...chart.rows.flatMap(({ points }) => points.map(({ x }) => x))])].sort((a, b) => a - b);
  const base = common(chart, theme, titled);
  const ticks = { color: theme.muted, maxRotation: 0, font: { family: theme.font, size: theme.size * 0.85 } };
  // Room for the longest note behind the last reading.
  const longest = Math.max(...chart.rows.map((row) => noteOf(row, theme).length), 0);
  return {
    type: 'scatter',
    data: { datasets: chart.rows.map(({ label, points }) => ({ label, data: points.map(({ x, y }) => ({ x, y: y / unit.size })), pointRadius: 0, pointHitRadius: theme.size })) },
    options: {
      ...base,
      indexAxis: 'x',
      layout: { padding: { ...(titled ? { left: theme.size, top: theme.size, bottom: theme.size } : {}), right: longest * theme.size * 0.6 + theme.size } },
      scales: {
        x: { type: 'linear', min: 0, max: most, title: axisTitle(chart.across, theme), grid: { color: theme.grid }, border: { color: theme.grid }, afterBuildTicks(axis: { ticks: { value: number }[] }) { axis.ticks = counts.map((value) => ({ value })); }, ticks },
        // An intercept a little below zero is no reason for an axis that goes far below it.
        y: { type: 'linear', ...(least < -0.05 * top ? { suggestedMin: least / unit.size } : { min: 0 }), suggestedMax: top / unit.size, title: axisTitle(`${chart.axis}, ${unit.name}`, theme), grid: { color: theme.grid }, border: { display: false }, ticks: { ...ticks, maxTicksLimit: 6 } },
      },
      plugins: {
        ...base.plugins,
        legend: markLegend(chart.rows, theme, theme.size < 13 ? [] : chart.rows.map(({ told }) => told)),
        tooltip: { callbacks: { label: (item) => `${chart.rows[item.datasetIndex]?.label ?? ''}, ${item.parsed.x} at once: ${quantityText(chart.quantity, (item.parsed.y ?? 0) * unit.size)}` } },
      },
    },
    plugins: [background(theme), drawing(chart, theme, most, unit.size)],
  };
}
