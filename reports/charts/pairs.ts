/** Two bars a box on a logarithmic axis, the second one darker: the same thing under two conditions. */
import type { Plugin } from 'chart.js';
import { quantityText } from '../view/numbers.ts';
import { logRange, logScale } from './axis.ts';
import type { Theme } from './chart.ts';
import { background, categoryAxis, common, figure, hatch, ink, pale, whisker, type Bar, type Config } from './drawing.ts';
import type { PairChart } from './start-forms.ts';

const SHADES = [0.3, 0.75] as const;

function told(of: PairChart, theme: Theme): Plugin {
  return {
    id: 'pairs',
    afterDatasetsDraw(chart) {
      const axis = chart.scales['x'];
      if (axis === undefined) return;
      for (const [side, name] of of.names.entries()) {
        for (const [index, element] of chart.getDatasetMeta(side).data.entries()) {
          const row = of.rows[index];
          const of1 = row?.sides[side];
          if (row === undefined || of1 === undefined) continue;
          const bar = element as unknown as Bar;
          if (row.emulated) hatch(chart.ctx, bar, pale(side === 0 ? ink(row.ink, theme) : theme.background, 0.5));
          const end = whisker(chart.ctx, axis, bar, of1, theme);
          figure(chart.ctx, `${quantityText(of.quantity, of1.median)} ${name}`, Math.max(bar.x, end), bar.y, theme);
        }
      }
    },
  };
}

export function pairConfig(chart: PairChart, theme: Theme, titled: boolean): Config {
  const base = common(chart, theme, titled);
  const range = logRange(chart.rows.flatMap(({ sides }) => sides.flatMap(({ median, low, high }) => [median, low ?? median, high ?? median])), theme.size < 13 ? 0.5 : 0.24);
  return {
    type: 'bar',
    data: {
      labels: chart.rows.map(({ label }) => label),
      datasets: chart.names.map((name, side) => ({
        label: name,
        data: chart.rows.map(({ sides }) => Math.max(sides[side]?.median ?? 0, range.min)),
        backgroundColor: chart.rows.map((row) => pale(ink(row.ink, theme), SHADES[side] ?? 1)),
        borderColor: chart.rows.map((row) => ink(row.ink, theme)),
        borderWidth: 1.5,
        barPercentage: 0.86,
        categoryPercentage: 0.8,
      })),
    },
    options: {
      ...base,
      scales: { x: logScale(range, chart.quantity, chart.axis, theme), y: categoryAxis(theme) },
      plugins: { ...base.plugins, tooltip: { callbacks: { label: (item) => `${chart.names[item.datasetIndex] ?? ''}: ${quantityText(chart.quantity, chart.rows[item.dataIndex]?.sides[item.datasetIndex]?.median ?? 0)}` } } },
    },
    plugins: [background(theme), told(chart, theme)],
  };
}
