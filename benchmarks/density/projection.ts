/** From the memory that each further instance left free, how many there is room for. Pure. */
import { theilSen } from '../statistics/drift.ts';
import { quantile } from '../statistics/quantile.ts';

export interface Density {
  /** How many fit into the budget. */
  readonly fits: number;
  /** Share of them that was not started but reckoned: 0 when all were. */
  readonly projected: number;
  /** What one more takes (Theil–Sen). */
  readonly eachBytes: number;
}

/** So many times the typical distance from the line has the line to rise, or it is no line. */
const LEAST_RISE = 4;

function median(values: readonly number[]): number {
  return quantile([...values].sort((a, b) => a - b), 0.5);
}

/**
 * @param takenBytes what the first k instances took of the host's available memory, k = 1, 2, …; at least two
 * @returns `null` when one more takes nothing that could be told from the noise
 */
export function density(takenBytes: readonly number[], budgetBytes: number): Density | null {
  const counts = takenBytes.map((_, index) => index + 1);
  const eachBytes = theilSen(takenBytes, counts);
  const started = takenBytes.length;
  const base = median(takenBytes.map((taken, index) => taken - eachBytes * (index + 1)));
  const distance = median(takenBytes.map((taken, index) => Math.abs(taken - base - eachBytes * (index + 1))));
  if (!(eachBytes > 0) || eachBytes * started < LEAST_RISE * distance) return null;
  const over = takenBytes.findIndex((taken) => taken > budgetBytes);
  // Once over, it stays over: a dip later on is noise, and so is one reading that the rest do not bear out.
  if (over >= 0 && (takenBytes.at(-1) as number) > budgetBytes) return { fits: over, projected: 0, eachBytes };
  const fits = Math.max(started, Math.floor((budgetBytes - base) / eachBytes));
  return { fits, projected: (fits - started) / fits, eachBytes };
}
