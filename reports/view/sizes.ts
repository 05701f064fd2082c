/** Four sizes of what a box is made of, which are never added or mixed, and what each further box needs again. */
import type { ResultDocument } from '../../benchmarks/result/schema.ts';
import { intervalText, quantityText } from './numbers.ts';
import type { RuntimeView } from './runtimes.ts';

export const SIZE_NAMES = ['capacity', 'length', 'allocated', 'unique'] as const;

export interface SizesRow {
  readonly runtime: RuntimeView;
  /** In the order of SIZE_NAMES; null where the box has no such size. */
  readonly bytes: readonly (number | null)[];
  readonly texts: readonly string[];
  /** What one more was seen to allocate, by the line over N; why not, where it was not. */
  readonly eachText: string;
}

/** Programs of the runtime and the hypervisor are on a host once, however many boxes there are. */
const SUPPORT: readonly string[] = ['runtime', 'hypervisor'];

function capacity(disk: ResultDocument['runtimes'][number]['disk']): number | null {
  const known = disk.filter(({ storey, capacityBytes }) => !SUPPORT.includes(storey) && capacityBytes !== null);
  return known.length === 0 ? null : known.reduce((sum, { capacityBytes }) => sum + (capacityBytes ?? 0), 0);
}

export function sizesRows(result: ResultDocument, runtimes: readonly RuntimeView[]): SizesRow[] {
  return runtimes.flatMap((runtime) => {
    const summary = (metric: string) => result.statistics.find((each) => each.metric === metric && each.runtime === runtime.id)?.summary ?? null;
    const disk = result.runtimes.find(({ id }) => id === runtime.id)?.disk ?? [];
    const bytes = [capacity(disk), ...SIZE_NAMES.slice(1).map((name) => summary(`disk.${name}`)?.median ?? null)];
    if (bytes.slice(1).every((each) => each === null)) return [];
    const slope = summary('growth.diskSlope');
    const spread = slope === null ? null : intervalText('bytes', slope.low, slope.high);
    return [{
      runtime,
      bytes,
      texts: bytes.map((each) => (each === null ? '–' : quantityText('bytes', each))),
      eachText: slope === null ? 'not measured' : `${quantityText('bytes', slope.median)}${spread === null ? '' : ` (${spread})`}`,
    }];
  });
}
