/** The result document, folded out of a journal's records: the same whether they come from memory or from a file. */
import { applies } from '../applies.ts';
import type { JournalRecord } from '../journal/record.ts';
import { seriesOfConditions } from '../conditions/series.ts';
import { floorBetween, noiseOf } from '../noise/floor.ts';
import { compareRuntimes } from '../statistics/compare.ts';
import { seriesOf, type Series } from '../statistics/series.ts';
import { correctDrift, summarise } from '../statistics/summarise.ts';
import { judged } from '../statistics/verdict.ts';
import { conditionWarnings } from '../warnings/conditions.ts';
import { driftWarnings } from '../warnings/drift.ts';
import { machineWarnings } from '../warnings/machine.ts';
import { precisionWarnings } from '../warnings/precision.ts';
import { resumedWarning } from '../warnings/resumed.ts';
import { sampleWarnings, warmupWarning } from '../warnings/samples.ts';
import type { ConditionsPoint } from './conditions.ts';
import type { Harness, Like, Resumption } from './origin.ts';
import { SCHEMA_VERSION, type ResultDocument, type RuntimeEntry, type Sample, type Warning } from './schema.ts';

/**
 * @param records a journal's, the header first. Without an `end` the run was cut off: the document says
 *   `interrupted`, and that it finished with its last sample.
 * @throws {RangeError} when the first record is no header
 */
export function buildResult(records: readonly JournalRecord[]): ResultDocument {
  const header = records[0];
  if (header?.record !== 'run') throw new RangeError('the first record of a journal is that of the run');
  const runtimes: RuntimeEntry[] = [];
  const samples: Sample[] = [];
  const noticed: Warning[] = [];
  const looks: ConditionsPoint[] = [];
  const resumed: Resumption[] = [];
  let like: Like | null = null;
  let harness: Harness | null = null;
  let lastAtMs = 0;
  let ending: Pick<ResultDocument['run'], 'state' | 'finishedAt' | 'durationMs'> | null = null;
  for (const record of records) {
    switch (record.record) {
      case 'run':
        break;
      case 'runtime':
        runtimes.push(record.entry);
        break;
      case 'warm-up':
        lastAtMs = record.at;
        if (record.result.outcome === 'failed') noticed.push(warmupWarning(record.benchmark, record.runtime, record.result.failure));
        break;
      case 'sample':
        samples.push(record.sample);
        lastAtMs = record.sample.at;
        break;
      case 'conditions':
        looks.push(record.point);
        break;
      case 'warning':
        noticed.push(record.warning);
        break;
      case 'like':
        like = record.like;
        break;
      case 'resumed': {
        const { at, resumedAt, pausedMs, samples: there, tornBytes } = record;
        resumed.push({ at, resumedAt, pausedMs, samples: there, tornBytes });
        noticed.push(resumedWarning({ at, resumedAt, pausedMs, samples: there, tornBytes }));
        lastAtMs = at;
        // It had been interrupted in good order: that was not the end after all.
        ending = null;
        break;
      }
      case 'end':
        harness = record.harness ?? null;
        ending = { state: record.state, finishedAt: record.finishedAt, durationMs: record.durationMs };
        break;
    }
  }
  ending ??= { state: 'interrupted', finishedAt: new Date(Date.parse(header.startedAt) + lastAtMs).toISOString(), durationMs: lastAtMs };

  const measured = runtimes.filter(({ state }) => state.state === 'measured');
  const emulated = new Set(measured.filter((entry) => entry.emulated).map(({ id }) => id));
  const entries = new Map(measured.map((entry) => [entry.id, entry]));
  const has = ({ metric, runtime }: Series): boolean => applies(metric, entries.get(runtime) ?? { kind: 'process' });
  // A twin says what its runtime says. Of fifteen rungs on a noisy machine fifteen would scatter, and the boxes have said so by then.
  const aside = new Set(runtimes.filter(({ rung, twinOf }) => rung !== undefined || twinOf !== undefined).map(({ id }) => id));
  const summaries = correctDrift(
    seriesOf(samples, header.metrics, measured.map(({ id }) => id)).filter(has).map((series) => summarise(series, emulated.has(series.runtime), header.options.seed)),
  );
  const noise = noiseOf(summaries, runtimes);
  const around = seriesOfConditions(looks);
  const told = summaries.filter(({ series }) => !aside.has(series.runtime));
  const came = {
    ...(header.origins === undefined ? {} : { origins: header.origins }),
    ...(like === null ? {} : { like }),
    ...(header.pilot === undefined ? {} : { pilot: header.pilot }),
    ...(resumed.length === 0 ? {} : { resumed }),
    ...(harness === null ? {} : { harness }),
  };
  return {
    format: 'tare-result',
    schemaVersion: SCHEMA_VERSION,
    tare: header.tare,
    run: { id: header.id, startedAt: header.startedAt, ...ending, conditions: { ...header.conditions, ...(around === undefined ? {} : { series: around }) }, command: header.command, options: header.options, ...came },
    host: header.host,
    image: header.image,
    metrics: header.metrics,
    runtimes,
    samples,
    warnings: [...machineWarnings(header.host, header.conditions, runtimes), ...conditionWarnings(around, header.host), ...noticed, ...sampleWarnings(samples, told), ...precisionWarnings(header.pilot, summaries), ...driftWarnings(told.filter(({ series }) => series.metric.primary), noise, runtimes)],
    statistics: summaries.map(({ statistic }) => statistic),
    comparisons: judged(compareRuntimes(summaries, runtimes), ({ metric, runtime, baseline }) => floorBetween(noise, metric, runtimes, runtime, baseline)),
    ...(noise.length === 0 ? {} : { noise }),
  };
}
