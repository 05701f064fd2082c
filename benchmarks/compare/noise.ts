/** How large a difference the machines showed between two names of one runtime: below it a change says nothing. */
import { floorBetween } from '../noise/floor.ts';
import type { ResultDocument } from '../result/schema.ts';

/** The larger of the two machines' floors, as a share: 0.02 is 2 %. `null` when neither run had an A/A pair. */
export function noiseFloorOf(metric: string, runtime: string, ...documents: readonly ResultDocument[]): number | null {
  const floors = documents.map(({ noise = [], runtimes }) => floorBetween(noise, metric, runtimes, runtime, runtime)).filter((floor) => floor !== null);
  return floors.length === 0 ? null : Math.max(...floors);
}
