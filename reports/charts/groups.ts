/** Several figures of each box, a bar each, with the name of what it shows at its end: figures that must not be added. */
import type { Plugin } from 'chart.js';
import { quantityText } from '../view/numbers.ts';
import { logRange, logScale } from './axis.ts';
import type { GroupChart, Theme } from './chart.ts';
import { background, categoryAxis, common, figure, hatch, ink, pale, type Bar, type Config } from './drawing.ts';

function drawing(of: GroupChart, theme: Theme): Plugin {
  return {
    id: 'names',
    afterDatasetsDraw(chart) {
      const left = chart.scales['x']?.left ?? 0;
      for (const [part, name] of of.parts.entries()) {
        for (const [index, element] of chart.getDatasetMeta(part).data.entries()) {
          const row = of.rows[index];
          const value = row?.values[part] ?? null;
          if (row === undefined || value === null) continue;
          const bar = element as unknown as Bar;
          if (row.emulated && value > 0) hatch(chart.ctx, bar, pale(ink(row.ink, theme), 0.55));
          figure(chart.ctx, `${quantityText(of.quantity, value)} ${name}`, value > 0 ? bar.x : left, bar.y, { ...theme, size: theme.size * 0.9 });
        }
      }
    },
  };
}

/** Fuller from part to part, so that neighbours are told apart in print. */
function shade(part: number, parts: number): number {
  return 0.25 + (0.6 * (part + 1)) / parts;
}

export function groupsConfig(chart: GroupChart, theme: Theme, titled: boolean): Config {
  const longest = Math.max(...chart.parts.map((part) => part.length), 0);
  const range = logRange(chart.rows.flatMap(({ values }) => values.filter((value) => value !== null)), Math.min(0.7, (theme.size < 13 ? 0.05 : 0.022) * (longest + 9)));
  const base = common(chart, theme, titled);
  return {
    type: 'bar',
    data: {
      labels: chart.rows.map(({ label }) => label),
      datasets: chart.parts.map((name, part) => ({
        label: name,
        data: chart.rows.map(({ values }) => { const value = values[part] ?? null; return value === null || value <= 0 ? null : value; }),
        backgroundColor: chart.rows.map((row) => pale(ink(row.ink, theme), shade(part, chart.parts.length))),
        borderColor: chart.rows.map((row) => ink(row.ink, theme)),
        borderWidth: 1,
        barPercentage: 0.88,
        categoryPercentage: 0.86,
      })),
    },
    options: {
      ...base,
      scales: { x: logScale(range, chart.quantity, chart.axis, theme), y: categoryAxis(theme) },
      plugins: { ...base.plugins, tooltip: { callbacks: { label: (item) => `${chart.parts[item.datasetIndex] ?? ''}: ${quantityText(chart.quantity, chart.rows[item.dataIndex]?.values[item.datasetIndex] ?? 0)}` } } },
    },
    plugins: [background(theme), drawing(chart, theme)],
  };
}
