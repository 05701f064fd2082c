/** Floating bars on a linear axis, each beginning where the one above ends. */
import type { Plugin } from 'chart.js';
import { quantityText, unitFor } from '../view/numbers.ts';
import type { LadderChart, Theme } from './chart.ts';
import { axisTitle, background, categoryAxis, common, figure, ink, pale, type Bar, type Config } from './drawing.ts';

function ladderDrawing(of: LadderChart, theme: Theme): Plugin {
  return {
    id: 'steps',
    afterDatasetsDraw(chart) {
      const axis = chart.scales['x'];
      if (axis === undefined) return;
      const { ctx } = chart;
      for (const [index, element] of chart.getDatasetMeta(0).data.entries()) {
        const row = of.rows[index];
        if (row === undefined) continue;
        const bar = element as unknown as Bar;
        const added = row.to - row.from;
        figure(ctx, index === 0 ? quantityText(of.quantity, row.to) : `${added < 0 ? '' : '+'}${quantityText(of.quantity, added)}`, Math.max(bar.x, bar.base), bar.y, theme);
      }
    },
  };
}

export function ladderConfig(chart: LadderChart, theme: Theme, titled: boolean): Config {
  const base = common(chart, theme, titled);
  const most = Math.max(1e-9, ...chart.rows.map(({ from, to }) => Math.max(from, to)));
  const unit = unitFor(chart.quantity, most);
  // Room for the figure behind the longest bar: a text needs more of a narrow screen.
  const end = most / unit.size;
  const colour = ink(chart.ink, theme);
  return {
    type: 'bar',
    data: {
      labels: chart.rows.map(({ label }) => label),
      datasets: [
        {
          label: chart.title,
          // Chart.js draws a pair as a bar that floats between its two values.
          data: chart.rows.map(({ from, to }) => [from / unit.size, to / unit.size]) as unknown as number[],
          backgroundColor: pale(colour, 0.8),
          borderColor: colour,
          borderWidth: 1,
          borderSkipped: false,
          minBarLength: 2,
          barPercentage: 0.86,
          categoryPercentage: 0.94,
        },
      ],
    },
    options: {
      ...base,
      scales: {
        x: { min: 0, suggestedMax: end * (theme.size < 13 ? 1.6 : 1.14), title: axisTitle(`${chart.axis}, ${unit.name}`, theme), grid: { color: theme.grid }, border: { display: false }, ticks: { color: theme.muted, maxRotation: 0, maxTicksLimit: 7, font: { family: theme.font, size: theme.size * 0.85 } } },
        y: categoryAxis(theme),
      },
      plugins: { ...base.plugins, tooltip: { callbacks: { label: (item) => ladderTip(chart, item.dataIndex) } } },
    },
    plugins: [background(theme), ladderDrawing(chart, theme)],
  };
}

function ladderTip(chart: LadderChart, index: number): string {
  const row = chart.rows[index];
  return row === undefined ? '' : `ready after ${quantityText(chart.quantity, row.to)}; this part adds ${quantityText(chart.quantity, row.to - row.from)}`;
}
