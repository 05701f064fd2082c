/** A metric's row for each box: its median with its interval, in words and in numbers. */
import type { Comparison, Metric, ResultDocument, Statistic } from '../../benchmarks/result/schema.ts';
import { noiseText } from './noise.ts';
import { intervalText, quantityText, timesText, type Quantity } from './numbers.ts';
import type { RuntimeView } from './runtimes.ts';

export interface Row {
  readonly runtime: RuntimeView;
  readonly median: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
  readonly failed: number;
  /** `1.24 ms`, or `not measured: …`. */
  readonly text: string;
  /** `1.20–1.31 ms`, or why there is none. */
  readonly intervalText: string;
  /** `3.1 times process (2.9–3.3)`, or null for the process itself and where there is nothing to compare; of a rung, what it adds. */
  readonly ratioText: string | null;
  /** Every good value, in the order taken. */
  readonly values: readonly number[];
}

export interface MetricView {
  readonly id: string;
  readonly title: string;
  readonly quantity: Quantity;
  readonly definition: string;
  readonly anchor: string;
  readonly primary: boolean;
  /** What `ratioText` is held against, as the heading of its column. */
  readonly against: string;
  readonly rows: readonly Row[];
}

/** `3.1 × process (2.9–3.3; A/A ±2.0 %)`; a ratio without an interval says that there are too few samples for one. */
export function ratioText(comparison: Comparison | undefined, baseline: string): string | null {
  const ratio = comparison?.ratio ?? null;
  if (ratio === null) return null;
  const spread = ratio.low === null || ratio.high === null ? 'too few samples for an interval' : `${timesText(ratio.low)}–${timesText(ratio.high)}`;
  const noise = comparison?.noise == null ? '' : `; A/A ${noiseText(comparison.noise)}`;
  return `${timesText(ratio.value)} × ${baseline} (${spread}${noise})${comparison?.verdict === 'no difference shown' ? ': no difference shown' : ''}`;
}

function valuesOf(result: ResultDocument, metric: Metric, runtime: string): number[] {
  return result.samples.flatMap((sample) => {
    if (sample.outcome !== 'ok' || sample.benchmark !== metric.benchmark || sample.runtime !== runtime) return [];
    const value = sample.values[metric.name];
    return value === undefined ? [] : [value];
  });
}

/** Whether there are good samples, of which none has this metric: a box that boots nothing has no service. */
function wasTaken(result: ResultDocument, { benchmark }: Metric, runtime: string): boolean {
  return result.samples.some((sample) => sample.outcome === 'ok' && sample.benchmark === benchmark && sample.runtime === runtime);
}

/** `+330 µs (310–345 µs)`: what a rung adds to the one below. */
function addedText(result: ResultDocument, metric: Metric, runtime: RuntimeView): string | null {
  const difference = result.comparisons.find((each) => each.metric === metric.id && each.runtime === runtime.id)?.difference;
  if (difference === undefined) return null;
  const spread = intervalText(metric.unit, difference.low, difference.high);
  return `${difference.value < 0 ? '' : '+'}${quantityText(metric.unit, difference.value)}${spread === null ? '' : ` (${spread})`}`;
}

function row(result: ResultDocument, metric: Metric, runtime: RuntimeView, statistic: Statistic | undefined): Row {
  const summary = statistic?.summary ?? null;
  const failed = statistic?.failed ?? 0;
  const n = statistic?.n ?? 0;
  const why = runtime.notMeasured ?? runtime.unmeasurable[metric.id] ?? runtime.unmeasurable[metric.benchmark] ?? (failed > 0 ? `all ${failed} starts failed` : wasTaken(result, metric, runtime.id) ? 'none of its samples has this' : 'no sample was taken');
  const comparison = result.comparisons.find((each) => each.metric === metric.id && each.runtime === runtime.id && each.baseline === 'process');
  return {
    runtime,
    median: summary?.median ?? null,
    low: summary?.low ?? null,
    high: summary?.high ?? null,
    n,
    failed,
    text: summary === null ? `not measured: ${why}` : quantityText(metric.unit, summary.median),
    intervalText: summary === null ? '' : (intervalText(metric.unit, summary.low, summary.high) ?? `n = ${n}: too few for an interval`),
    ratioText: runtime.rung ? addedText(result, metric, runtime) : runtime.id === 'process' ? null : ratioText(comparison, 'process'),
    values: valuesOf(result, metric, runtime.id),
  };
}

export function metricView(result: ResultDocument, metric: Metric, runtimes: readonly RuntimeView[]): MetricView {
  const statistics = new Map(result.statistics.filter((each) => each.metric === metric.id).map((each) => [each.runtime, each]));
  return {
    id: metric.id,
    title: metric.title,
    quantity: metric.unit,
    definition: metric.definition,
    anchor: metric.anchor,
    primary: metric.primary,
    against: runtimes.some(({ rung }) => rung) ? 'adds' : 'against a plain process',
    // What a kind of box cannot have is no gap in its figures.
    rows: runtimes.filter(({ kind }) => metric.kinds === undefined || metric.kinds.includes(kind)).map((runtime) => row(result, metric, runtime, statistics.get(runtime.id))),
  };
}
