/** Fewer points for the drawing; the data stay whole. */

/** More points than these are thinned evenly over their ranks, so that both ends stay. */
const MOST_POINTS = 150;

export function thinned(values: readonly number[], most = MOST_POINTS): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  if (sorted.length <= most) return sorted;
  return Array.from({ length: most }, (_, index) => sorted[Math.round((index * (sorted.length - 1)) / (most - 1))] as number);
}
