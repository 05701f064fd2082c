/** What about the samples speaks against the figures drawn from them. */
import type { Sample, Warning } from '../result/schema.ts';
import { LEAST_FOR_INTERVAL } from '../statistics/bootstrap.ts';
import { twoModes } from '../statistics/modes.ts';
import { quantile } from '../statistics/quantile.ts';
import type { Summary } from '../statistics/summarise.ts';

/** Interquartile range over median from which a series counts as very wide. */
const WIDE = 0.5;

export function sampleWarnings(samples: readonly Sample[], summaries: readonly Summary[]): Warning[] {
  const primary = summaries.filter(({ series }) => series.metric.primary);
  return [...failures(samples), ...leftovers(samples), ...few(primary), ...primary.flatMap(spread)];
}

function failures(samples: readonly Sample[]): Warning[] {
  return [...byRuntime(samples)].flatMap(([runtime, all]) => {
    const failed = all.flatMap((sample) => (sample.outcome === 'failed' ? [sample.failure] : []));
    const [first] = failed;
    if (first === undefined) return [];
    const reasons = [...new Set(failed.map(({ reason }) => reason))];
    return [
      {
        id: 'failed-samples',
        symptom: `${failed.length} of ${all.length} samples of ${runtime} failed (${reasons.join(', ')}); they are counted and in no figure.`,
        cause: first.message,
        remedy: first.remedy === '' ? 'Look at the logs of the failed samples.' : sentence(first.remedy),
      },
    ];
  });
}

/** A warm-up visit yields no sample, so its failure is told here or nowhere. */
export function warmupWarning(benchmark: string, runtime: string, failure: { readonly message: string; readonly remedy: string }): Warning {
  return { id: 'failed-warm-up', symptom: `The warm-up of ${benchmark} failed for ${runtime}.`, cause: failure.message, remedy: sentence(failure.remedy) };
}

/** Remedies of errors follow "next:"; those of warnings follow a full stop. A command stays as it is typed. */
function sentence(remedy: string): string {
  return /^(tare|sudo|make) /.test(remedy) ? remedy : remedy.charAt(0).toUpperCase() + remedy.slice(1);
}

function leftovers(samples: readonly Sample[]): Warning[] {
  return [...byRuntime(samples)].flatMap(([runtime, all]) => {
    const left = all.flatMap((sample) => sample.leftovers ?? []);
    return left[0] === undefined ? [] : [leftoverWarning(runtime, left[0], left.length)];
  });
}

/** Also told while the run goes on: what stays behind may disturb every later sample. */
export function leftoverWarning(runtime: string, first: string, count: number): Warning {
  return {
    id: 'leftovers',
    symptom: `${runtime} left ${count === 1 ? 'something' : `${count} things`} behind on the host: ${first}`,
    cause: 'A process, mount, cgroup or directory could not be removed; later samples may have been disturbed.',
    remedy: 'tare clean',
  };
}

function few(summaries: readonly Summary[]): Warning[] {
  // Values that are all equal, as sizes on disk are, need no interval.
  const short = summaries.filter(({ statistic: { n }, sorted }) => n > 0 && n < LEAST_FOR_INTERVAL && sorted[0] !== sorted.at(-1));
  if (short.length === 0) return [];
  return [
    {
      id: 'few-samples',
      symptom: `Too few samples for an interval: ${short.map(({ statistic: { metric, runtime, n } }) => `${metric} of ${runtime} (${n})`).join(', ')}.`,
      cause: `An interval needs at least ${LEAST_FOR_INTERVAL} samples.`,
      remedy: `Run again with --samples ${LEAST_FOR_INTERVAL} or more; 30 or more for a narrow one.`,
    },
  ];
}

function spread({ series, statistic, sorted }: Summary): Warning[] {
  const median = statistic.summary?.median ?? 0;
  if (statistic.n < LEAST_FOR_INTERVAL || median === 0) return [];
  const modes = twoModes(sorted);
  if (modes !== null) {
    const share = Math.round(modes.low.share * 100);
    return [
      {
        id: 'two-modes',
        symptom: `${statistic.metric} of ${series.runtime} falls into two clusters: ${share} % around ${figure(modes.low.mean)} and ${100 - share} % around ${figure(modes.high.mean)} ${series.metric.unit}. No single figure describes it.`,
        cause: 'Something that is sometimes there and sometimes not: a grace period, a cache, a frequency step, a neighbour.',
        remedy: 'Look at the single samples before you quote the median.',
      },
    ];
  }
  const relative = (quantile(sorted, 0.75) - quantile(sorted, 0.25)) / median;
  if (relative <= WIDE) return [];
  return [
    {
      id: 'wide-spread',
      symptom: `${statistic.metric} of ${series.runtime} scatters widely: the middle half of the samples spans ${Math.round(relative * 100)} % of the median.`,
      cause: 'Other work on the machine, or a figure that has no single value.',
      remedy: 'Quiet the machine and run again with more samples.',
    },
  ];
}

function figure(value: number): string {
  return Number(value.toPrecision(3)).toString();
}

function byRuntime(samples: readonly Sample[]): Map<string, Sample[]> {
  const groups = new Map<string, Sample[]>();
  for (const sample of samples) {
    const group = groups.get(sample.runtime);
    if (group === undefined) groups.set(sample.runtime, [sample]);
    else group.push(sample);
  }
  return groups;
}
