/** A run that broke off: its halves were not taken in one go. */
import type { Resumption } from '../result/origin.ts';
import type { Warning } from '../result/schema.ts';

export function resumedWarning({ pausedMs, samples, tornBytes }: Resumption): Warning {
  const minutes = pausedMs / 60_000;
  const pause = minutes < 1 ? `${Math.round(pausedMs / 1000)} s` : minutes < 90 ? `${Math.round(minutes)} min` : `${Math.round(minutes / 60)} h`;
  return {
    id: 'resumed',
    symptom: `The run broke off after ${samples} samples and went on ${pause} later.`,
    cause: `It was killed, interrupted, or its disk was full${tornBytes > 0 ? '; the sample that was being written then was taken anew' : ''}. The machine may have been restarted or busy with something else in between.`,
    remedy: 'Look for a step in the figures over time where it went on; for figures that were taken in one go, measure again.',
  };
}
