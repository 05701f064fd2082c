/** A row a box: from the request, where the clock starts, to the first byte, where it stops, with its parts in between. */
import type { Plugin, ScaleOptionsByType } from 'chart.js';
import { quantityText, unitFor } from '../view/numbers.ts';
import { logRange, logScale } from './axis.ts';
import type { Theme } from './chart.ts';
import { axisTitle, background, categoryAxis, common, figure, hatch, ink, pale, type Bar, type Config } from './drawing.ts';
import type { TimelineChart, TimelineRow } from './start-forms.ts';

/** Neighbours are told apart by their shade: the colour is the box's. */
const SHADES = [0.5, 0.24] as const;

/** Of the row's height, so that names stand below the bar. */
const BAR = 0.42;

interface Line {
  readonly from: number;
  readonly to: number;
}

/** The names of parts: within those that are wide enough, else below, the longest first, as far as there is room. */
function names(context: CanvasRenderingContext2D, row: TimelineRow, bars: readonly Bar[], area: { readonly left: number; readonly right: number }, floor: number, theme: Theme): void {
  const size = theme.size * 0.8;
  context.save();
  context.font = `${size}px ${theme.font}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  const taken: Line[][] = [];
  const order = bars.map((bar, index) => ({ bar, name: row.segments[index]?.name ?? '' })).sort((a, b) => Math.abs(b.bar.x - b.bar.base) - Math.abs(a.bar.x - a.bar.base));
  for (const { bar, name } of order) {
    const width = context.measureText(name).width;
    const middle = (bar.x + bar.base) / 2;
    context.fillStyle = theme.text;
    if (width + size * 0.6 < Math.abs(bar.x - bar.base)) {
      context.fillText(name, middle, bar.y);
      continue;
    }
    const at = Math.min(Math.max(middle, area.left + width / 2), area.right - width / 2);
    const [from, to] = [at - width / 2 - size * 0.4, at + width / 2 + size * 0.4];
    const bottom = bar.y + bar.height / 2;
    for (let tier = 0; bottom + size * (1.15 * tier + 1.3) < floor; tier++) {
      const line = (taken[tier] ??= []);
      if (line.some((each) => from < each.to && to > each.from)) continue;
      line.push({ from, to });
      const y = bottom + size * (1.15 * tier + 0.85);
      context.fillText(name, at, y);
      context.strokeStyle = theme.muted;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(middle, bottom);
      context.lineTo(middle, y - size * 0.5);
      context.stroke();
      break;
    }
  }
  context.restore();
}

function upright(context: CanvasRenderingContext2D, x: number, top: number, bottom: number, colour: string, width: number): void {
  context.save();
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(x, top);
  context.lineTo(x, bottom);
  context.stroke();
  context.restore();
}

function clock(of: TimelineChart, theme: Theme): Plugin {
  return {
    id: 'clock',
    afterDatasetsDraw(chart) {
      const { ctx, chartArea } = chart;
      const axis = chart.scales['x'];
      if (axis === undefined) return;
      const height = (chartArea.bottom - chartArea.top) / Math.max(1, of.rows.length);
      upright(ctx, chartArea.left, chartArea.top - theme.size * 0.4, chartArea.bottom, theme.text, 2);
      ctx.save();
      ctx.fillStyle = theme.text;
      ctx.font = `600 ${theme.size * 0.85}px ${theme.font}`;
      ctx.textBaseline = 'bottom';
      ctx.fillText('request: the clock starts', chartArea.left, chartArea.top - theme.size * 0.5);
      ctx.restore();
      for (const [index, row] of of.rows.entries()) {
        const bars = row.segments.map((_, segment) => chart.getDatasetMeta(segment).data[index] as unknown as Bar);
        const [first, last] = [bars[0], bars.at(-1)];
        if (first === undefined || last === undefined) continue;
        if (row.emulated) hatch(ctx, { ...first, base: first.base, x: last.x }, pale(ink(row.ink, theme), 0.3));
        names(ctx, row, bars, chartArea, chartArea.top + height * (index + 1), theme);
        const x = axis.getPixelForValue(row.ready);
        upright(ctx, x, first.y - first.height * 0.75, first.y + first.height * 0.75, theme.text, Math.max(2, theme.size / 5));
        const end = Math.max(x, last.x);
        const [short, long] = [quantityText('ms', row.ready), `ready ${quantityText('ms', row.ready)}`];
        ctx.font = `600 ${theme.size}px ${theme.font}`;
        figure(ctx, end + theme.size + ctx.measureText(long).width < chart.width ? long : short, end, first.y, theme);
      }
    },
  };
}

function linearScale(chart: TimelineChart, most: number, theme: Theme): ScaleOptionsByType<'linear'> {
  const unit = unitFor('ms', most);
  const scale = {
    type: 'linear',
    min: 0,
    max: most * (theme.size < 13 ? 1.4 : 1.22),
    title: axisTitle(`${chart.axis}, linear, ${unit.name}`, theme),
    grid: { color: theme.grid },
    border: { display: false },
    ticks: { color: theme.muted, maxRotation: 0, maxTicksLimit: 7, includeBounds: false, font: { family: theme.font, size: theme.size * 0.85 }, callback: (value: number | string) => `${Number((Number(value) / unit.size).toPrecision(6))}` },
  };
  return scale as unknown as ScaleOptionsByType<'linear'>;
}

export function timelineConfig(chart: TimelineChart, theme: Theme, titled: boolean): Config {
  const base = common(chart, theme, titled);
  const ends = chart.rows.flatMap(({ ready, segments }) => [ready, ...segments.map(({ to }) => to)]);
  const range = logRange(ends, theme.size < 13 ? 0.4 : 0.18);
  const parts = Math.max(0, ...chart.rows.map(({ segments }) => segments.length));
  // Zero has no place on a logarithmic axis: what begins with the request begins at its left end.
  const least = chart.scale === 'log' ? range.min : 0;
  return {
    type: 'bar',
    data: {
      labels: chart.rows.map(({ label }) => label),
      datasets: Array.from({ length: parts }, (_, part) => ({
        label: `part ${part + 1}`,
        data: chart.rows.map(({ segments }) => {
          const segment = segments[part];
          return segment === undefined ? null : [Math.max(segment.from, least), Math.max(segment.to, least)];
        }) as [number, number][],
        backgroundColor: chart.rows.map((row) => pale(ink(row.ink, theme), SHADES[part % 2] ?? 1)),
        borderColor: chart.rows.map((row) => ink(row.ink, theme)),
        borderWidth: 1,
        borderSkipped: false,
        grouped: false,
        barPercentage: 1,
        categoryPercentage: BAR,
      })),
    },
    options: {
      ...base,
      layout: { padding: titled ? { left: theme.size, right: theme.size, bottom: theme.size, top: theme.size } : { right: theme.size, top: theme.size * 1.6 } },
      scales: {
        x: chart.scale === 'log' ? logScale(range, 'ms', `${chart.axis}, logarithmic`, theme) : linearScale(chart, Math.max(...ends, 1e-6), theme),
        y: categoryAxis(theme),
      },
      plugins: {
        ...base.plugins,
        title: { ...base.plugins.title, padding: { bottom: theme.size * 2 } },
        tooltip: { callbacks: { label: (item) => tip(chart, item.dataIndex, item.datasetIndex) } },
      },
    },
    plugins: [background(theme), clock(chart, theme)],
  };
}

function tip(chart: TimelineChart, row: number, part: number): string {
  const segment = chart.rows[row]?.segments[part];
  return segment === undefined ? '' : `${segment.name}: ${quantityText('ms', segment.to - segment.from)}, done after ${quantityText('ms', segment.to)}`;
}
