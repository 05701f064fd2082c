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
import { sampleWarnings } from '../warnings/samples.ts';
import { ResultFold } from './fold.ts';
import { SCHEMA_VERSION, type ResultDocument } from './schema.ts';

/**
 * @param records a journal's, the header first. Without an `end` the run was cut off: the document says
 *   `interrupted`, and that it finished with its last sample.
 * @throws {RangeError} when the first record is no header
 */
export function buildResult(records: Iterable<JournalRecord>): ResultDocument {
  const fold = new ResultFold();
  for (const record of records) fold.add(record);
  return resultOf(fold);
}

/** @throws {RangeError} when no header has come */
export function resultOf(fold: ResultFold): ResultDocument {
  const { header, ending, runtimes, samples, labels, noticed, looks, resumed, like, harness } = fold;
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
    ...(labels.lists.length === 0 ? {} : { timelineLabels: labels.lists }),
    samples,
    warnings: [...machineWarnings(header.host, header.conditions, runtimes), ...conditionWarnings(around, header.host), ...noticed, ...sampleWarnings(samples, told), ...precisionWarnings(header.pilot, summaries), ...driftWarnings(told.filter(({ series }) => series.metric.primary), noise, runtimes)],
    statistics: summaries.map(({ statistic }) => statistic),
    comparisons: judged(compareRuntimes(summaries, runtimes), ({ metric, runtime, baseline }) => floorBetween(noise, metric, runtimes, runtime, baseline)),
    ...(noise.length === 0 ? {} : { noise }),
  };
}
