/** What the comparisons of a document amount to, all of them taken together. */
import type { Comparison } from '../result/schema.ts';
import { holm, LEVEL } from './holm.ts';

/**
 * Corrects the tests for how many they are, puts the noise beside each ratio, and says what is shown.
 * @param noise how far two names of one thing differed, as a share, for each comparison; `null`: not known
 */
export function judged(comparisons: readonly Comparison[], noise: (of: Comparison) => number | null): Comparison[] {
  const tested = comparisons.filter(({ mannWhitney }) => mannWhitney != null);
  const corrected = holm(tested.map(({ mannWhitney }) => mannWhitney?.p ?? 1));
  const pHolm = new Map(tested.map((comparison, index) => [comparison, corrected[index] as number]));
  return comparisons.map((comparison) => {
    const { mannWhitney } = comparison;
    const test = mannWhitney == null ? null : { ...mannWhitney, pHolm: pHolm.get(comparison) ?? mannWhitney.p };
    const floor = noise(comparison);
    return { ...comparison, mannWhitney: test, noise: floor, verdict: verdict({ ...comparison, mannWhitney: test }, floor) };
  });
}

/**
 * A difference is shown when the interval, the corrected test and the noise agree on it. `null` where so few
 * samples could show none: no interval, or a test that fails although every value of one side lies beyond
 * all of the other.
 */
function verdict({ ratio, difference: { value, low, high }, mannWhitney, cliffsDelta }: Comparison, floor: number | null): NonNullable<Comparison['verdict']> | null {
  if (low === null || high === null || cliffsDelta == null) return null;
  const shown = mannWhitney === null || mannWhitney === undefined || mannWhitney.pHolm < LEVEL;
  if (!shown && Math.abs(cliffsDelta) === 1) return null;
  const agreed = value > 0 ? low > 0 && cliffsDelta > 0 : high < 0 && cliffsDelta < 0;
  const audible = floor === null || ratio === null || Math.max(ratio.value, 1 / ratio.value) - 1 > floor;
  if (!shown || !agreed || !audible) return 'no difference shown';
  return value > 0 ? 'higher' : 'lower';
}
