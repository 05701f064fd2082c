/**
 * A chart as Chart.js configures it: a pure function of what it shows and of the theme. It runs in the page
 * and in chartjs-node-canvas alike, so everything it needs comes along as inline plugins.
 */
import type { Chart as ChartJs, ChartConfiguration, Plugin, ScaleOptionsByType, TooltipItem } from 'chart.js';
import { quantityText, unitFor } from '../view/numbers.ts';
import type { BarChart, BarRow, Chart, LadderChart, StackChart, Theme } from './chart.ts';

type Config = ChartConfiguration<'bar', number[], string>;
type Bar = { x: number; y: number; base: number; height: number };

function ink(of: { readonly light: string; readonly dark: string }, theme: Theme): string {
  return theme.dark ? of.dark : of.light;
}

/** Fill of a bar: pale, so that points and interval are seen on it. */
function pale(colour: string, alpha: number): string {
  return `${colour}${Math.round(alpha * 255).toString(16).padStart(2, '0')}`;
}

const FILL = 0.42;

/** A power of ten, or two or five times one where the axis is short. */
function logTick(value: number, span: number): boolean {
  const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
  const lead = Math.round(value / power);
  return lead === 1 || (span < 2.2 && (lead === 2 || lead === 5));
}

/** Powers of ten of a unit of bytes are no round numbers of it: ticks are put at powers of 1024 and tens of them. */
function byteTicks(min: number, max: number): number[] {
  const ticks: number[] = [];
  for (const unit of [1, 2 ** 10, 2 ** 20, 2 ** 30, 2 ** 40]) for (const times of [1, 10, 100]) if (unit * times >= min && unit * times <= max && unit * times < unit * 1024) ticks.push(unit * times);
  return ticks;
}

/** @param headroom share of the axis kept free on the right for the figure at the bar's end */
function range(chart: BarChart, headroom: number): { min: number; max: number } {
  const values = chart.rows.flatMap(({ median, low, high, points }) => [median, low ?? median, high ?? median, ...points]).filter((value) => value > 0);
  if (values.length === 0) return { min: 0.1, max: 1 };
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return { min: 10 ** Math.floor(Math.log10(least) - 0.35), max: most * 10 ** (Math.log10(most / least + 10) * headroom) };
}

/** Hatching over the bars of emulated runtimes: seen in print and by any eye. */
function hatch(context: CanvasRenderingContext2D, bar: Bar, colour: string): void {
  const [left, right] = [Math.min(bar.base, bar.x), Math.max(bar.base, bar.x)];
  const [top, bottom] = [bar.y - bar.height / 2, bar.y + bar.height / 2];
  context.save();
  context.beginPath();
  context.rect(left, top, right - left, bottom - top);
  context.clip();
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.beginPath();
  for (let x = left - bar.height; x < right; x += 7) {
    context.moveTo(x, bottom);
    context.lineTo(x + bar.height, top);
  }
  context.stroke();
  context.restore();
}

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
  if (row.low !== null && row.high !== null && row.low > 0) {
    const [from, to] = [axis.getPixelForValue(row.low), axis.getPixelForValue(row.high)];
    const cap = bar.height * 0.22;
    context.strokeStyle = theme.text;
    context.lineWidth = Math.max(1.5, theme.size / 8);
    context.beginPath();
    context.moveTo(from, bar.y);
    context.lineTo(to, bar.y);
    for (const x of [from, to]) {
      context.moveTo(x, bar.y - cap);
      context.lineTo(x, bar.y + cap);
    }
    context.stroke();
  }
  const end = Math.max(bar.x, ...row.points.filter((value) => value > 0).map((value) => axis.getPixelForValue(value)), row.high === null || row.high <= 0 ? 0 : axis.getPixelForValue(row.high));
  context.fillStyle = theme.text;
  context.font = `600 ${theme.size}px ${theme.font}`;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.fillText(unitText, end + theme.size * 0.6, bar.y);
  context.restore();
}

function barDrawing(of: BarChart, theme: Theme): Plugin<'bar'> {
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

function stackDrawing(of: StackChart, theme: Theme): Plugin<'bar'> {
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
        ctx.save();
        ctx.fillStyle = theme.text;
        ctx.font = `600 ${theme.size}px ${theme.font}`;
        ctx.textBaseline = 'middle';
        ctx.textAlign = 'left';
        ctx.fillText(quantityText('bytes', row.bytes.reduce((sum, each) => sum + each, 0)), end + theme.size * 0.6, first.y);
        ctx.restore();
      }
    },
  };
}

function background(theme: Theme): Plugin<'bar'> {
  return {
    id: 'background',
    beforeDraw({ ctx, width, height }) {
      ctx.save();
      ctx.fillStyle = theme.background;
      ctx.fillRect(0, 0, width, height);
      ctx.restore();
    },
  };
}

