/** A whole in parts: a stacked bar a box, on a linear axis. */
import type { Plugin } from 'chart.js';
import { quantityText, unitFor } from '../view/numbers.ts';
import type { StackChart, Theme } from './chart.ts';
import { axisTitle, background, categoryAxis, common, figure, hatch, ink, pale, type Bar, type Config } from './drawing.ts';

function stackDrawing(of: StackChart, theme: Theme): Plugin {
  return {
    id: 'totals',
    afterDatasetsDraw(chart) {
      const { ctx } = chart;
      for (const [index, row] of of.rows.entries()) {
        const bars = of.parts.map((_, part) => chart.getDatasetMeta(part).data[index] as unknown as Bar | undefined).filter((bar) => bar !== undefined);
        const end = Math.max(...bars.map(({ x }) => x));
        const first = bars[0];
        if (first === undefined) continue;
        if (row.emulated) hatch(ctx, { ...first, base: first.base, x: end }, pale(theme.background, 0.55));
        figure(ctx, quantityText('bytes', row.bytes.reduce((sum, each) => sum + each, 0)), end, first.y, theme);
      }
    },
  };
}

export function stackConfig(chart: StackChart, theme: Theme, titled: boolean): Config {
  const base = common(chart, theme, titled);
  const unit = unitFor('bytes', Math.max(1, ...chart.rows.map(({ bytes }) => bytes.reduce((sum, each) => sum + each, 0))));
  return {
    type: 'bar',
    data: {
      labels: chart.rows.map(({ label }) => label),
      datasets: chart.parts.map((part, index) => ({
        label: part.name,
        data: chart.rows.map(({ bytes }) => (bytes[index] ?? 0) / unit.size),
        backgroundColor: ink(part.ink, theme),
        borderWidth: 0,
        barPercentage: 0.72,
        categoryPercentage: 0.9,
      })),
    },
    options: {
      ...base,
      scales: {
        x: { stacked: true, grace: theme.size < 13 ? '45%' : '18%', title: axisTitle(`${chart.axis}, ${unit.name}`, theme), grid: { color: theme.grid }, border: { display: false }, ticks: { color: theme.muted, maxRotation: 0, maxTicksLimit: 7, font: { family: theme.font, size: theme.size * 0.85 }, callback: (value: number | string) => `${Math.round(Number(value) * 100) / 100}` } },
        y: { ...categoryAxis(theme), stacked: true },
      },
      plugins: {
        ...base.plugins,
        tooltip: { callbacks: { label: (item) => `${chart.parts[item.datasetIndex]?.name ?? ''}: ${quantityText('bytes', chart.rows[item.dataIndex]?.bytes[item.datasetIndex] ?? 0)}` } },
      },
    },
    plugins: [background(theme), stackDrawing(chart, theme)],
  };
}
