/** A pilot promised how closely medians would be known; here is what became of it. */
import type { Pilot } from '../result/origin.ts';
import type { Warning } from '../result/schema.ts';
import type { Summary } from '../statistics/summarise.ts';

export function precisionWarnings(pilot: Pilot | undefined, summaries: readonly Summary[]): Warning[] {
  if (pilot === undefined) return [];
  const missed = pilot.runtimes.flatMap(({ runtime, needed, planned }) => {
    const summary = summaries.find(({ statistic }) => statistic.metric === `${pilot.benchmark}.${pilot.metric}` && statistic.runtime === runtime)?.statistic.summary;
    if (summary == null || summary.low === null || summary.high === null || summary.median === 0) return [];
    const halfWidth = (summary.high - summary.low) / 2 / summary.median;
    const bounded = needed !== null && planned < needed ? `, for which the pilot asked for ${needed} samples and the profile has time for ${planned}` : '';
    return halfWidth > pilot.target ? [`${runtime} ±${(halfWidth * 100).toFixed(1)} %${bounded}`] : [];
  });
  if (missed.length === 0) return [];
  return [
    {
      id: 'precision',
      symptom: `Medians of ${pilot.benchmark}.${pilot.metric} were to be known to ±${pilot.target * 100} %, and are not: ${missed.join('; ')}.`,
      cause: 'They scattered more in the run than in the pilot, which saw few starts and another hour; or the greatest number of rounds stood against it.',
      remedy: 'Take the wider interval as it is: the number of samples was fixed beforehand and is not raised afterwards; for a narrower one use a quieter machine, or more --samples in a new run.',
    },
  ];
}
