/**
 * What a chart shows, as plain data small enough to be embedded in a page, and the ink it is drawn in.
 * The same definitions are drawn in the page and, for slides, without a browser.
 */
import type { Ink } from '../view/palette.ts';
import type { Quantity } from '../view/numbers.ts';

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

export type Chart = BarChart | StackChart | LadderChart;

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
