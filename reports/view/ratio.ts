import type { Metric, ResultDocument } from '../../benchmarks/result/schema.ts';
import { figureOf, noInterval } from './figure.ts';
import { ratio, ratioRange } from './quantity.ts';

/** How many times `over` is `under` in one metric. */
export interface Ratio {
  readonly metric: Metric;
  readonly over: string;
  readonly under: string;
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  /** Either side is emulated: says nothing about hardware virtualisation. */
  readonly emulated: boolean;
  /** The interval does not hold 1. `null` where there is no interval to tell by. */
  readonly distinct: boolean | null;
  /** `712–768`, or why there is none: `n = 3, too few for an interval`. */
  readonly interval: string;
}

/**
 * The ratio of two runtimes' medians, from the document's comparison in either direction, or from the
 * medians alone. `null` where either is not measured or not above zero: no ratio can be told there.
 */
export function ratioOf(document: ResultDocument, metric: Metric, over: string, under: string): Ratio | null {
  const a = figureOf(document, metric, over);
  const b = figureOf(document, metric, under);
  if (a.state !== 'measured' || b.state !== 'measured' || a.median <= 0 || b.median <= 0) return null;
  const found = comparison(document, metric.id, over, under);
  const value = found?.value ?? a.median / b.median;
  const low = found?.low ?? null;
  const high = found?.high ?? null;
  const known = low !== null && high !== null;
  return {
    metric, over, under, value, low: known ? low : null, high: known ? high : null,
    emulated: a.emulated || b.emulated || found?.emulated === true,
    distinct: known ? low > 1 || high < 1 : null,
    interval: known ? ratioRange(low, high) : noInterval(Math.min(a.n, b.n)),
  };
}

/** The same ratio with the two runtimes exchanged. */
export function inverse(given: Ratio): Ratio {
  const low = given.high === null ? null : 1 / given.high;
  const high = given.low === null ? null : 1 / given.low;
  return {
    ...given, over: given.under, under: given.over, value: 1 / given.value, low, high,
    interval: low === null || high === null ? given.interval : ratioRange(low, high),
  };
}

/** `664 times (640–690)`. */
export function timesText(given: Ratio): string {
  return `${ratio(given.value)} times (${given.interval})`;
}

function comparison(document: ResultDocument, metric: string, over: string, under: string) {
  const direct = document.comparisons.find((one) => one.metric === metric && one.runtime === over && one.baseline === under);
  if (direct?.ratio && direct.ratio.value > 0) return { ...direct.ratio, emulated: direct.emulated };
  const turned = document.comparisons.find((one) => one.metric === metric && one.runtime === under && one.baseline === over);
  if (!turned?.ratio || turned.ratio.value <= 0) return null;
  const { value, low, high } = turned.ratio;
  // A bound at or below zero has no inverse: then there is no interval, rather than a wrong one.
  const invertible = low !== null && high !== null && low > 0 && high > 0;
  return { value: 1 / value, low: invertible ? 1 / high : null, high: invertible ? 1 / low : null, emulated: turned.emulated };
}
