/**
 * From a pilot's figures to the number of rounds. Pure: the same figures and seed give the same number.
 *
 * The half-width of a median's interval falls with the square root of n (David and Nagaraja, "Order Statistics",
 * 2003, ch. 10), so a pilot of m starts with half-width h needs n = m (h ÷ target)² starts. h is learned twice: as the bootstrap
 * interval that the report will tell, which follows any shape and is rough in a small pilot; and from the MAD, as if the middle of the
 * distribution were normal, which is steady. The larger is taken, and half as many samples again: the pilot's spread is itself only
 * an estimate, and with its middle value every second run would miss the target.
 */
import { stream } from '../random/stream.ts';
import type { Pilot } from '../result/origin.ts';
import { bootstrapMedians, interval95, LEAST_FOR_INTERVAL } from '../statistics/bootstrap.ts';
import { describe } from '../statistics/describe.ts';
import type { PilotWish } from '../profiles.ts';

/** What the pilot has seen of a runtime. */
export interface PilotSeries {
  readonly runtime: string;
  readonly values: readonly number[];
  readonly failed: number;
  /** It is visited in every k-th round. */
  readonly every: number;
}

export interface Need {
  readonly median: number | null;
  /** Share of the median. */
  readonly halfWidth: number | null;
  readonly needed: number | null;
}

/** 1.96 standard errors of a normal median, √(π/2) σ ÷ √n, with σ = 1.4826 MAD. */
const HALF_WIDTH_OF_MAD = 1.959964 * Math.sqrt(Math.PI / 2) * 1.4826;

/** With it the target was reached in 77 to 84 of 100 simulated runs (gamma, lognormal, two clusters, one in ten an outlier) after 40 starts. */
const ALLOWANCE = 1.5;

/** Samples for which the median's interval is as narrow as that; `null` where the pilot does not tell. */
export function samplesNeeded(values: readonly number[], target: number, seed: string, runtime: string): Need {
  if (values.length < LEAST_FOR_INTERVAL) return { median: null, halfWidth: null, needed: null };
  const { median, mad, sorted } = describe(values);
  const interval = interval95(bootstrapMedians(sorted, stream(seed, 'pilot', runtime)));
  if (median <= 0 || interval === null) return { median, halfWidth: null, needed: null };
  const halfWidth = Math.max(interval.high - interval.low, 2 * (HALF_WIDTH_OF_MAD * mad) / Math.sqrt(values.length)) / 2 / median;
  return { median, halfWidth, needed: Math.max(LEAST_FOR_INTERVAL, Math.ceil(ALLOWANCE * values.length * (halfWidth / target) ** 2)) };
}

/**
 * Rounds that bring every runtime to the target, within bounds. A runtime that the pilot could not start
 * has no say.
 * @param most rounds that the profile has at most
 */
export function roundsFor(wish: PilotWish, series: readonly PilotSeries[], most: number, seed: string): { readonly rounds: number; readonly runtimes: Pilot['runtimes'] } {
  const needs = series.map((each) => ({ ...each, need: samplesNeeded(each.values, wish.target, seed, each.runtime) }));
  const wanted = needs.map(({ every, need }) => (need.needed ?? 0) * every);
  const rounds = Math.min(most, Math.max(wish.least, ...wanted));
  return {
    rounds,
    runtimes: needs.map(({ runtime, values, failed, every, need }) => ({ runtime, n: values.length, failed, ...need, planned: Math.ceil(rounds / every) })),
  };
}
