/**
 * What a chart shows, as plain data small enough to be embedded in a page, and the ink it is drawn in.
 * The same definitions are drawn in the page and, for slides, without a browser.
 */
import type { Ink } from '../view/palette.ts';
import type { Quantity } from '../view/numbers.ts';
import type { StartChart } from './start-forms.ts';

export interface BarRow {
  readonly label: string;
  readonly ink: Ink;
  readonly emulated: boolean;
  readonly median: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Drawn as points; thinned when there are many, which no figure is. */
  readonly points: readonly number[];
}

export interface BarChart {
  readonly form: 'bars';
  readonly id: string;
  readonly title: string;
  readonly axis: string;
  readonly quantity: Quantity;
  readonly rows: readonly BarRow[];
}

export interface StackRow {
  readonly label: string;
  readonly emulated: boolean;
  readonly bytes: readonly number[];
}

export interface StackChart {
  readonly form: 'stack';
  readonly id: string;
  readonly title: string;
  readonly axis: string;
  readonly quantity: Quantity;
  readonly parts: readonly { readonly name: string; readonly ink: Ink }[];
  readonly rows: readonly StackRow[];
}

export interface LadderRow {
  readonly label: string;
  /** Where the bar begins: the figure of the rung below; 0 for the lowest. */
  readonly from: number;
  readonly to: number;
}

/** Floating bars on a linear axis, each beginning where the one above ends. */
export interface LadderChart {
  readonly form: 'ladder';
  readonly id: string;
  readonly title: string;
  readonly axis: string;
  readonly quantity: Quantity;
  readonly ink: Ink;
  readonly rows: readonly LadderRow[];
}

/** A box in a chart that shows several at each place: its ink, and by its position a mark of its own. */
export interface Series {
  readonly label: string;
  readonly ink: Ink;
  readonly emulated: boolean;
}

/** A ratio with its interval; null where there is none. */
export interface Dot {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface RatioRow {
  readonly label: string;
  /** How far two names of one runtime differed here, as a share; null where nobody knows. */
  readonly noise: number | null;
  /** One for each series. */
  readonly dots: readonly (Dot | null)[];
}

/** Dots with intervals around 1 on a logarithmic axis, before the band of the machine's own noise. */
export interface RatioChart {
  readonly form: 'ratios';
  readonly id: string;
  readonly title: string;
  readonly axis: string;
  readonly series: readonly Series[];
  readonly rows: readonly RatioRow[];
}

export interface LineRow extends Series {
  readonly points: readonly { readonly x: number; readonly y: number }[];
  readonly slope: number;
  readonly intercept: number;
  /** Written at the line's end. */
  readonly note: string;
  /** Beside its name. */
  readonly told: string;
}

/** Readings over a count, and the straight line through them, both axes linear. */
export interface LineChart {
  readonly form: 'lines';
  readonly id: string;
  readonly title: string;
  readonly axis: string;
  /** Title of the axis of the count. */
  readonly across: string;
  readonly quantity: Quantity;
  readonly rows: readonly LineRow[];
}

export interface GroupRow extends Series {
  /** One for each part; null where the box has no such thing. */
  readonly values: readonly (number | null)[];
}

/** Several figures of each box, side by side and never added, on a logarithmic axis. */
export interface GroupChart {
  readonly form: 'groups';
  readonly id: string;
  readonly title: string;
  readonly axis: string;
  readonly quantity: Quantity;
  readonly parts: readonly string[];
  readonly rows: readonly GroupRow[];
}

export interface WithinRow extends Series {
  readonly whole: number;
  readonly part: number;
}

/** A part filled within the outline of the whole, on a linear axis. */
export interface WithinChart {
  readonly form: 'within';
  readonly id: string;
  readonly title: string;
  readonly axis: string;
  readonly quantity: Quantity;
  readonly rows: readonly WithinRow[];
}

export type Chart = BarChart | StackChart | LadderChart | RatioChart | LineChart | GroupChart | WithinChart | StartChart;

/** What the page around a chart looks like. */
export interface Theme {
  readonly dark: boolean;
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly background: string;
  readonly font: string;
  /** Size of ordinary text, px. */
  readonly size: number;
}

export const LIGHT: Omit<Theme, 'font' | 'size'> = { dark: false, text: '#1c2430', muted: '#5b6675', grid: '#e3e7ec', background: '#ffffff' };
export const DARK: Omit<Theme, 'font' | 'size'> = { dark: true, text: '#e8edf4', muted: '#a3afbf', grid: '#2c3644', background: '#161c25' };
