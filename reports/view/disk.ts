/** What lies on the host's disk for each box, thing by thing: sizes of four kinds, never mixed. */
import type { ResultDocument } from '../../benchmarks/result/schema.ts';
import { quantityText } from './numbers.ts';
import type { RuntimeView } from './runtimes.ts';

export interface DiskItemView {
  readonly name: string;
  readonly storey: string;
  /** '–' for what has no such notion. */
  readonly capacity: string;
  readonly length: string;
  readonly allocated: string;
  /** Whether further instances use the same bytes. */
  readonly use: string;
}

export interface BoxDiskView {
  readonly runtime: RuntimeView;
  readonly items: readonly DiskItemView[];
}

export function diskViews(result: ResultDocument, runtimes: readonly RuntimeView[]): BoxDiskView[] {
  return runtimes.flatMap((runtime) => {
    const disk = result.runtimes.find(({ id }) => id === runtime.id)?.disk ?? [];
    if (disk.length === 0) return [];
    const items = disk.map(({ name, storey, capacityBytes, lengthBytes, allocatedBytes, shared }) => ({
      name,
      storey: storey.replace('-', ' '),
      capacity: capacityBytes === null ? '–' : quantityText('bytes', capacityBytes),
      length: quantityText('bytes', lengthBytes),
      allocated: quantityText('bytes', allocatedBytes),
      use: shared ? 'shared' : 'each its own',
    }));
    return [{ runtime, items }];
  });
}
