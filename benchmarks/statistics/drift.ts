/**
 * Whether a series moved while it was taken: Mann–Kendall's test of its values against their order (Mann,
 * Econometrica 13, 1945; Kendall, "Rank Correlation Methods", 1975) and Theil–Sen's slope (Sen, J. Am. Stat.
 * Assoc. 63, 1968). Both go by ranks and medians, so outliers at either end do not tilt them. Own code: no
 * kept library for Node has them, and the plain form of either takes quadratic time.
 */
import { normalTail } from './normal.ts';
import { quantile } from './quantile.ts';

/** The normal approximation of Kendall's S is good from 10 values on (Kendall 1975). */
export const LEAST_FOR_DRIFT = 10;

/** Points the slope is taken through; a longer series is cut into as many blocks, and the median of each taken. */
const MOST_POINTS = 200;

export interface Drift {
  /** Kendall's S over its greatest value, −1 (only falls) to 1 (only rises); ties shorten it. */
  readonly tau: number;
  /** Two-sided, with corrections for ties and continuity. */
  readonly p: number;
  /** Theil–Sen, in the values' unit per unit of time. */
  readonly slope: number;
}

/**
 * @param times ascending
 * @returns `null` for fewer values than 10
 */
export function drift(values: readonly number[], times: readonly number[]): Drift | null {
  const n = values.length;
  if (n < LEAST_FOR_DRIFT) return null;
  const { concordance: s, tieSum } = kendall(values);
  const variance = (n * (n - 1) * (2 * n + 5) - tieSum) / 18;
  const z = variance > 0 ? Math.max(0, Math.abs(s) - 1) / Math.sqrt(variance) : 0;
  return { tau: s / ((n * (n - 1)) / 2), p: Math.min(1, 2 * normalTail(z)), slope: theilSen(values, times) };
}

/** S = pairs that rise less pairs that fall, and Σ t(t − 1)(2t + 5) over groups of equal values, in n log n. */
function kendall(values: readonly number[]): { concordance: number; tieSum: number } {
  const n = values.length;
  const sorted = Float64Array.from(values);
  const falling = countFalls(sorted, new Float64Array(n));
  let [tieSum, tiedPairs] = [0, 0];
  for (let from = 0; from < n; ) {
    let to = from + 1;
    while (to < n && sorted[to] === sorted[from]) to += 1;
    const t = to - from;
    tiedPairs += (t * (t - 1)) / 2;
    if (t > 1) tieSum += t * (t - 1) * (2 * t + 5);
    from = to;
  }
  return { concordance: (n * (n - 1)) / 2 - tiedPairs - 2 * falling, tieSum };
}

/** Sorts by merging and counts the pairs that stood in falling order (Knight, J. Am. Stat. Assoc. 61, 1966). */
function countFalls(values: Float64Array, spare: Float64Array): number {
  const n = values.length;
  if (n < 2) return 0;
  const middle = n >> 1;
  const [left, right] = [values.subarray(0, middle), values.subarray(middle)];
  let falls = countFalls(left, spare) + countFalls(right, spare);
  let [i, j] = [0, 0];
  for (let at = 0; at < n; at++) {
    if (j >= right.length || (i < middle && (left[i] as number) <= (right[j] as number))) {
      spare[at] = left[i++] as number;
    } else {
      falls += middle - i;
      spare[at] = right[j++] as number;
    }
  }
  values.set(spare.subarray(0, n));
  return falls;
}

/** Median of the slopes of all pairs of points. */
export function theilSen(values: readonly number[], times: readonly number[]): number {
  const points = thinned(values, times);
  const slopes = new Float64Array((points.length * (points.length - 1)) / 2);
  let count = 0;
  for (const [index, one] of points.entries()) {
    for (let other = index + 1; other < points.length; other++) {
      const { value, time } = points[other] as Point;
      if (time > one.time) slopes[count++] = (value - one.value) / (time - one.time);
    }
  }
  return count === 0 ? 0 : quantile(slopes.subarray(0, count).sort(), 0.5);
}

interface Point {
  readonly value: number;
  readonly time: number;
}

function thinned(values: readonly number[], times: readonly number[]): Point[] {
  const blocks = Math.min(MOST_POINTS, values.length);
  const median = (of: readonly number[], from: number, to: number): number => quantile(Float64Array.from(of.slice(from, to)).sort(), 0.5);
  return Array.from({ length: blocks }, (_, block) => {
    const [from, to] = [block, block + 1].map((each) => Math.round((each * values.length) / blocks)) as [number, number];
    return { value: median(values, from, to), time: median(times, from, to) };
  });
}
