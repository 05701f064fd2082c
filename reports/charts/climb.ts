/** Floating bars on a logarithmic axis, each beginning where the one above ends: from fork to a full machine. */
import type { Plugin } from 'chart.js';
import { quantityText } from '../view/numbers.ts';
import { logRange, logScale } from './axis.ts';
import type { Theme } from './chart.ts';
import { background, categoryAxis, common, figure, hatch, ink, pale, type Bar, type Config } from './drawing.ts';
import type { ClimbChart } from './start-forms.ts';

function climbing(of: ClimbChart, theme: Theme): Plugin {
  return {
    id: 'climb',
    afterDatasetsDraw(chart) {
      const { ctx } = chart;
      const bars = chart.getDatasetMeta(0).data as unknown as Bar[];
      for (const [index, bar] of bars.entries()) {
        const row = of.rows[index];
        if (row === undefined) continue;
        if (row.emulated) hatch(ctx, bar, pale(ink(row.ink, theme), 0.5));
        const next = bars[index + 1];
        if (next !== undefined) {
          ctx.save();
          ctx.strokeStyle = theme.muted;
          ctx.lineWidth = 1.5;
          ctx.setLineDash([4, 3]);
          ctx.beginPath();
          ctx.moveTo(bar.x, bar.y + bar.height / 2);
          ctx.lineTo(bar.x, next.y - next.height / 2);
          ctx.stroke();
          ctx.restore();
        }
        figure(ctx, `${quantityText(of.quantity, row.to)}${row.times === '' || theme.size < 13 ? '' : `  (${row.times})`}`, Math.max(bar.x, bar.base), bar.y, theme);
      }
    },
  };
}

export function climbConfig(chart: ClimbChart, theme: Theme, titled: boolean): Config {
  const base = common(chart, theme, titled);
  const range = logRange(chart.rows.map(({ to }) => to), theme.size < 13 ? 0.4 : 0.38);
  return {
    type: 'bar',
    data: {
      labels: chart.rows.map(({ label }) => label),
      datasets: [
        {
          label: chart.title,
          data: chart.rows.map(({ from, to }): [number, number] => [from ?? range.min, to]),
          backgroundColor: chart.rows.map((row) => pale(ink(row.ink, theme), 0.55)),
          borderColor: chart.rows.map((row) => ink(row.ink, theme)),
          borderWidth: 1.5,
          borderSkipped: false,
          minBarLength: 3,
          barPercentage: 0.72,
          categoryPercentage: 0.9,
        },
      ],
    },
    options: {
      ...base,
      scales: { x: logScale(range, chart.quantity, chart.axis, theme), y: categoryAxis(theme) },
      plugins: { ...base.plugins, tooltip: { callbacks: { label: (item) => `${quantityText(chart.quantity, chart.rows[item.dataIndex]?.to ?? 0)} ${chart.rows[item.dataIndex]?.times ?? ''}` } } },
    },
    plugins: [background(theme), climbing(chart, theme)],
  };
}
