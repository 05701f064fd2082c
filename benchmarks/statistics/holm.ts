/**
 * p-values corrected for how many they are (Holm, Scand. J. Stat. 6, 1979): the chance that any of them
 * misleads stays where it is said to be, whatever depends on what. Equal to R's p.adjust(…, "holm").
 */
export function holm(ps: readonly number[]): number[] {
  const ascending = ps.map((p, position) => ({ p, position })).sort((a, b) => a.p - b.p);
  const corrected = new Array<number>(ps.length);
  let most = 0;
  for (const [rank, { p, position }] of ascending.entries()) {
    most = Math.max(most, Math.min(1, p * (ps.length - rank)));
    corrected[position] = most;
  }
  return corrected;
}

/** Below it a corrected p-value counts as evidence. */
export const LEVEL = 0.05;
