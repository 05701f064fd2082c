/** What was set aside for a box, beside what it has made of it. */
import type { ResultDocument } from '../../benchmarks/result/schema.ts';
import { quantityText } from './numbers.ts';
import type { RuntimeView } from './runtimes.ts';

export interface ConfiguredRow {
  readonly runtime: RuntimeView;
  readonly configured: number;
  readonly charged: number;
  readonly configuredText: string;
  readonly chargedText: string;
  /** Guest RAM that the guest has touched; '–' where there is none to be told. */
  readonly touchedText: string;
  /** Kept by the guest's kernel before anybody could ask for memory. */
  readonly takenText: string;
  /** What the guest says is left for programs. */
  readonly leftText: string;
  /** Why figures are lacking. */
  readonly reasons: readonly string[];
}

/** Of boxes that had memory set aside and were weighed. */
export function configuredRows(result: ResultDocument, runtimes: readonly RuntimeView[]): ConfiguredRow[] {
  return runtimes.flatMap((runtime) => {
    const configured = result.runtimes.find(({ id }) => id === runtime.id)?.configuredMemoryBytes ?? null;
    const median = (name: string): number | null => result.statistics.find((each) => each.metric === `memory.${name}` && each.runtime === runtime.id)?.summary?.median ?? null;
    const charged = median('cgroup');
    if (configured === null || charged === null) return [];
    const text = (name: string): string => {
      const bytes = median(name);
      return bytes === null ? '–' : quantityText('bytes', bytes);
    };
    return [{ runtime, configured, charged, configuredText: quantityText('bytes', configured), chargedText: quantityText('bytes', charged), touchedText: text('ram'), takenText: text('taken'), leftText: text('available'), reasons: runtime.kind === 'vm' ? [...new Set(['ram', 'taken', 'available'].flatMap((name) => (median(name) === null ? [runtime.unmeasurable[`memory.${name}`] ?? 'not every figure was measured'] : [])))] : [] }];
  });
}
