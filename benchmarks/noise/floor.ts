/** The machine's own noise, from pairs of one runtime under two names. */
import type { Noise, RuntimeEntry } from '../result/schema.ts';
import { compare } from '../statistics/compare.ts';
import type { Summary } from '../statistics/summarise.ts';

/** One entry for each metric of each twin that has samples on both sides. */
export function noiseOf(summaries: readonly Summary[], runtimes: readonly RuntimeEntry[]): Noise[] {
  const twins = new Map(runtimes.flatMap(({ id, twinOf }) => (twinOf === undefined ? [] : [[id, twinOf] as const])));
  return summaries.flatMap((twin) => {
    const of = twins.get(twin.series.runtime);
    const original = summaries.find(({ series }) => series.metric.id === twin.series.metric.id && series.runtime === of);
    const pair = original === undefined ? null : compare(twin, original);
    if (pair === null || original === undefined) return [];
    const { metric, runtime, baseline, ratio } = pair;
    const floor = ratio === null || ratio.low === null || ratio.high === null ? null : farthest(ratio.low, ratio.high);
    return [{ metric, runtime: baseline, twin: runtime, n: Math.min(twin.statistic.n, original.statistic.n), ratio, floor }];
  });
}

/** How far from 1 the interval reaches, up or down: 0.06 for 0.98–1.06, and for 1/1.06–1. */
function farthest(low: number, high: number): number | null {
  const far = low <= 0 ? Number.POSITIVE_INFINITY : Math.max(high, 1 / low) - 1;
  return Number.isFinite(far) ? Math.max(0, far) : null;
}

/**
 * The noise that a ratio of two runtimes must exceed: the larger of their own, or of another runtime of
 * their kind; where there is no pair of either kind, the largest that was seen. `null` where none was.
 */
export function floorBetween(noise: readonly Noise[], metric: string, runtimes: readonly RuntimeEntry[], one: string, other: string): number | null {
  const known = noise.filter((each) => each.metric === metric && each.floor !== null);
  const kindOf = (id: string): string | undefined => runtimes.find((each) => each.id === id)?.kind;
  const near = [one, other].flatMap((id) => {
    const own = known.filter(({ runtime }) => runtime === id);
    return own.length > 0 ? own : known.filter(({ runtime }) => kindOf(runtime) === kindOf(id));
  });
  const floors = (near.length > 0 ? near : known).map(({ floor }) => floor ?? 0);
  return floors.length === 0 ? null : Math.max(...floors);
}
