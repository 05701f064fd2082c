/** How large a difference the machines showed between two names of one runtime: below it a change says nothing. */
import type { ResultDocument } from '../result/schema.ts';

/** The largest of all, as a share: 0.02 is 2 %. `null` when no run entered a runtime under two names (an A/A pair). */
export function noiseFloorOf(metric: string, ...documents: readonly ResultDocument[]): number | null {
  const floors = documents.flatMap((document) => floorsOf(metric, document));
  return floors.length === 0 ? null : Math.max(...floors);
}

function floorsOf(metric: string, { runtimes, statistics }: ResultDocument): number[] {
  const median = (id: string): number | undefined => statistics.find((each) => each.metric === metric && each.runtime === id)?.summary?.median;
  const boxes = runtimes.filter(({ rung }) => rung === undefined);
  return boxes.flatMap((one, position) =>
    boxes.slice(position + 1).flatMap((other) => {
      const [a, b] = [median(one.id), median(other.id)];
      if (one.runtime !== other.runtime || a === undefined || b === undefined || a <= 0 || b <= 0) return [];
      return [Math.max(a, b) / Math.min(a, b) - 1];
    }),
  );
}
