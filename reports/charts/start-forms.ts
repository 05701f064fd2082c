/** What the charts of starting show, as plain data. */
import type { Ink } from '../view/palette.ts';

interface Told {
  readonly id: string;
  readonly title: string;
  readonly axis: string;
  readonly quantity: 'ms';
}

export interface TimelineRow {
  readonly label: string;
  readonly ink: Ink;
  readonly emulated: boolean;
  readonly segments: readonly { readonly name: string; readonly from: number; readonly to: number }[];
  /** Where the clock stops. */
  readonly ready: number;
}

/** A row a box, from the request to the first byte; on one axis, which is logarithmic or linear. */
export interface TimelineChart extends Told {
  readonly form: 'timeline';
  readonly scale: 'log' | 'linear';
  readonly rows: readonly TimelineRow[];
}

export interface SpreadRow {
  readonly label: string;
  readonly ink: Ink;
  readonly emulated: boolean;
  /** Each value with the share of the values that are no larger; thinned where there are many, which no figure is. */
  readonly points: readonly (readonly [number, number])[];
}

/** Empirical distribution: which share was ready by when. */
export interface EcdfChart extends Told {
  readonly form: 'ecdf';
  readonly rows: readonly SpreadRow[];
}

export interface ClimbRow {
  readonly label: string;
  readonly ink: Ink;
  readonly emulated: boolean;
  /** Where the bar begins: the figure of the box below; `null` for the lowest. */
  readonly from: number | null;
  readonly to: number;
  /** `14 × container` */
  readonly times: string;
}

/** Floating bars on a logarithmic axis, each beginning where the one above ends. */
export interface ClimbChart extends Told {
  readonly form: 'climb';
  readonly rows: readonly ClimbRow[];
}

interface PairSide {
  readonly median: number;
  readonly low: number | null;
  readonly high: number | null;
}

export interface PairRow {
  readonly label: string;
  readonly ink: Ink;
  readonly emulated: boolean;
  readonly sides: readonly [PairSide, PairSide];
}

/** Two bars a box, on a logarithmic axis. */
export interface PairChart extends Told {
  readonly form: 'pairs';
  /** What stands behind the figure of each side: "warm", "cold". */
  readonly names: readonly [string, string];
  readonly rows: readonly PairRow[];
}

export type StartChart = TimelineChart | EcdfChart | ClimbChart | PairChart;
