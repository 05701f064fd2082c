/** Ratios: a dot with its interval for each box, around the line of 1, before the band of the machine's own noise. */
import type { Chart as ChartJs, Plugin } from 'chart.js';
import { timesText } from '../view/numbers.ts';
import { logScale } from './axis.ts';
import type { Dot, RatioChart, Series, Theme } from './chart.ts';
import { background, categoryAxis, common, figure, ink, pale, type Bar, type Config } from './drawing.ts';
import { drawMark, markLegend } from './marks.ts';

/** What can be drawn on a logarithmic axis. */
function drawable(dot: Dot | null | undefined): dot is Dot {
  return dot !== null && dot !== undefined && dot.value > 0;
}

/** @param headroom powers of ten kept free on the right for the figures, as a share of those that are used */
function rangeOf(chart: RatioChart, headroom: number): { min: number; max: number } {
  const values = chart.rows.flatMap(({ dots, noise }) => [...dots.filter(drawable).flatMap(({ value, low, high }) => [value, low ?? value, high ?? value]), ...(noise === null ? [] : [1 + noise, 1 / (1 + noise)])]).filter((value) => value > 0);
  const [least, most] = [values.reduce((a, b) => Math.min(a, b), 0.8), values.reduce((a, b) => Math.max(a, b), 1.25)];
  const decades = Math.log10(most / least);
  return { min: least / 10 ** (decades * 0.04), max: most * 10 ** (Math.max(decades, 0.2) * headroom) };
}

/** Behind everything: stripes that keep each row's dots together, the band of noise, the line of no difference. */
function ground(of: RatioChart, theme: Theme): Plugin {
  return {
    id: 'ground',
    beforeDatasetsDraw(chart) {
      const [x, y] = [chart.scales['x'], chart.scales['y']];
      if (x === undefined || y === undefined) return;
      const { ctx } = chart;
      const height = (y.bottom - y.top) / of.rows.length;
      ctx.save();
      for (const [index, { noise }] of of.rows.entries()) {
        const top = y.getPixelForValue(index) - height / 2;
        if (index % 2 === 1) {
          ctx.fillStyle = pale(theme.muted, 0.07);
          ctx.fillRect(x.left, top, x.right - x.left, height);
        }
        if (noise === null) continue;
        const [from, to] = [x.getPixelForValue(1 / (1 + noise)), x.getPixelForValue(1 + noise)];
        ctx.fillStyle = pale(theme.muted, 0.28);
        ctx.fillRect(from, top, Math.max(2, to - from), height);
      }
      const one = x.getPixelForValue(1);
      ctx.strokeStyle = theme.text;
      ctx.lineWidth = Math.max(1.5, theme.size / 9);
      ctx.beginPath();
      ctx.moveTo(one, y.top);
      ctx.lineTo(one, y.bottom);
      ctx.stroke();
      ctx.restore();
    },
  };
}

function drawDot(chart: ChartJs, bar: Bar, dot: Dot, series: Series, position: number, theme: Theme): void {
  const x = chart.scales['x'];
  if (x === undefined) return;
  const { ctx } = chart;
  const at = x.getPixelForValue(dot.value);
  let end = at + theme.size * 0.36;
  if (dot.low !== null && dot.high !== null) {
    const [from, to] = [x.getPixelForValue(Math.max(dot.low, x.min)), x.getPixelForValue(Math.min(Math.max(dot.high, x.min), x.max))];
    ctx.save();
    ctx.strokeStyle = ink(series.ink, theme);
    ctx.lineWidth = Math.max(2, theme.size / 6);
    if (series.emulated) ctx.setLineDash([theme.size * 0.4, theme.size * 0.25]);
    ctx.beginPath();
    ctx.moveTo(from, bar.y);
    ctx.lineTo(to, bar.y);
    ctx.stroke();
    ctx.restore();
    end = Math.max(end, to);
  }
  drawMark(ctx, at, bar.y, series, position, theme);
  figure(ctx, `${timesText(dot.value)} ×`, end, bar.y, { ...theme, size: theme.size * 0.9 });
}

function dots(of: RatioChart, theme: Theme): Plugin {
  return {
    id: 'dots',
    afterDatasetsDraw(chart) {
      for (const [position, series] of of.series.entries()) {
        for (const [index, element] of chart.getDatasetMeta(position).data.entries()) {
          const dot = of.rows[index]?.dots[position];
          if (drawable(dot)) drawDot(chart, element as unknown as Bar, dot, series, position, theme);
        }
      }
    },
  };
}

function tip(dot: Dot | null | undefined, label: string): string {
  if (!drawable(dot)) return '';
  const interval = dot.low === null || dot.high === null ? '' : `, 95 %: ${timesText(dot.low)} to ${timesText(dot.high)}`;
  return `${label}: ${timesText(dot.value)} ×${interval}`;
}

export function ratiosConfig(chart: RatioChart, theme: Theme, titled: boolean): Config {
  const range = rangeOf(chart, theme.size < 13 ? 0.3 : 0.14);
  const base = common(chart, theme, titled);
  return {
    type: 'bar',
    data: {
      labels: chart.rows.map(({ label }) => label),
      // Bars that are not seen: each gives its dot a lane of its own, and a place to point at.
      datasets: chart.series.map(({ label }, position) => ({
        label,
        data: chart.rows.map(({ dots: each }) => (drawable(each[position]) ? (each[position]?.value ?? null) : null)),
        backgroundColor: 'transparent',
        barPercentage: 1,
        categoryPercentage: 0.86,
      })),
    },
    options: {
      ...base,
      scales: { x: logScale(range, 'ratio', chart.axis, theme), y: categoryAxis(theme) },
      plugins: {
        ...base.plugins,
        legend: markLegend(chart.series, theme),
        tooltip: { callbacks: { label: (item) => tip(chart.rows[item.dataIndex]?.dots[item.datasetIndex], chart.series[item.datasetIndex]?.label ?? '') } },
      },
    },
    plugins: [background(theme), ground(chart, theme), dots(chart, theme)],
  };
}
