/** From fork to a full machine: the boxes by what they take to start, each beside the one below. */
import type { MetricView } from '../metrics.ts';
import { quantityText, timesText } from '../numbers.ts';
import type { RuntimeView } from '../runtimes.ts';

export interface ClimbStep {
  readonly runtime: RuntimeView;
  readonly median: number;
  /** Of the step below, null for the lowest. */
  readonly below: number | null;
  /** `14 × container`, or empty for the lowest. */
  readonly timesText: string;
}

/** The boxes that everybody knows, which a run may take all or some of. */
const CLIMBED = ['process', 'container', 'vm-floor', 'vm-restore', 'vm-micro', 'vm-full'];

/** @returns from the quickest to the slowest; empty where fewer than two were measured */
export function climbView(metric: MetricView): ClimbStep[] {
  const measured = metric.rows.flatMap(({ runtime, median }) => (median === null || median <= 0 || !CLIMBED.includes(runtime.id) ? [] : [{ runtime, median }])).sort((a, b) => a.median - b.median);
  if (measured.length < 2) return [];
  return measured.map(({ runtime, median }, index) => {
    const below = measured[index - 1];
    return { runtime, median, below: below?.median ?? null, timesText: below === undefined ? '' : `${timesText(median / below.median)} × ${below.runtime.id}` };
  });
}

export function climbSummary(steps: readonly ClimbStep[]): string {
  return `${steps.map(({ runtime, median, timesText: times }) => `${runtime.label}: ${quantityText('ms', median)}${times === '' ? '' : `, ${times}`}`).join('; ')}.`;
}
