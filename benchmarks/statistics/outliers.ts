/** Flags values far from the rest. Flagged values stay in every statistic. */

/** Iglewicz and Hoaglin, "How to Detect and Handle Outliers" (1993): flag above 3.5. */
const LIMIT = 3.5;
/** 0.6745 = Φ⁻¹(3/4): makes MAD comparable with a standard deviation. */
const PER_MAD = 0.6745;
/** √(2/π): the same for the mean absolute deviation, which stands in when more than half the values are equal. */
const PER_MEAN_DEVIATION = 0.7979;

/**
 * Positions in `values` whose modified z-score exceeds 3.5.
 * @param median of the values
 * @param mad their median absolute deviation; when it is 0 the mean absolute deviation is used, and when
 *   that is 0 too nothing is an outlier
 */
export function outliers(values: readonly number[], median: number, mad: number): number[] {
  const perUnit = mad > 0 ? PER_MAD / mad : PER_MEAN_DEVIATION / meanDeviation(values, median);
  if (!Number.isFinite(perUnit)) return [];
  return values.flatMap((value, position) => (Math.abs(value - median) * perUnit > LIMIT ? [position] : []));
}

function meanDeviation(values: readonly number[], median: number): number {
  return values.reduce((sum, value) => sum + Math.abs(value - median), 0) / values.length;
}
