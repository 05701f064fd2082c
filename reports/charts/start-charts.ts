/** The charts of starting: on one axis, spread, as a climb, cold beside warm. */
import type { MetricView } from '../view/metrics.ts';
import type { StartView } from '../view/startup/starts.ts';
import type { StartupView } from '../view/startup/startup.ts';
import type { ClimbChart, EcdfChart, PairChart, TimelineChart } from './start-forms.ts';

/** More points of one box than these are thinned evenly over their ranks. */
const MOST_STEPS = 500;

/** Drawn figures need no more digits than a screen has pixels, and every one is bytes in the page. */
function drawn(value: number): number {
  return Number(value.toPrecision(5));
}

function timeline(id: string, title: string, starts: readonly StartView[], scale: TimelineChart['scale']): TimelineChart | null {
  if (starts.length === 0) return null;
  const rows = starts.map(({ runtime, segments, readyMs }) => ({
    label: runtime.label,
    ink: runtime.ink,
    emulated: runtime.emulated,
    segments: segments.map(({ name, fromMs, toMs }) => ({ name, from: drawn(fromMs), to: drawn(toMs) })),
    ready: drawn(readyMs),
  }));
  return { form: 'timeline', id, title, axis: 'time since the request', quantity: 'ms', scale, rows };
}

/** @returns each kept value with the share of all values that are no larger, both ends among them */
export function steps(values: readonly number[], most = MOST_STEPS): (readonly [number, number])[] {
  const sorted = [...values].sort((a, b) => a - b);
  const kept = sorted.length <= most ? sorted.map((_, rank) => rank) : Array.from({ length: most }, (_, index) => Math.round((index * (sorted.length - 1)) / (most - 1)));
  return kept.map((rank) => [drawn(sorted[rank] as number), drawn((rank + 1) / sorted.length)] as const);
}

function ecdf({ quantity, rows }: MetricView): EcdfChart | null {
  const measured = rows.filter(({ values }) => values.some((value) => value > 0));
  if (quantity !== 'ms' || measured.length === 0) return null;
  return {
    form: 'ecdf',
    id: 'startup-spread',
    title: 'Start-up: every start',
    axis: 'time to ready, logarithmic; each step is a start',
    quantity,
    rows: measured.map(({ runtime, values }) => ({ label: runtime.label, ink: runtime.ink, emulated: runtime.emulated, points: steps(values.filter((value) => value > 0)) })),
  };
}

function climb({ climb: boxes }: StartupView): ClimbChart | null {
  if (boxes.length === 0) return null;
  return {
    form: 'climb',
    id: 'startup-climb',
    title: 'From fork to a full machine',
    axis: 'time to ready, logarithmic; each bar begins where the one above ends',
    quantity: 'ms',
    rows: boxes.map(({ runtime, median, below, timesText }) => ({ label: runtime.label, ink: runtime.ink, emulated: runtime.emulated, from: below, to: median, times: timesText })),
  };
}

function pairs({ cold }: StartupView): PairChart | null {
  if (cold === null || cold.pairs.length === 0) return null;
  return {
    form: 'pairs',
    id: 'cold',
    title: 'Cold beside warm',
    axis: 'time to ready, logarithmic; bar: median, line: 95 % interval',
    quantity: 'ms',
    names: ['warm', 'cold'],
    rows: cold.pairs.map(({ runtime, warm, cold: row }) => ({ label: runtime.label, ink: runtime.ink, emulated: runtime.emulated, sides: [{ median: warm.median ?? 0, low: warm.low, high: warm.high }, { median: row.median ?? 0, low: row.low, high: row.high }] })),
  };
}

function present<T>(charts: readonly (T | null)[]): T[] {
  return charts.filter((chart) => chart !== null);
}

/** One canvas shows the two scales, by turns. */
export const TIMELINE = 'startup-timeline-';

/** Before the bars of start-up: all boxes together, then those without a machine again, which would be too short to be seen. */
export function timelineCharts({ starts }: StartupView): TimelineChart[] {
  const near = starts.filter(({ runtime }) => runtime.kind !== 'vm');
  const all = (scale: TimelineChart['scale']): TimelineChart | null => timeline(`${TIMELINE}${scale}`, 'From request to ready, on one axis', starts, scale);
  return present([all('log'), all('linear'), near.length === starts.length ? null : timeline('startup-near', 'The same without machines: the first milliseconds', near, 'linear')]);
}

/** After them. */
export function spreadCharts(ready: MetricView, startup: StartupView): (EcdfChart | ClimbChart)[] {
  return present([ecdf(ready), climb(startup)]);
}

export function coldCharts(startup: StartupView): PairChart[] {
  return present([pairs(startup)]);
}
