import type { Metric, ResultDocument } from '../../benchmarks/result/schema.ts';
import { count, estimate, quantity } from './quantity.ts';

/** One metric of one runtime: a median with its interval, or the reason why there is none. Never zero for nothing. */
export type Figure =
  | {
      readonly state: 'measured';
      /** In the metric's unit: milliseconds or bytes. */
      readonly median: number;
      readonly low: number | null;
      readonly high: number | null;
      readonly min: number;
      readonly max: number;
      readonly p90: number | null;
      readonly p95: number | null;
      readonly p99: number | null;
      readonly n: number;
      readonly failed: number;
      readonly emulated: boolean;
      readonly outliers: readonly number[];
      /** `1.52 ms` */
      readonly text: string;
      /** `1.49–1.58 ms`, or why there is no interval: `n = 3, too few for an interval`. */
      readonly interval: string;
      /** `1.52 ms (1.49–1.58)`, or with the reason in the brackets. */
      readonly full: string;
    }
  | { readonly state: 'not-measured'; readonly reason: string; readonly failed: number };

export type Measured = Extract<Figure, { state: 'measured' }>;

/** Fewer good samples than this give no interval: the harness's rule, said again where one is missing. */
export const SAMPLES_FOR_INTERVAL = 5;

/** Why a figure of n samples stands without an interval. */
export function noInterval(n: number): string {
  return n < SAMPLES_FOR_INTERVAL ? `n = ${n}, too few for an interval` : `n = ${n}, no interval in the result`;
}

/** The metric that sums up a benchmark, or `null` when the document has none of that benchmark. */
export function primaryMetric(document: ResultDocument, benchmark: string): Metric | null {
  const own = document.metrics.filter((metric) => metric.benchmark === benchmark);
  return own.find((metric) => metric.primary) ?? own[0] ?? null;
}

/** The first metric of a benchmark that has one of these names. */
export function metricNamed(document: ResultDocument, benchmark: string, ...names: string[]): Metric | null {
  return document.metrics.find((metric) => metric.benchmark === benchmark && names.includes(metric.name)) ?? null;
}

/** Looks a figure up, or finds out why it is missing. */
export function figureOf(document: ResultDocument, metric: Metric, runtimeId: string): Figure {
  const runtime = document.runtimes.find(({ id }) => id === runtimeId);
  const statistic = document.statistics.find((one) => one.metric === metric.id && one.runtime === runtimeId);
  if (statistic?.summary) {
    const { summary, n, failed } = statistic;
    const unit = metric.unit;
    const { value, interval, bare } = estimate(summary.median, summary.low, summary.high, unit);
    return {
      state: 'measured', median: summary.median, low: summary.low, high: summary.high, min: summary.min, max: summary.max,
      p90: summary.p90, p95: summary.p95, p99: summary.p99, n, failed,
      emulated: statistic.emulated || runtime?.emulated === true, outliers: summary.outliers,
      text: value, interval: interval ?? noInterval(n), full: `${value} (${bare ?? noInterval(n)})`,
    };
  }
  return { state: 'not-measured', failed: statistic?.failed ?? 0, reason: missing(document, metric, runtimeId, statistic?.failed ?? 0) };
}

function missing(document: ResultDocument, metric: Metric, runtimeId: string, failed: number): string {
  const runtime = document.runtimes.find(({ id }) => id === runtimeId);
  if (runtime?.state.state === 'unavailable') return runtime.state.reason;
  const failure = document.samples.find((sample) => sample.outcome === 'failed' && sample.runtime === runtimeId && sample.benchmark === metric.benchmark);
  if (failure?.outcome === 'failed') {
    const times = failed > 1 ? `all ${count(failed, 'sample')} failed` : 'its only sample failed';
    return `${times}: ${failure.failure.message}`;
  }
  if (document.run.state === 'interrupted') return 'the run was interrupted before its first sample';
  return `no sample of ${metric.title} was taken`;
}

/** The spread in words: `fastest 1.41 ms, slowest 1.93 ms`. */
export function spread(figure: Measured, unit: Metric['unit']): string {
  return `${quantity(figure.min, unit)} to ${quantity(figure.max, unit)}`;
}
