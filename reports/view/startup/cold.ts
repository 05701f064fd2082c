/** Cold beside warm: the same start with nothing of it in the host's page cache. */
import type { MetricView, Row } from '../metrics.ts';
import type { RuntimeView } from '../runtimes.ts';

export interface ColdPair {
  readonly runtime: RuntimeView;
  readonly warm: Row;
  readonly cold: Row;
}

export interface ColdView {
  /** Where both were measured. */
  readonly pairs: readonly ColdPair[];
  /** `vm-full: not measured: …` */
  readonly lacking: readonly string[];
  readonly summary: string;
}

function spread({ text, intervalText }: Row): string {
  return intervalText === '' ? text : `${text} (${intervalText})`;
}

/** @param cold the metric `cold.ready`, or undefined where the run did not take it */
export function coldView(warm: MetricView, cold: MetricView | undefined): ColdView {
  if (cold === undefined) return { pairs: [], lacking: ['not measured: this run took no cold starts (tare bench --benchmarks startup,cold)'], summary: '' };
  const both = cold.rows.map((row) => ({ runtime: row.runtime, cold: row, warm: warm.rows.find(({ runtime }) => runtime.id === row.runtime.id) }));
  const pairs = both.flatMap(({ runtime, cold: row, warm: beside }) => (row.median === null || beside === undefined || beside.median === null ? [] : [{ runtime, warm: beside, cold: row }]));
  return {
    pairs,
    lacking: both.flatMap(({ runtime, cold: row, warm: beside }) => (row.median === null ? [`${runtime.label}: ${row.text}`] : beside === undefined || beside.median === null ? [`${runtime.label}: ${row.text} cold; warm was not measured`] : [])),
    summary: pairs.length === 0 ? '' : `${pairs.map((pair) => `${pair.runtime.label}: ${spread(pair.warm)} warm, ${spread(pair.cold)} cold`).join('; ')}.`,
  };
}
