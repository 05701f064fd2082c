/** Many boxes: how many fit, and how many can be started in a second. */
import type { ResultDocument } from '../../benchmarks/result/schema.ts';
import { quantityText } from './numbers.ts';
import type { RuntimeView } from './runtimes.ts';

export interface DensityRow {
  readonly runtime: RuntimeView;
  readonly fits: number;
  readonly started: number;
  readonly fitsText: string;
  readonly startedText: string;
  /** `97 % reckoned`, or "all started". */
  readonly projectedText: string;
  readonly eachText: string;
}

export interface RateRow {
  readonly runtime: RuntimeView;
  /** Starts a second, by number of starters; null where it has none. */
  readonly rates: readonly (number | null)[];
  readonly texts: readonly string[];
}

export interface CrowdView {
  /** Of the host's memory, what the boxes of density could take; null where that is not known. */
  readonly budgetText: string | null;
  readonly density: readonly DensityRow[];
  readonly starters: readonly number[];
  readonly rates: readonly RateRow[];
}

export function crowdView(result: ResultDocument, runtimes: readonly RuntimeView[]): CrowdView {
  const median = (metric: string, runtime: RuntimeView): number | null => result.statistics.find((each) => each.metric === metric && each.runtime === runtime.id)?.summary?.median ?? null;
  const starters = result.metrics.flatMap(({ benchmark, name }) => (benchmark === 'rate' && /^starters\d+$/.test(name) ? [Number(name.slice('starters'.length))] : [])).sort((a, b) => a - b);
  const budget = result.run.options.budgetBytes;
  return {
    budgetText: budget === undefined ? null : quantityText('bytes', budget),
    density: runtimes.flatMap((runtime) => {
      const [fits, started, projected, each] = ['fits', 'started', 'projected', 'each'].map((name) => median(`density.${name}`, runtime));
      if (fits == null || started == null) return [];
      const reckoned = projected == null ? '–' : projected > 0 ? `${(projected * 100).toFixed(0)} % reckoned` : 'all started';
      return [{ runtime, fits, started, fitsText: quantityText('count', Math.round(fits)), startedText: quantityText('count', Math.round(started)), projectedText: reckoned, eachText: each == null ? '–' : quantityText('bytes', each) }];
    }),
    starters,
    rates: runtimes.flatMap((runtime) => {
      const rates = starters.map((count) => median(`rate.starters${count}`, runtime));
      return rates.every((rate) => rate === null) ? [] : [{ runtime, rates, texts: rates.map((rate) => (rate === null ? 'not measured' : quantityText('1/s', rate))) }];
    }),
  };
}
