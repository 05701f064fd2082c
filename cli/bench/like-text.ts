/** In what a run differs from the one that it repeats, for people. */
import type { Difference } from '../../benchmarks/result/origin.ts';

export function likeLines({ id, differences }: { readonly id: string; readonly differences: readonly Difference[] }): string[] {
  if (differences.length === 0) return [`repeats run ${id}: nothing that is known differs`];
  return [`repeats run ${id}; what differs:`, ...differences.map(({ what, there, here }) => `  ${what}: there ${there}; here ${here}`)];
}
