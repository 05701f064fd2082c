/**
 * What the report of a comparison says, before it is drawn: every word and figure, from the comparison document
 * alone. Terminal, Markdown and HTML draw this and compute nothing of their own.
 */
import type { Change, ComparedResult, ComparisonDocument, Fact, Figure } from '../../benchmarks/compare/document.ts';
import { intervalText, quantityText, type Quantity } from '../view/numbers.ts';
import type { Ink } from '../view/palette.ts';
import { resultInk } from './palette.ts';
import { changeIntervalText, changeText, factText, reasonText, shortened, VERDICTS } from './wording.ts';

export interface ResultView {
  readonly number: number;
  /** `2 after` */
  readonly label: string;
  /** When, where and by which tare it was measured. */
  readonly line: string;
  readonly place: string;
  readonly runId: string;
  readonly baseline: boolean;
  readonly ink: Ink;
}

/** What a change is to whoever reads it: `none` shown, or `unknown` because it cannot be told. */
export type Tone = 'better' | 'worse' | 'changed' | 'none' | 'unknown';

export interface FigureView {
  readonly result: ResultView;
  readonly median: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly emulated: boolean;
  /** `2.07 ms`, or `not measured`. */
  readonly text: string;
  readonly intervalText: string;
  /** `30`, `28, 2 failed` */
  readonly counts: string;
  /** Against the baseline; `null` for the baseline itself and where neither has a figure. */
  readonly change: ChangeView | null;
}

export interface ChangeView {
  readonly text: string;
  readonly intervalText: string;
  readonly verdict: string;
  readonly tone: Tone;
  /** '' where text and interval say it all. */
  readonly reason: string;
  /** `a`, `b`: which of the notes bear on it. */
  readonly marks: readonly string[];
  /** `p 0.0003 (24 comparisons), Cliff’s δ 0.91`; '' where nothing was tested. */
  readonly test: string;
  /** `2.1 %`; '' where no run measured it. */
  readonly noise: string;
}

export interface RowView {
  /** `container`, `vm-micro (emulated)`, a rung's title. */
  readonly label: string;
  readonly rung: boolean;
  readonly figures: readonly FigureView[];
}

export interface CompareMetricView {
  readonly id: string;
  readonly title: string;
  readonly quantity: Quantity;
  readonly definition: string;
  readonly primary: boolean;
  readonly rows: readonly RowView[];
}

export interface FactView {
  readonly title: string;
  readonly values: readonly string[];
}

export interface CompareView {
  readonly title: string;
  readonly headline: readonly string[];
  readonly caution: string | null;
  readonly results: readonly ResultView[];
  readonly baseline: ResultView;
  readonly metrics: readonly CompareMetricView[];
  /** What differs and bears on a ratio, by its mark. */
  readonly notes: readonly { readonly mark: string; readonly text: string }[];
  readonly differs: readonly FactView[];
  readonly same: readonly FactView[];
  readonly conditions: readonly { readonly text: string; readonly state: 'held' | 'broken' | 'no-data'; readonly lines: readonly string[] }[];
  readonly document: ComparisonDocument;
}

/** Said of every comparison: what no interval of two runs can know. */
export const BETWEEN_RUNS = 'Each interval covers the scatter within the runs, and not what changes between one run and the next: where a verdict matters, run both sides more than once.';

/** @throws {RangeError} for a baseline that is none of the results */
export function buildCompareView(document: ComparisonDocument): CompareView {
  const results = document.results.map((each) => resultView(each, document.baseline));
  const baseline = results[document.baseline - 1];
  if (baseline === undefined) throw new RangeError(`no result ${document.baseline} in the comparison`);
  const notes = notesOf(document, results);
  const metrics = document.metrics.map((metric): CompareMetricView => ({
    id: metric.id,
    title: metric.title,
    quantity: metric.unit,
    definition: metric.definition,
    primary: metric.primary,
    rows: document.runtimes.flatMap(({ id, rung }) => rowView(document, metric.id, metric.unit, id, rung, results, notes)),
  }));
  const emulated = [...new Set(document.changes.filter((change) => change.emulated && change.verdict !== 'not-comparable').map(({ runtime }) => runtime))];
  const fact = (each: Fact): FactView => ({ title: each.title, values: each.values.map((value) => factText(each, value)) });
  return {
    title: 'What changed',
    headline: results.filter((each) => !each.baseline).map((each) => headline(document, each, baseline)),
    caution: emulated.length === 0 ? null : `Figures of ${emulated.join(' and ')} are emulated on both sides: what changed there says nothing about hardware virtualisation.`,
    results,
    baseline,
    metrics,
    notes: notes.map(({ mark, text }) => ({ mark, text })),
    differs: document.facts.filter(({ differs }) => differs).map(fact),
    same: document.facts.filter(({ differs }) => !differs).map(fact),
    conditions: document.conditions.map(({ text, outcomes }) => ({
      text,
      state: outcomes.some(({ state }) => state === 'broken') ? 'broken' : outcomes.some(({ state }) => state === 'no-data') ? 'no-data' : 'held',
      lines: outcomes.map(({ result, state, reason }) => `${labelOf(results, result)}: ${CONDITION_STATES[state]}: ${reason}`),
    })),
    document,
  };
}

const CONDITION_STATES = { held: 'passes', broken: 'fails', 'no-data': 'no data' } as const;

