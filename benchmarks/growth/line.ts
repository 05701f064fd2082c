/** What one more takes, and what there is before the first: a straight line that no single reading can tilt. Pure. */
import { theilSen } from '../statistics/drift.ts';
import { quantile } from '../statistics/quantile.ts';

export interface Line {
  readonly slope: number;
  readonly intercept: number;
}

/**
 * Slope by Theil and Sen; the intercept is the median of what is left of each value (Conover, "Practical Nonparametric
 * Statistics", 1980).
 * @param places ascending, at least two
 */
export function robustLine(places: readonly number[], values: readonly number[]): Line {
  const slope = theilSen(values, places);
  const rests = values.map((value, index) => value - slope * (places[index] ?? 0));
  return { slope, intercept: quantile(rests.sort((a, b) => a - b), 0.5) };
}
