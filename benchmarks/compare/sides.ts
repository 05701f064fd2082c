/** The series of a result, by metric and runtime, ready to be held against another result's. */
import type { ResultDocument } from '../result/schema.ts';
import { bootstrapMedians, LEAST_FOR_INTERVAL } from '../statistics/bootstrap.ts';
import { seriesOf } from '../statistics/series.ts';
import { stream } from '../random/stream.ts';
import type { Side } from './comparable.ts';

/** One result's sides. */
export interface Sides {
  readonly document: ResultDocument;
  side(metric: string, runtime: string): Side;
  /** Medians of resamples; `null` below 5 samples. Drawn when first asked for. */
  medians(metric: string, runtime: string): Float64Array | null;
}

export function sidesOf(number: number, document: ResultDocument): Sides {
  const who = `result ${number}`;
  const { metrics, runtimes } = document;
  const key = (metric: string, runtime: string): string => JSON.stringify([metric, runtime]);
  const series = new Map(seriesOf(document.samples, metrics, runtimes.map(({ id }) => id)).map((each) => [key(each.metric.id, each.runtime), each]));
  const sides = new Map<string, Side>();
  const drawn = new Map<string, Float64Array | null>();
  const side = (metric: string, runtime: string): Side => {
    const at = key(metric, runtime);
    const before = sides.get(at);
    if (before !== undefined) return before;
    const found = series.get(at);
    const made = {
      who,
      document,
      metric: metrics.find(({ id }) => id === metric),
      runtime: runtimes.find(({ id }) => id === runtime),
      sorted: [...(found?.values ?? [])].sort((a, b) => a - b),
      failed: found?.failed ?? 0,
    };
    sides.set(at, made);
    return made;
  };
  const medians = (metric: string, runtime: string): Float64Array | null => {
    const at = key(metric, runtime);
    const before = drawn.get(at);
    if (before !== undefined) return before;
    const { sorted } = side(metric, runtime);
    // The run's id is in it: two runs of one seed would otherwise be resampled in step, and their ratio look too sure.
    const made = sorted.length < LEAST_FOR_INTERVAL ? null : bootstrapMedians(sorted, stream(document.run.options.seed, 'compare', document.run.id, metric, runtime));
    drawn.set(at, made);
    return made;
  };
  return { document, side, medians };
}
