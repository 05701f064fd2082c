/** A simple look for two clusters, which a median or a mean would hide. */
import { ckmeans, mean, standardDeviation } from 'simple-statistics';

/** Fewer values than this show clusters by chance. */
const LEAST = 20;
/** Values looked at; longer series are thinned evenly over their quantiles. */
const MOST = 400;
/**
 * Least distance of the clusters' means over their spread (Ashman's D). Any series can be cut in two: a
 * normal one then has D = 2.6, an exponential one 2.6, a uniform one 3.5.
 */
const APART = 5;
/** Least share of the smaller cluster: a few outliers are no mode. */
const SHARE = 0.1;

export interface TwoModes {
  readonly low: { readonly mean: number; readonly share: number };
  readonly high: { readonly mean: number; readonly share: number };
}

/** Two clusters far apart, or `null`. Cut by optimal one-dimensional 2-means (ckmeans). @param sorted ascending */
export function twoModes(sorted: readonly number[]): TwoModes | null {
  if (sorted.length < LEAST || sorted[0] === sorted.at(-1)) return null;
  const step = Math.max(1, sorted.length / MOST);
  const thinned = Array.from({ length: Math.floor(sorted.length / step) }, (_, index) => sorted[Math.floor(index * step)] as number);
  const [low, high] = ckmeans(thinned, 2);
  if (low === undefined || high === undefined || Math.min(low.length, high.length) < SHARE * thinned.length) return null;
  const spread = Math.sqrt(standardDeviation(low) ** 2 + standardDeviation(high) ** 2);
  if ((Math.SQRT2 * (mean(high) - mean(low))) / spread < APART) return null;
  return {
    low: { mean: mean(low), share: low.length / thinned.length },
    high: { mean: mean(high), share: high.length / thinned.length },
  };
}
