/** Every series summed up, and with the replicates by which two of them are compared. */
import { stream } from '../random/stream.ts';
import type { Statistic } from '../result/schema.ts';
import { bootstrapMedians, interval95, LEAST_FOR_INTERVAL } from './bootstrap.ts';
import { describe } from './describe.ts';
import { drift } from './drift.ts';
import { holm } from './holm.ts';
import { outliers } from './outliers.ts';
import { LEAST_FOR, quantile } from './quantile.ts';
import type { Series } from './series.ts';

export interface Summary {
  readonly series: Series;
  readonly statistic: Statistic;
  /** Ascending. */
  readonly sorted: readonly number[];
  /** `null` below 5 samples: no interval is told then. */
  readonly medians: Float64Array | null;
}

/** @param seed the run's: the same samples and seed give the same intervals */
export function summarise(series: Series, emulated: boolean, seed: string): Summary {
  const { metric, runtime, values, indices, times, failed } = series;
  const base = { metric: metric.id, runtime, emulated, n: values.length, failed };
  if (values.length === 0) return { series, statistic: { ...base, summary: null }, sorted: [], medians: null };
  const { mean, standardDeviation, median, mad, p99, sorted } = describe(values);
  const n = values.length;
  const medians = n < LEAST_FOR_INTERVAL ? null : bootstrapMedians(sorted, stream(seed, 'bootstrap', metric.id, runtime));
  const interval = medians === null ? null : interval95(medians);
  const summary: Statistic['summary'] = {
    median,
    low: interval?.low ?? null,
    high: interval?.high ?? null,
    min: sorted[0] as number,
    max: sorted[n - 1] as number,
    mean,
    standardDeviation,
    p90: n >= LEAST_FOR.p90 ? quantile(sorted, 0.9) : null,
    p95: n >= LEAST_FOR.p95 ? quantile(sorted, 0.95) : null,
    p99: n >= LEAST_FOR.p99 ? p99 : null,
    outliers: outliers(values, median, mad).map((position) => indices[position] as number),
    ...(times === undefined ? {} : { drift: movement(values, times, median) }),
  };
  return { series, statistic: { ...base, summary }, sorted, medians };
}

type Movement = NonNullable<NonNullable<Statistic['summary']>['drift']>;

const MINUTE_MS = 60_000;

function movement(values: readonly number[], times: readonly number[], median: number): Movement | null {
  const found = drift(values, times);
  if (found === null) return null;
  const overRun = found.slope * ((times.at(-1) ?? 0) - (times[0] ?? 0));
  return { tau: found.tau, p: found.p, pHolm: found.p, perMinute: found.slope * MINUTE_MS, share: median === 0 ? null : overRun / median };
}

/** Corrects the tests for drift for how many series were tested. */
export function correctDrift(summaries: readonly Summary[]): Summary[] {
  const ps = summaries.flatMap(({ statistic: { summary } }) => summary?.drift?.p ?? []);
  const corrected = holm(ps);
  let next = 0;
  return summaries.map((each) => {
    const { summary } = each.statistic;
    if (summary?.drift == null) return each;
    return { ...each, statistic: { ...each.statistic, summary: { ...summary, drift: { ...summary.drift, pHolm: corrected[next++] as number } } } };
  });
}
