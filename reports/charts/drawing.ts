/** What every form of chart is drawn with: ink, hatching, the paper behind, titles and labels. */
import type { ChartConfiguration, Plugin, Scale } from 'chart.js';
import type { Chart, Theme } from './chart.ts';

export type Config = ChartConfiguration;
export type Bar = { x: number; y: number; base: number; height: number };

export function ink(of: { readonly light: string; readonly dark: string }, theme: Theme): string {
  return theme.dark ? of.dark : of.light;
}

/** Fill of a bar: pale, so that points and interval are seen on it. */
export function pale(colour: string, alpha: number): string {
  return `${colour}${Math.round(alpha * 255).toString(16).padStart(2, '0')}`;
}

/** Hatching over the bars of emulated runtimes: seen in print and by any eye. */
export function hatch(context: CanvasRenderingContext2D, bar: Bar, colour: string): void {
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

export function background(theme: Theme): Plugin {
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

/** The figure at a bar's end. */
export function figure(context: CanvasRenderingContext2D, text: string, x: number, y: number, theme: Theme): void {
  context.save();
  context.fillStyle = theme.text;
  context.font = `600 ${theme.size}px ${theme.font}`;
  context.textBaseline = 'middle';
  context.textAlign = 'left';
  context.fillText(text, x + theme.size * 0.6, y);
  context.restore();
}

/**
 * The 95 % interval over a bar, where there is one.
 * @returns where it ends, px
 */
export function whisker(context: CanvasRenderingContext2D, axis: Pick<Scale, 'getPixelForValue'>, bar: Bar, { low, high }: { readonly low: number | null; readonly high: number | null }, theme: Theme): number {
  if (low === null || high === null || low <= 0) return 0;
  const [from, to] = [axis.getPixelForValue(low), axis.getPixelForValue(high)];
  const cap = bar.height * 0.22;
  context.save();
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
  context.restore();
  return to;
}

/** Long labels break before the mark, so that narrow screens keep room for the bars. */
function labelLines(label: string): string | string[] {
  return label.includes(' (') ? label.split(/ (?=\()/) : label;
}

export function common(chart: Chart, theme: Theme, titled: boolean) {
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

export function categoryAxis(theme: Theme) {
  return {
    grid: { display: false },
    border: { color: theme.grid },
    ticks: { color: theme.text, autoSkip: false, font: { family: theme.font, size: theme.size }, callback(this: { getLabelForValue(value: number): string }, value: number | string) { return labelLines(this.getLabelForValue(Number(value))); } },
  };
}

/** On a phone a long title is set in lines: it would be squeezed otherwise. */
export function axisTitle(text: string, theme: Theme) {
  return { display: true, text: theme.size < 13 ? text.split('; ') : text, color: theme.muted, font: { family: theme.font, size: theme.size * 0.85 } };
}
