/** One start of each box, step by step: the one nearest the median. */
import type { ResultDocument } from '../../benchmarks/result/schema.ts';
import { timelineOf } from '../../benchmarks/result/timeline.ts';
import type { RuntimeView } from './runtimes.ts';

export interface TimelineView {
  readonly runtime: RuntimeView;
  /** Round of the sample shown: the one whose figure is nearest the median. */
  readonly round: number;
  readonly steps: readonly { readonly label: string; readonly fromMs: number; readonly toMs: number }[];
}

/** The good start-up sample whose figure is nearest the median, step by step. */
export function timelineViews(result: ResultDocument, runtimes: readonly RuntimeView[]): TimelineView[] {
  return runtimes.flatMap((runtime) => {
    const median = result.statistics.find((each) => each.metric === 'startup.ready' && each.runtime === runtime.id)?.summary?.median;
    if (median === undefined) return [];
    const distance = (value: number | undefined): number => Math.abs((value ?? Number.POSITIVE_INFINITY) - median);
    const nearest = result.samples
      .flatMap((sample) => (sample.outcome === 'ok' && sample.benchmark === 'startup' && sample.runtime === runtime.id && sample.timeline !== undefined ? [sample] : []))
      .reduce<Extract<ResultDocument['samples'][number], { outcome: 'ok' }> | null>((best, sample) => (best === null || distance(sample.values['ready']) < distance(best.values['ready']) ? sample : best), null);
    const timeline = nearest === null ? undefined : timelineOf(result, nearest);
    if (nearest === null || timeline === undefined) return [];
    let from = 0;
    const steps = timeline.map(({ label, ms }) => {
      const step = { label, fromMs: from, toMs: ms };
      from = ms;
      return step;
    });
    return [{ runtime, round: nearest.round, steps }];
  });
}
