/** A part filled within the outline of the whole: what was set aside, and what has been made of it. */
import type { Plugin } from 'chart.js';
import { quantityText, unitFor } from '../view/numbers.ts';
import type { Theme, WithinChart } from './chart.ts';
import { axisTitle, background, categoryAxis, common, figure, hatch, ink, pale, type Bar, type Config } from './drawing.ts';

function drawing(of: WithinChart, theme: Theme, unit: number): Plugin {
  return {
    id: 'parts',
    afterDatasetsDraw(chart) {
      const x = chart.scales['x'];
      if (x === undefined) return;
      const { ctx } = chart;
      for (const [index, element] of chart.getDatasetMeta(0).data.entries()) {
        const row = of.rows[index];
        if (row === undefined) continue;
        const bar = element as unknown as Bar;
        const colour = ink(row.ink, theme);
        const [from, to, whole] = [x.getPixelForValue(0), x.getPixelForValue(row.part / unit), x.getPixelForValue(row.whole / unit)];
        ctx.save();
        ctx.fillStyle = pale(colour, 0.6);
        // What is there is seen, however little it is.
        ctx.fillRect(from, bar.y - bar.height / 2, Math.max(2, to - from), bar.height);
        ctx.strokeStyle = colour;
        ctx.lineWidth = Math.max(1.5, theme.size / 9);
        ctx.setLineDash([theme.size * 0.4, theme.size * 0.25]);
        ctx.strokeRect(from, bar.y - bar.height / 2, whole - from, bar.height);
        ctx.restore();
        if (row.emulated) hatch(ctx, { ...bar, base: from, x: Math.max(to, from + 2) }, pale(theme.background, 0.6));
        figure(ctx, `${quantityText(of.quantity, row.part)} of ${quantityText(of.quantity, row.whole)}`, Math.max(to, whole), bar.y, theme);
      }
    },
  };
}

export function withinConfig(chart: WithinChart, theme: Theme, titled: boolean): Config {
  const most = Math.max(1, ...chart.rows.flatMap(({ whole, part }) => [whole, part]));
  const unit = unitFor(chart.quantity, most);
  const base = common(chart, theme, titled);
  return {
    type: 'bar',
    data: { labels: chart.rows.map(({ label }) => label), datasets: [{ label: chart.title, data: chart.rows.map(({ whole }) => whole / unit.size), backgroundColor: 'transparent', barPercentage: 0.72, categoryPercentage: 0.9 }] },
    options: {
      ...base,
      scales: {
        x: { min: 0, suggestedMax: (most / unit.size) * (theme.size < 13 ? 2.6 : 1.3), title: axisTitle(`${chart.axis}, ${unit.name}`, theme), grid: { color: theme.grid }, border: { display: false }, ticks: { color: theme.muted, maxRotation: 0, maxTicksLimit: 7, font: { family: theme.font, size: theme.size * 0.85 } } },
        y: categoryAxis(theme),
      },
      plugins: { ...base.plugins, tooltip: { callbacks: { label: (item) => { const row = chart.rows[item.dataIndex]; return row === undefined ? '' : `${quantityText(chart.quantity, row.part)} of ${quantityText(chart.quantity, row.whole)}`; } } } },
    },
    plugins: [background(theme), drawing(chart, theme, unit.size)],
  };
}
