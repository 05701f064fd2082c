/** What a change is called, once it has been measured. */
import type { Metric } from '../result/schema.ts';
import { LEVEL } from '../statistics/holm.ts';
import type { Change, Verdict } from './document.ts';

/** What is better, by unit: nobody wants to wait or to hold more, and everybody wants more done in a second. Counts and ratios may be either. */
const BETTER: Readonly<Partial<Record<string, 'less' | 'more'>>> = { ms: 'less', bytes: 'less', 'ms/s': 'less', '1/s': 'more' };

export interface Measured {
  readonly unit: Metric['unit'];
  readonly counts: readonly [other: number, baseline: number];
  readonly ratio: Change['ratio'];
  readonly difference: NonNullable<Change['difference']>;
  readonly test: Change['test'];
  readonly noiseFloor: number | null;
  /** Sizes that do not scatter on either side are compared as they are. */
  readonly constant: boolean;
}

export type Judgement = Pick<Change, 'verdict' | 'better' | 'reason'>;

/** A difference is shown when interval and corrected test agree on it and it is larger than the machine's own noise. */
export function judge(measured: Measured): Judgement {
  const reason = whyNotShown(measured);
  if (reason !== null) return { verdict: 'no-difference', better: null, reason };
  const more = measured.difference.value > 0;
  const wanted = BETTER[measured.unit];
  return { verdict: direction(measured.unit, more), better: wanted === undefined ? null : (wanted === 'more') === more, reason: '' };
}

function direction(unit: Metric['unit'], more: boolean): Verdict {
  if (unit === 'ms') return more ? 'slower' : 'faster';
  return more ? 'higher' : 'lower';
}

function whyNotShown({ counts, ratio, difference, test, noiseFloor, constant }: Measured): string | null {
  if (constant) return difference.value === 0 ? 'equal, and neither scatters' : null;
  const { low, high } = difference;
  if (low === null || high === null) return `too few samples for an interval: ${counts[0]} against ${counts[1]}`;
  if (low <= 0 && high >= 0) return 'the interval has no difference in it as well';
  if (test !== null && test.corrected >= LEVEL) return `the interval shows one, the test does not: p = ${test.corrected.toPrecision(2)} after correction for ${test.family} comparisons`;
  if (noiseFloor !== null && ratio !== null && Math.max(ratio.value, 1 / ratio.value) - 1 <= noiseFloor) return `smaller than the machine’s own noise of ${(noiseFloor * 100).toPrecision(2)} %`;
  return null;
}