/** Long labels break before the mark, so that narrow screens keep room for the bars. */
function labelLines(label: string): string | string[] {
  return label.includes(' (') ? label.split(/ (?=\()/) : label;
}

function common(chart: Chart, theme: Theme, titled: boolean) {
  const font = { family: theme.font, size: theme.size };
  return {
    indexAxis: 'y' as const,
    responsive: true,
    maintainAspectRatio: false,
    animation: false as const,
    layout: { padding: titled ? theme.size : { right: theme.size } },
    plugins: {
      legend: { display: chart.form === 'stack', position: 'bottom' as const, labels: { color: theme.text, font, boxWidth: theme.size, boxHeight: theme.size } },
      title: { display: titled, text: chart.title, color: theme.text, align: 'start' as const, font: { ...font, size: theme.size * 1.4, weight: 'bold' as const }, padding: { bottom: theme.size } },
    },
  };
}

function categoryAxis(theme: Theme) {
  return {
    grid: { display: false },
    border: { color: theme.grid },
    ticks: { color: theme.text, autoSkip: false, font: { family: theme.font, size: theme.size }, callback(this: { getLabelForValue(value: number): string }, value: number | string) { return labelLines(this.getLabelForValue(Number(value))); } },
  };
}

/** On a phone a long title is set in lines: it would be squeezed otherwise. */
function axisTitle(text: string, theme: Theme) {
  return { display: true, text: theme.size < 13 ? text.split('; ') : text, color: theme.muted, font: { family: theme.font, size: theme.size * 0.85 } };
}

function barConfig(chart: BarChart, theme: Theme, titled: boolean): Config {
  const { min, max } = range(chart, theme.size < 13 ? 0.45 : 0.22);
  const span = Math.log10(max / min);
  const base = common(chart, theme, titled);
  const x = {
    type: 'logarithmic',
    min,
    max,
    title: axisTitle(chart.axis, theme),
    // Lines where a figure stands, and nowhere else.
    grid: { color: ({ tick }: { tick?: { label?: string | string[] | undefined } }) => (tick?.label === '' ? 'transparent' : theme.grid) },
    border: { display: false },
    ...(chart.quantity === 'bytes' ? { afterBuildTicks(axis: { ticks: { value: number }[] }) { axis.ticks = byteTicks(min, max).map((value) => ({ value })); } } : {}),
    ticks: {
      color: theme.muted,
      maxRotation: 0,
      autoSkip: true,
      font: { family: theme.font, size: theme.size * 0.85 },
      callback: (value: number | string) => (chart.quantity === 'bytes' || logTick(Number(value), span) ? tickText(chart, Number(value)) : ''),
    },
  };
  return {
    type: 'bar',
    data: {
      labels: chart.rows.map(({ label }) => label),
      datasets: [
        {
          label: chart.title,
          data: chart.rows.map(({ median }) => Math.max(median, min)),
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
      scales: { x: x as unknown as ScaleOptionsByType<'logarithmic'>, y: categoryAxis(theme) },
      plugins: { ...base.plugins, tooltip: { callbacks: { label: (item: TooltipItem<'bar'>) => barTip(chart, item.dataIndex) } } },
    },
    plugins: [background(theme), barDrawing(chart, theme)],
  };
}

/** `1 ms`, `10 MiB`: ticks are round, so they need no three digits. */
function tickText(chart: Chart, value: number): string {
  const unit = unitFor(chart.quantity, value * 1.000001);
  return `${Number((value / unit.size).toPrecision(3))} ${unit.name}`.trimEnd();
}

function barTip(chart: BarChart, index: number): string {
  const row = chart.rows[index];
  if (row === undefined) return '';
  const interval = row.low === null || row.high === null ? '' : `, 95 %: ${quantityText(chart.quantity, row.low)} to ${quantityText(chart.quantity, row.high)}`;
  return `median ${quantityText(chart.quantity, row.median)}${interval}`;
}

function stackConfig(chart: StackChart, theme: Theme, titled: boolean): Config {
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
        tooltip: { callbacks: { label: (item: TooltipItem<'bar'>) => `${chart.parts[item.datasetIndex]?.name ?? ''}: ${quantityText('bytes', chart.rows[item.dataIndex]?.bytes[item.datasetIndex] ?? 0)}` } },
      },
    },
    plugins: [background(theme), stackDrawing(chart, theme)],
  };
}

function ladderDrawing(of: LadderChart, theme: Theme): Plugin<'bar'> {
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
        ctx.save();
        ctx.fillStyle = theme.text;
        ctx.font = `600 ${theme.size}px ${theme.font}`;
        ctx.textBaseline = 'middle';
        ctx.textAlign = 'left';
        ctx.fillText(index === 0 ? quantityText(of.quantity, row.to) : `${added < 0 ? '' : '+'}${quantityText(of.quantity, added)}`, Math.max(bar.x, bar.base) + theme.size * 0.6, bar.y);
        ctx.restore();
      }
    },
  };
}

function ladderConfig(chart: LadderChart, theme: Theme, titled: boolean): Config {
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
      plugins: { ...base.plugins, tooltip: { callbacks: { label: (item: TooltipItem<'bar'>) => ladderTip(chart, item.dataIndex) } } },
    },
    plugins: [background(theme), ladderDrawing(chart, theme)],
  };
}

function ladderTip(chart: LadderChart, index: number): string {
  const row = chart.rows[index];
  return row === undefined ? '' : `ready after ${quantityText(chart.quantity, row.to)}; this part adds ${quantityText(chart.quantity, row.to - row.from)}`;
}

const CONFIGS = { bars: barConfig, stack: stackConfig, ladder: ladderConfig } as const satisfies { readonly [Form in Chart['form']]: (chart: Extract<Chart, { form: Form }>, theme: Theme, titled: boolean) => Config };

/**
 * @param titled a chart in the page has its heading in the page; one on a slide brings it along
 */
export function chartConfig(chart: Chart, theme: Theme, titled: boolean): Config {
  return (CONFIGS[chart.form] as (chart: Chart, theme: Theme, titled: boolean) => Config)(chart, theme, titled);
}
