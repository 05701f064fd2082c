/**
 * The q-quantile of an ascending series by linear interpolation between order statistics: type 7 of Hyndman
 * and Fan, "Sample Quantiles in Statistical Packages" (1996), as in R, NumPy and tinybench's p99.
 * (simple-statistics' quantile does not interpolate.)
 */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const position = (sorted.length - 1) * q;
  const below = Math.floor(position);
  const low = sorted[below];
  if (low === undefined) throw new RangeError(`no ${q}-quantile of ${sorted.length} values`);
  const high = sorted[below + 1] ?? low;
  return low + (position - below) * (high - low);
}

/** Fewest samples for which a percentile is told: one sample at least is expected beyond it. */
export const LEAST_FOR = { p90: 10, p95: 20, p99: 100 } as const;
