/** Series that moved while they were taken: their median is that of no moment. */
import { floorBetween } from '../noise/floor.ts';
import type { Noise, RuntimeEntry, Warning } from '../result/schema.ts';
import { LEVEL } from '../statistics/holm.ts';
import type { Summary } from '../statistics/summarise.ts';

/** One warning for them all: what moves one series mostly moves the others too. */
export function driftWarnings(summaries: readonly Summary[], noise: readonly Noise[], runtimes: readonly RuntimeEntry[]): Warning[] {
  const moved = summaries.flatMap(({ statistic: { metric, runtime, summary } }) => {
    const drift = summary?.drift;
    if (summary == null || drift?.share == null || drift.pHolm >= LEVEL) return [];
    const aside = Math.max(summary.high ?? 0, 2 * summary.median - (summary.low ?? 0)) / summary.median - 1;
    const floor = floorBetween(noise, metric, runtimes, runtime, runtime) ?? aside;
    return Math.abs(drift.share) > floor ? [`${metric} of ${runtime} by ${drift.share > 0 ? '+' : '−'}${Number((Math.abs(drift.share) * 100).toPrecision(2))} % (Mann–Kendall, corrected p = ${drift.pHolm.toPrecision(1)})`] : [];
  });
  if (moved.length === 0) return [];
  return [
    {
      id: 'drift',
      symptom: `Figures moved from the first sample to the last: ${moved.join(', ')}.`,
      cause: 'The machine changed during the run: it warmed up, filled its caches, ran at another clock, or something grew or was cleaned up meanwhile. The medians stand for no single moment; ratios suffer less, since rounds are interleaved.',
      remedy: 'Look at the samples over time and at the machine’s conditions; run again when it has settled.',
    },
  ];
}
