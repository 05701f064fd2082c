/** Each figure of the other results held against the baseline's. */
import { interval95, pairedReplicates } from '../statistics/bootstrap.ts';
import { holm } from '../statistics/holm.ts';
import { mannWhitney, type MannWhitney } from '../statistics/mann-whitney.ts';
import { quantile } from '../statistics/quantile.ts';
import { caveatsBetween, whyNotComparable, type Side } from './comparable.ts';
import type { Change } from './document.ts';
import { judge } from './judge.ts';
import { noiseFloorOf } from './noise.ts';
import type { Sides } from './sides.ts';

export interface Pair {
  readonly metric: string;
  readonly runtime: string;
  /** Number of the result that is held against the baseline. */
  readonly result: number;
  readonly other: Sides;
  readonly baseline: Sides;
}

type Interval = { readonly low: number | null; readonly high: number | null };

/** What is known of a pair before the tests are corrected for how many they are. */
interface Weighed {
  readonly pair: Pair;
  readonly other: Side;
  readonly against: Side;
  readonly reason: string | null;
  readonly test: MannWhitney | null;
}

/** @param pairs all of them: the tests are corrected for their number, primary metrics and the others apart */
export function changesOf(pairs: readonly Pair[]): Change[] {
  const weighed = pairs.map(weigh);
  const corrected = correct(weighed);
  return weighed.map((each) => change(each, corrected.get(each.pair) ?? null));
}

function weigh(pair: Pair): Weighed {
  const [other, against] = [pair.other.side(pair.metric, pair.runtime), pair.baseline.side(pair.metric, pair.runtime)];
  const reason = whyNotComparable(other, against);
  return { pair, other, against, reason, test: reason !== null || constant(other, against) ? null : mannWhitney(other.sorted, against.sorted) };
}

/** Sizes on disk do not scatter: what two visits or more found equal is compared as it is. */
function constant(...sides: readonly Side[]): boolean {
  return sides.every(({ metric, sorted }) => metric?.unit === 'bytes' && sorted.length > 1 && sorted[0] === sorted.at(-1));
}

/**
 * Holm's correction in two families: the figures that benchmarks are summed up by, on which claims rest, are
 * not weakened by the dozens of details beside them.
 */
function correct(weighed: readonly Weighed[]): ReadonlyMap<Pair, NonNullable<Change['test']>> {
  const found = new Map<Pair, NonNullable<Change['test']>>();
  for (const primary of [true, false]) {
    const family = weighed.flatMap(({ pair, against, test }) => (test !== null && (against.metric?.primary ?? false) === primary ? [{ pair, test }] : []));
    const corrected = holm(family.map(({ test }) => test.p));
    for (const [index, { pair, test }] of family.entries()) found.set(pair, { p: test.p, corrected: corrected[index] ?? 1, family: family.length, cliffsDelta: test.cliffsDelta });
  }
  return found;
}

function change({ pair, other, against, reason }: Weighed, test: Change['test']): Change {
  const base = { metric: pair.metric, runtime: pair.runtime, result: pair.result, emulated: (other.runtime?.emulated ?? false) || (against.runtime?.emulated ?? false) };
  const { metric, runtime } = against;
  if (reason !== null || metric === undefined || runtime === undefined) {
    return { ...base, ratio: null, difference: null, test: null, noiseFloor: null, verdict: 'not-comparable', better: null, reason: reason ?? '', caveats: [] };
  }
  const [a, b] = [quantile(other.sorted, 0.5), quantile(against.sorted, 0.5)];
  const still = constant(other, against);
  // Of figures that may lie below zero a ratio says nothing.
  const ratio = b <= 0 || a < 0 ? null : { value: a / b, ...(still ? { low: a / b, high: a / b } : intervalOf(pair, (x, y) => x / y)) };
  const difference = { value: a - b, ...(still ? { low: a - b, high: a - b } : intervalOf(pair, (x, y) => x - y)) };
  const noiseFloor = noiseFloorOf(pair.metric, pair.runtime, other.document, against.document);
  const judgement = judge({ unit: metric.unit, counts: [other.sorted.length, against.sorted.length], ratio, difference, test, noiseFloor, constant: still });
  const caveats = caveatsBetween(other.document, against.document).filter(({ bearsOn }) => bearsOn(metric, runtime)).map(({ id }) => id);
  return { ...base, ratio, difference, test, noiseFloor, ...judgement, caveats };
}

function intervalOf({ metric, runtime, other, baseline }: Pair, of: (a: number, b: number) => number): Interval {
  const [a, b] = [other.medians(metric, runtime), baseline.medians(metric, runtime)];
  if (a === null || b === null) return { low: null, high: null };
  return interval95(pairedReplicates(a, b, of)) ?? { low: null, high: null };
}

