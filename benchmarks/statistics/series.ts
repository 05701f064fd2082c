/** Series of values out of a run's samples: one for each metric and runtime, in the order they were taken. */
import type { Metric, Sample } from '../result/schema.ts';

export interface Series {
  readonly metric: Metric;
  readonly runtime: string;
  readonly values: readonly number[];
  /** For each value the index of its sample. */
  readonly indices: readonly number[];
  /** For each value when it was taken, in milliseconds since the run began; left out where nobody kept it. */
  readonly times?: readonly number[];
  /** Visits that yielded no value. */
  readonly failed: number;
}

/** Series of every metric for every runtime given, empty ones too: not measured is not left out. */
export function seriesOf(samples: readonly Sample[], metrics: readonly Metric[], runtimes: readonly string[]): Series[] {
  const visits = new Map<string, Sample[]>();
  const key = (benchmark: string, runtime: string): string => JSON.stringify([benchmark, runtime]);
  for (const sample of samples) {
    const at = key(sample.benchmark, sample.runtime);
    const list = visits.get(at);
    if (list === undefined) visits.set(at, [sample]);
    else list.push(sample);
  }
  return metrics.flatMap((metric) =>
    runtimes.map((runtime) => {
      const values: number[] = [];
      const indices: number[] = [];
      const times: number[] = [];
      let failed = 0;
      for (const sample of visits.get(key(metric.benchmark, runtime)) ?? []) {
        const value = sample.outcome === 'ok' ? sample.values[metric.name] : undefined;
        if (value === undefined) {
          if (sample.outcome === 'failed' || metric.sparse !== true) failed += 1;
        } else {
          values.push(value);
          indices.push(sample.index);
          times.push(sample.at);
        }
      }
      return { metric, runtime, values, indices, times, failed };
    }),
  );
}
