/** What a run holds for or against a claim: figures with their intervals, and what a ratio of them settles. */
import type { Comparison, Metric, ResultDocument, RuntimeEntry } from '../../../benchmarks/result/schema.ts';
import { intervalText, quantityText, timesText } from '../numbers.ts';
import type { RuntimeView } from '../runtimes.ts';

export type Verdict = 'supported' | 'not supported' | 'mixed' | 'not tested here';

export interface ClaimFigure {
  readonly label: string;
  readonly text: string;
  /** '' for a figure that has none. */
  readonly intervalText: string;
  readonly emulated: boolean;
}

/** What came of a claim. */
export interface Finding {
  readonly verdict: Verdict;
  /** Why, in a sentence or two. */
  readonly why: string;
  readonly figures: readonly ClaimFigure[];
}

/** Why emulated figures settle nothing. */
export const EMULATED_ALONE = 'The machine was emulated: its figures are shown, and say nothing of hardware virtualisation.';

/** Settles that a ratio lies above 1, below, or that neither is shown. */
export type Direction = 'more' | 'less' | 'open' | 'emulated' | 'too few' | 'missing';

export class Evidence {
  readonly result: ResultDocument;
  readonly runtimes: readonly RuntimeView[];
  readonly container: RuntimeView | null;
  /** The machine as people run it: the heaviest that was measured. */
  readonly machine: RuntimeView | null;
  /** All machines with an operating system that were measured, lightest first. */
  readonly machines: readonly RuntimeView[];

  constructor(result: ResultDocument, runtimes: readonly RuntimeView[]) {
    this.result = result;
    this.runtimes = runtimes;
    const there = runtimes.filter(({ notMeasured, rung }) => notMeasured === null && !rung);
    this.container = there.find(({ id }) => id === 'container') ?? null;
    this.machines = there.filter(({ kind, id }) => kind === 'vm' && id !== 'vm-floor');
    this.machine = this.machines.at(-1) ?? null;
  }

  entry(id: string): RuntimeEntry | undefined {
    return this.result.runtimes.find((each) => each.id === id);
  }

  #metric(id: string): Metric | undefined {
    return this.result.metrics.find((each) => each.id === id);
  }

  median(metric: string, runtime: RuntimeView | null): number | null {
    return this.result.statistics.find((each) => each.metric === metric && each.runtime === runtime?.id)?.summary?.median ?? null;
  }

  /** The figure of a box in a metric; none where there is no figure. */
  figure(metric: string, runtime: RuntimeView | null, label = runtime?.name ?? ''): ClaimFigure[] {
    const unit = this.#metric(metric)?.unit;
    const summary = this.result.statistics.find((each) => each.metric === metric && each.runtime === runtime?.id)?.summary ?? null;
    if (unit === undefined || summary === null || runtime === null) return [];
    return [{ label, text: quantityText(unit, summary.median), intervalText: intervalText(unit, summary.low, summary.high) ?? 'too few samples for an interval', emulated: runtime.emulated }];
  }

  comparison(metric: string, runtime: RuntimeView | null, baseline: string): Comparison | undefined {
    return this.result.comparisons.find((each) => each.metric === metric && each.runtime === runtime?.id && each.baseline === baseline);
  }

  /** `vm-micro ÷ container: 640 × (610–670)` */
  ratio(metric: string, runtime: RuntimeView | null, baseline: string): ClaimFigure[] {
    const comparison = this.comparison(metric, runtime, baseline);
    const ratio = comparison?.ratio ?? null;
    if (comparison === undefined || ratio === null || runtime === null) return [];
    const spread = ratio.low === null || ratio.high === null ? 'too few samples for an interval' : `${timesText(ratio.low)}–${timesText(ratio.high)}`;
    return [{ label: `${runtime.name} ÷ ${baseline}`, text: `${timesText(ratio.value)} ×`, intervalText: spread, emulated: comparison.emulated }];
  }

  /** @param everywhere figures that do not depend on how the guest's processor is made: what lies on a disk */
  direction(metric: string, runtime: RuntimeView | null, baseline: string, everywhere = false): Direction {
    const comparison = this.comparison(metric, runtime, baseline);
    const ratio = comparison?.ratio ?? null;
    if (comparison === undefined || ratio === null) return 'missing';
    if (comparison.emulated && !everywhere) return 'emulated';
    if (ratio.low === null || ratio.high === null) return 'too few';
    if (comparison.verdict === 'no difference shown') return 'open';
    return ratio.low > 1 ? 'more' : ratio.high < 1 ? 'less' : 'open';
  }

  /** Why there is no figure of a benchmark, as a sentence. */
  lacking(benchmark: string, runtime: RuntimeView | null, what: string): string {
    if (runtime === null) return `No ${what} was measured in this run.`;
    const reason = runtime.unmeasurable[benchmark];
    if (reason !== undefined) return `${runtime.name}: ${reason}.`;
    return this.result.run.options.benchmarks.includes(benchmark) ? `There is no figure of it for ${runtime.name}.` : `The benchmark ${benchmark} was not in this run: tare bench --benchmarks ${benchmark}.`;
  }
}

export function untested(why: string, figures: readonly ClaimFigure[] = []): Finding {
  return { verdict: 'not tested here', why, figures };
}

export const TOO_FEW = 'There are too few samples to tell.';
