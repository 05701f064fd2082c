/** The comparison document, out of several result documents. Pure: the same results give the same comparison. */
import { TareError } from '../../runtime/errors.ts';
import type { ResultDocument, Tare } from '../result/schema.ts';
import { baselinePosition } from './baseline.ts';
import { changesOf, type Pair } from './changes.ts';
import { caveatsBetween } from './comparable.ts';
import { examine, type Condition } from './condition.ts';
import { COMPARISON_VERSION, type ComparisonDocument } from './document.ts';
import { factsOf } from './facts.ts';
import type { Source } from './open.ts';
import { sidesOf, type Sides } from './sides.ts';

export interface CompareOptions {
  /** Which tare compares. */
  readonly tare: Tare;
  /** A number from 1, a run's id or its beginning, or a result's name. Default: the first. */
  readonly baseline?: string | undefined;
  /** Ids of metrics and runtimes to look at; all when left out. Those of conditions are always looked at. */
  readonly metrics?: readonly string[] | undefined;
  readonly runtimes?: readonly string[] | undefined;
  readonly conditions?: readonly Condition[];
}

/** @throws {TareError} `usage` for fewer than two results, one run given twice, results with nothing in common, a baseline that is none */
export function compareResults(sources: readonly Source[], options: CompareOptions): ComparisonDocument {
  refuseOneRun(sources);
  const base = baselinePosition(sources, options.baseline);
  const documents = sources.map(({ document }) => document);
  refuseNothingInCommon(sources);
  const all = documents.map((document, position) => sidesOf(position + 1, document));
  const baseline = all[base] as Sides;
  const others = all.flatMap((_, position) => (position === base ? [] : [position + 1]));
  // The baseline's words come first, so that a metric reads as it defines it.
  const ordered = [baseline.document, ...documents.filter((document) => document !== baseline.document)];
  const { conditions = [] } = options;
  const metrics = firstOfEach(ordered.flatMap((document) => document.metrics)).filter(({ id }) => wanted(id, options.metrics, conditions.map(({ metric }) => metric)));
  // Twins show the noise and are no boxes of their own.
  const runtimes = firstOfEach(ordered.flatMap((document) => document.runtimes.filter(({ twinOf }) => twinOf === undefined))).filter(({ id }) => wanted(id, options.runtimes, conditions.map(({ runtime }) => runtime)));
  const cells = metrics.flatMap((metric) => runtimes.filter(({ id }) => all.some((each) => visited(each, metric.id, id))).map((runtime) => ({ metric: metric.id, runtime: runtime.id })));
  const pairs = cells.flatMap(({ metric, runtime }): Pair[] =>
    others.flatMap((result) => {
      const other = all[result - 1] as Sides;
      return visited(other, metric, runtime) || visited(baseline, metric, runtime) ? [{ metric, runtime, result, other, baseline }] : [];
    }),
  );
  const changes = changesOf(pairs);
  return {
    format: 'tare-comparison',
    schemaVersion: COMPARISON_VERSION,
    tare: options.tare,
    baseline: base + 1,
    results: sources.map(({ name, place, document }, position) => compared(position + 1, name, place, document)),
    facts: factsOf(documents),
    metrics: metrics.filter(({ id }) => cells.some(({ metric }) => metric === id)),
    runtimes: runtimes.filter(({ id }) => cells.some(({ runtime }) => runtime === id)).map(({ id, kind, rung }) => ({ id, kind, rung: rung ?? null })),
    figures: cells.flatMap(({ metric, runtime }) => all.map((each, position) => figureOf(each.document, metric, runtime, position + 1))),
    changes,
    caveats: others.flatMap((result) => caveatsBetween((all[result - 1] as Sides).document, baseline.document).map(({ id, text }) => ({ result, id, text }))),
    conditions: conditions.map((condition) => examine(condition, changes, others)),
  };
}

function refuseOneRun(sources: readonly Source[]): void {
  if (sources.length < 2) throw new TareError('usage', `one result cannot be compared with itself: ${sources[0]?.place ?? 'none was given'}`, 'give two or more; tare report draws a single one');
  const places = new Map<string, string>();
  for (const { place, document } of sources) {
    const before = places.get(document.run.id);
    if (before !== undefined) throw new TareError('usage', `${before} and ${place} are the same run, ${document.run.id}`, 'give each run once');
    places.set(document.run.id, place);
  }
}

function refuseNothingInCommon(sources: readonly Source[]): void {
  const has = sources.map(({ document }) => new Set(document.statistics.filter(({ n }) => n > 0).map(({ metric, runtime }) => `${metric} ${runtime}`)));
  const counts = new Map<string, number>();
  for (const cell of has.flatMap((each) => [...each])) counts.set(cell, (counts.get(cell) ?? 0) + 1);
  if ([...counts.values()].some((count) => count > 1)) return;
  const told = sources.map(({ name, document }) => `${name} measured ${[...new Set(document.statistics.filter(({ n }) => n > 0).map(({ metric }) => metric.split('.')[0] ?? metric))].join(', ') || 'nothing'} of ${document.runtimes.filter(({ state, rung, twinOf }) => state.state === 'measured' && rung === undefined && twinOf === undefined).map(({ id }) => id).join(', ') || 'nothing'}`);
  throw new TareError('usage', `the results have no metric of a runtime in common: ${told.join('; ')}`, 'run both with the same --benchmarks and --runtimes');
}

function firstOfEach<T extends { readonly id: string }>(items: readonly T[]): T[] {
  const first = new Map<string, T>();
  for (const item of items) if (!first.has(item.id)) first.set(item.id, item);
  return [...first.values()];
}

function wanted(id: string, chosen: readonly string[] | undefined, always: readonly string[]): boolean {
  return chosen === undefined || chosen.includes(id) || always.includes(id);
}

/** Rungs are not weighed and boxes do not climb: only where something was tried is there anything to say. */
function visited(sides: Sides, metric: string, runtime: string): boolean {
  const { sorted, failed } = sides.side(metric, runtime);
  return sorted.length > 0 || failed > 0;
}

function compared(number: number, name: string, place: string, { run, tare, host, image }: ResultDocument): ComparisonDocument['results'][number] {
  const { profile, seed, memoryBytes, cpus } = run.options;
  return {
    number, name, place, tare,
    run: { id: run.id, startedAt: run.startedAt, state: run.state },
    hostname: host.hostname,
    options: { profile, seed, memoryBytes, cpus },
    image: { name: image.name, digest: image.digest },
  };
}

function figureOf(document: ResultDocument, metric: string, runtime: string, result: number): ComparisonDocument['figures'][number] {
  const found = document.statistics.find((each) => each.metric === metric && each.runtime === runtime);
  const { median = null, low = null, high = null } = found?.summary ?? {};
  return { metric, runtime, result, n: found?.n ?? 0, failed: found?.failed ?? 0, emulated: found?.emulated ?? false, median, low, high };
}
