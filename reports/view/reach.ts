/** How much of the host's kernel the programs in a box can ask for anything. */
import type { ResultDocument } from '../../benchmarks/result/schema.ts';
import type { RuntimeView } from './runtimes.ts';

export interface ReachRow {
  readonly runtime: RuntimeView;
  /** `317 of 373` */
  readonly countText: string;
  readonly text: string;
}

/** Of boxes whose calls somebody has counted. */
export function reachRows(result: ResultDocument, runtimes: readonly RuntimeView[]): ReachRow[] {
  return runtimes.flatMap((runtime) => {
    const reach = result.runtimes.find(({ id }) => id === runtime.id)?.reach;
    return reach === undefined ? [] : [{ runtime, countText: `${reach.calls} of ${reach.of}`, text: reach.text }];
  });
}
