/** Two runtimes of one run held side by side. */
import type { Comparison, RuntimeEntry } from '../result/schema.ts';
import { interval95, LEAST_FOR_INTERVAL, pairedReplicates } from './bootstrap.ts';
import { mannWhitney } from './mann-whitney.ts';
import type { Summary } from './summarise.ts';

const UNKNOWN = { low: null, high: null };

/**
 * Each metric of every runtime against the plain process, and of every virtual machine against the
 * container too; each rung of the ladder against the one below. Pairs of which one side has no good sample are
 * left out, and so are twins: they are no runtimes of their own.
 */
export function compareRuntimes(summaries: readonly Summary[], runtimes: readonly RuntimeEntry[]): Comparison[] {
  const process = baseline(runtimes, 'process');
  const container = baseline(runtimes, 'container');
  const find = (metric: string, runtime: string): Summary | undefined =>
    summaries.find(({ series }) => series.metric.id === metric && series.runtime === runtime);
  return summaries.flatMap((summary) => {
    const id = summary.series.runtime;
    const entry = runtimes.find((each) => each.id === id);
    const kind = entry?.kind;
    if (entry?.twinOf !== undefined) return [];
    if (entry?.rung !== undefined) {
      const below = find(summary.series.metric.id, rungBelow(entry, runtimes) ?? '');
      const added = below === undefined ? null : compare(summary, below);
      return added === null ? [] : [added];
    }
    const baselines = [process, ...(kind === 'vm' ? [container] : [])].filter((other) => other !== undefined && other !== id);
    return baselines.flatMap((other) => {
      const against = other === undefined ? undefined : find(summary.series.metric.id, other);
      const comparison = against === undefined ? null : compare(summary, against);
      return comparison === null ? [] : [comparison];
    });
  });
}

/** The rung that this one adds a part to. */
function rungBelow(entry: RuntimeEntry, runtimes: readonly RuntimeEntry[]): string | undefined {
  const rungs = runtimes.filter(({ rung }) => rung !== undefined);
  return rungs[rungs.indexOf(entry) - 1]?.id;
}

/** The runtime named as its kind is, else the first of the kind, among those that were measured. */
function baseline(runtimes: readonly RuntimeEntry[], kind: RuntimeEntry['kind']): string | undefined {
  const measured = runtimes.filter((entry) => entry.kind === kind && entry.rung === undefined && entry.twinOf === undefined && entry.state.state === 'measured');
  return (measured.find(({ id }) => id === kind) ?? measured[0])?.id;
}

/**
 * The test as if it were the only one; `judged` corrects it.
 * @returns `null` when either side has no good sample
 */
export function compare(a: Summary, b: Summary): Comparison | null {
  const [one, other] = [a.statistic.summary, b.statistic.summary];
  if (one === null || other === null) return null;
  const interval = (of: (a: number, b: number) => number): { low: number | null; high: number | null } =>
    a.medians === null || b.medians === null ? UNKNOWN : (interval95(pairedReplicates(a.medians, b.medians, of)) ?? UNKNOWN);
  // Of figures that may lie below zero a ratio says nothing; where only resamples do, its interval does not.
  const bounded = b.medians?.every((median) => median > 0) === true;
  return {
    metric: a.statistic.metric,
    runtime: a.statistic.runtime,
    baseline: b.statistic.runtime,
    ratio: other.median <= 0 || one.median < 0 ? null : { value: one.median / other.median, ...(bounded ? interval((x, y) => x / y) : UNKNOWN) },
    difference: { value: one.median - other.median, ...interval((x, y) => x - y) },
    ...tested(a, b),
    emulated: a.statistic.emulated || b.statistic.emulated,
  };
}

/** Sizes that do not scatter on either side are compared as they are: there is nothing to test. */
function tested(a: Summary, b: Summary): Pick<Comparison, 'mannWhitney' | 'cliffsDelta'> {
  const { u, p, cliffsDelta } = mannWhitney(a.sorted, b.sorted);
  const constant = [a, b].every(({ sorted }) => sorted.length >= LEAST_FOR_INTERVAL && sorted[0] === sorted[sorted.length - 1]);
  return { mannWhitney: constant ? null : { u, p, pHolm: p }, cliffsDelta };
}