function resultView({ number, name, place, run, tare, hostname, image }: ComparedResult, baseline: number): ResultView {
  const commit = tare.commit === null ? '' : ` (${tare.commit.replace(/^([0-9a-f]{7})[0-9a-f]*/, '$1')})`;
  return {
    number,
    label: `${number} ${shortened(name, 20)}`,
    line: `${run.startedAt.slice(0, 16).replace('T', ' ')}, ${hostname ?? 'a host without a name'}, tare ${tare.version}${commit}, image ${image.name}${run.state === 'interrupted' ? ', interrupted' : ''}`,
    place,
    runId: run.id,
    baseline: number === baseline,
    ink: resultInk(number),
  };
}

function labelOf(results: readonly ResultView[], number: number): string {
  return results.find((each) => each.number === number)?.label ?? String(number);
}

interface Note {
  readonly mark: string;
  readonly text: string;
  readonly result: number;
  readonly id: string;
}

/** Only what bears on some ratio gets a mark. */
function notesOf({ caveats, changes }: ComparisonDocument, results: readonly ResultView[]): Note[] {
  const borne = caveats.filter(({ result, id }) => changes.some((change) => change.result === result && change.caveats.includes(id)));
  return borne.map(({ result, id, text }, index) => ({ mark: letters(index), text: `${labelOf(results, result)}: ${text}`, result, id }));
}

/** a … z, aa, ab … */
function letters(index: number): string {
  const letter = String.fromCharCode(97 + (index % 26));
  return index < 26 ? letter : letters(Math.floor(index / 26) - 1) + letter;
}

function rowView(document: ComparisonDocument, metric: string, unit: Quantity, runtime: string, rung: string | null, results: readonly ResultView[], notes: readonly Note[]): RowView[] {
  const own = document.figures.filter((each) => each.metric === metric && each.runtime === runtime);
  if (own.length === 0) return [];
  const emulated = own.some((each) => each.emulated);
  const name = rung ?? runtime;
  const figures = results.flatMap((result) => {
    const figure = own.find((each) => each.result === result.number);
    const change = document.changes.find((each) => each.metric === metric && each.runtime === runtime && each.result === result.number);
    return figure === undefined ? [] : [figureView(figure, result, unit, change === undefined ? null : changeView(change, unit, notes))];
  });
  return [{ label: emulated ? `${name} (emulated)` : name, rung: rung !== null, figures }];
}

function figureView({ median, low, high, n, failed, emulated }: Figure, result: ResultView, unit: Quantity, change: ChangeView | null): FigureView {
  return {
    result, median, low, high, emulated, change,
    text: median === null ? 'not measured' : quantityText(unit, median),
    intervalText: intervalText(unit, low, high) ?? '',
    counts: failed > 0 ? `${n}, ${failed} failed` : String(n),
  };
}

function changeView(change: Change, unit: Quantity, notes: readonly Note[]): ChangeView {
  const { test, noiseFloor } = change;
  return {
    text: changeText(change, unit),
    intervalText: changeIntervalText(change, unit),
    verdict: VERDICTS[change.verdict],
    tone: toneOf(change),
    reason: reasonText(change),
    marks: notes.filter(({ result, id }) => result === change.result && change.caveats.includes(id)).map(({ mark }) => mark),
    test: test === null ? '' : `p ${test.corrected < 0.0001 ? '< 0.0001' : String(Number(test.corrected.toPrecision(2)))} (${test.family} comparison${test.family === 1 ? '' : 's'}), Cliff’s δ ${test.cliffsDelta.toFixed(2).replace('-', '−')}`,
    noise: noiseFloor === null ? '' : `${Number((noiseFloor * 100).toPrecision(2))} %`,
  };
}

function toneOf({ verdict, better }: Change): Tone {
  if (verdict === 'not-comparable') return 'unknown';
  if (verdict === 'no-difference') return 'none';
  if (better === null) return 'changed';
  return better ? 'better' : 'worse';
}

/** More than these would be a table, and that follows. */
const NAMED = 4;

/** "2 after against 1 before: startup.ready of container slower (+11 %); no difference shown in 5, 2 not comparable" */
function headline(document: ComparisonDocument, result: ResultView, baseline: ResultView): string {
  const primary = document.metrics.filter((metric) => metric.primary);
  const boxes = new Set(document.runtimes.filter(({ rung }) => rung === null).map(({ id }) => id));
  const changes = document.changes.filter((change) => change.result === result.number && boxes.has(change.runtime) && primary.some(({ id }) => id === change.metric));
  const shown = changes.filter(({ verdict }) => verdict !== 'no-difference' && verdict !== 'not-comparable').sort((a, b) => size(b) - size(a));
  const named = shown.slice(0, NAMED).map((change) => `${change.metric} of ${change.runtime} ${VERDICTS[change.verdict]} (${changeText(change, primary.find(({ id }) => id === change.metric)?.unit ?? 'ms')})`);
  const count = (verdict: Change['verdict']): number => changes.filter((change) => change.verdict === verdict).length;
  const rest = [
    shown.length > NAMED ? `${shown.length - NAMED} more changed` : '',
    count('no-difference') > 0 ? `no difference shown in ${count('no-difference')}` : '',
    count('not-comparable') > 0 ? `${count('not-comparable')} not comparable` : '',
  ].filter((each) => each !== '');
  return `${result.label} against ${baseline.label}: ${[...named, rest.join(', ')].filter((each) => each !== '').join('; ') || 'nothing was compared'}`;
}

function size({ ratio }: Change): number {
  return ratio === null || ratio.value <= 0 ? 0 : Math.abs(Math.log(ratio.value));
}
