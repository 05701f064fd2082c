/**
 * The Mann–Whitney U test, two-sided: whether values of one series tend to lie above those of another
 * (Mann and Whitney, Ann. Math. Stat. 18, 1947). Own code: of the libraries for Node only Python's and R's
 * namesakes have it with exact p-values, ties and the correction for continuity.
 */
import { normalTail } from './normal.ts';

export interface MannWhitney {
  /** Pairs in which the first series has the larger value; ties count a half. */
  readonly u: number;
  readonly p: number;
  /** −1 (every value of the first lies below the second) to 1; 2u/(n₁n₂) − 1 (Cliff, Psychol. Bull. 114, 1993). */
  readonly cliffsDelta: number;
}

/** As R's wilcox.test has it: exact where both series are shorter than this and no value occurs twice. */
const EXACT_BELOW = 50;

/** @param a ascending, at least one value @param b the same */
export function mannWhitney(a: ArrayLike<number>, b: ArrayLike<number>): MannWhitney {
  const { u, tied, tieSum } = countPairs(a, b);
  const [m, n] = [a.length, b.length];
  const p = !tied && m < EXACT_BELOW && n < EXACT_BELOW ? exactP(u, m, n) : approximateP(u, m, n, tieSum);
  return { u, p, cliffsDelta: (2 * u) / (m * n) - 1 };
}

/** One pass over both: u, whether any value occurs twice, and Σ(t³ − t) over the groups of equal values. */
function countPairs(a: ArrayLike<number>, b: ArrayLike<number>): { u: number; tied: boolean; tieSum: number } {
  let [i, j, u, tieSum] = [0, 0, 0, 0];
  while (i < a.length || j < b.length) {
    const value = Math.min(a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY);
    const below = j;
    const from = i;
    while (i < a.length && a[i] === value) i += 1;
    while (j < b.length && b[j] === value) j += 1;
    u += (i - from) * (below + (j - below) / 2);
    const equal = i - from + (j - below);
    tieSum += equal ** 3 - equal;
  }
  return { u, tied: tieSum > 0, tieSum };
}

/** Normal approximation with corrections for ties and continuity (Lehmann, "Nonparametrics", 1975, ch. 1). */
function approximateP(u: number, m: number, n: number, tieSum: number): number {
  const all = m + n;
  const variance = ((m * n) / 12) * (all + 1 - tieSum / (all * (all - 1)));
  if (!(variance > 0)) return 1; // all values are equal
  const z = Math.max(0, Math.abs(u - (m * n) / 2) - 0.5) / Math.sqrt(variance);
  return Math.min(1, 2 * normalTail(z));
}

function exactP(u: number, m: number, n: number): number {
  const lower = distribution(m, n);
  const least = Math.min(u, m * n - u);
  return Math.min(1, 2 * (lower[least] as number));
}

const known = new Map<string, Float64Array>();

/**
 * P(U ≤ u) for u from 0 to mn when all orders are equally likely: of the sets of m ranks out of m + n, the
 * share whose sum is at most u above the least. Only sums of positive terms, so nothing cancels.
 */
function distribution(m: number, n: number): Float64Array {
  const [few, many] = m < n ? [m, n] : [n, m];
  const key = `${few} ${many}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  const most = few * many;
  // ways[k][s]: choices of k numbers from 0 to `many`, in ascending order and repeating allowed, with sum s.
  const ways = Array.from({ length: few + 1 }, () => new Float64Array(most + 1));
  (ways[0] as Float64Array)[0] = 1;
  for (let part = 0; part <= many; part++) {
    for (let k = 1; k <= few; k++) {
      const [from, into] = [ways[k - 1] as Float64Array, ways[k] as Float64Array];
      for (let sum = part; sum <= most; sum++) into[sum] = (into[sum] as number) + (from[sum - part] as number);
    }
  }
  const counts = ways[few] as Float64Array;
  const total = counts.reduce((sum, count) => sum + count, 0);
  let running = 0;
  const lower = counts.map((count) => (running += count) / total);
  known.set(key, lower);
  return lower;
}
