/**
 * Predict, then reveal: what a class is asked before each chart, and the truth, which is this run's. A question whose
 * answer was not measured, or is not decided by the data, is not asked.
 */
import type { BenchmarkView } from './benchmarks.ts';
import type { LargeComparison } from './comparisons.ts';
import { quantityText, timesText, type Quantity } from './numbers.ts';
import type { StartView } from './startup/starts.ts';

interface Asked {
  readonly id: string;
  readonly question: string;
  /** What is said when the truth is out. */
  readonly told: string;
  /** True when the answer rests on an emulated machine. */
  readonly emulated: boolean;
  /** The chart that is shown with the truth. */
  readonly chart: string;
}

/** An estimate on a logarithmic slider, whose ends must not give the truth away. */
export interface ScaleQuestion extends Asked {
  readonly kind: 'scale';
  readonly quantity: Quantity;
  readonly least: number;
  readonly most: number;
  readonly truth: number;
}

export interface ChoiceQuestion extends Asked {
  readonly kind: 'choice';
  readonly choices: readonly string[];
  /** Place of the right one. */
  readonly truth: number;
}

export type Question = ScaleQuestion | ChoiceQuestion;

/** What is asked of each of the three comparisons, and which chart answers it. */
const ASKED: Readonly<Record<string, { readonly question: (light: string, heavy: string) => string; readonly chart: string }>> = {
  'sooner ready': { question: (light, heavy) => `How many times sooner is the ${light} ready than ${heavy}?`, chart: 'startup' },
  'less memory': { question: (light, heavy) => `How many times the memory of a ${light} does ${heavy} hold?`, chart: 'memory-cgroup' },
  'less on disk': { question: (light, heavy) => `How many times the disk of a ${light} does ${heavy} take?`, chart: 'disk-parts' },
};

function times(comparison: LargeComparison): ScaleQuestion[] {
  const asked = ASKED[comparison.of];
  const { light, heavy } = comparison;
  if (asked === undefined || comparison.times === null || light.median <= 0) return [];
  const truth = heavy.median / light.median;
  return [{
    kind: 'scale',
    id: `times-${comparison.id}`,
    question: asked.question(light.runtime.name, heavy.runtime.name),
    quantity: 'ratio',
    least: 1,
    most: truth > 1e5 ? 1e8 : 1e6,
    truth,
    told: `${light.runtime.label}: ${light.text}; ${heavy.runtime.label}: ${heavy.text} (${comparison.spread}).`,
    emulated: comparison.emulated,
    chart: asked.chart,
  }];
}

/** The container's start, as a time: people think of seconds. */
function absolute(startup: BenchmarkView | undefined): ScaleQuestion[] {
  const row = startup?.main.rows.find(({ runtime }) => runtime.id === 'container');
  if (startup === undefined || row?.median == null || row.median <= 0) return [];
  return [{
    kind: 'scale',
    id: 'container-time',
    question: 'How long until a program runs in a new container?',
    quantity: startup.main.quantity,
    least: 0.01,
    most: 100_000,
    truth: row.median,
    told: `Median of ${row.n} starts: ${row.text} (${row.intervalText}).`,
    emulated: row.runtime.emulated,
    chart: 'startup-near',
  }];
}

function overhead(startup: BenchmarkView | undefined): ScaleQuestion[] {
  const [process, container] = ['process', 'container'].map((id) => startup?.main.rows.find(({ runtime }) => runtime.id === id));
  if (process?.median == null || container?.median == null || process.median <= 0 || container.median <= process.median) return [];
  return [{
    kind: 'scale',
    id: 'container-process',
    question: 'How many times longer does a container take than a process?',
    quantity: 'ratio',
    least: 1,
    most: 10_000,
    truth: container.median / process.median,
    told: `process: ${process.text}; container: ${container.text}. ${container.ratioText ?? ''}.`,
    emulated: false,
    chart: 'startup-climb',
  }];
}

const CHOICES = 5;

/** The dearest and others spread over the list, in its own order. */
function spread<T>(all: readonly T[], dearest: T): readonly T[] {
  if (all.length <= CHOICES) return all;
  const others = all.filter((each) => each !== dearest);
  const kept = new Set(Array.from({ length: CHOICES - 1 }, (_, index) => others[Math.floor(((index + 0.5) * others.length) / (CHOICES - 1))]));
  return all.filter((each) => each === dearest || kept.has(each));
}

function dearestRung(ladder: BenchmarkView | undefined): ChoiceQuestion[] {
  const rows = (ladder?.main.rows ?? []).flatMap(({ runtime, median }) => (median === null ? [] : [{ name: runtime.name.replace(/^\+ /, ''), median }]));
  const added = rows.slice(1).map(({ name, median }, index) => ({ name, added: median - (rows[index]?.median ?? 0) }));
  if (ladder === undefined || added.length < 3) return [];
  const dearest = added.reduce((most, each) => (each.added > most.added ? each : most));
  const choices = spread(added, dearest);
  return [{ kind: 'choice', id: 'dearest-rung', question: 'Which part of a container costs most of its start?', choices: choices.map(({ name }) => name), truth: choices.indexOf(dearest), told: ladder.summary, emulated: false, chart: 'ladder' }];
}

function longestPhase(starts: readonly StartView[]): ChoiceQuestion[] {
  const start = starts.findLast(({ runtime, from, segments }) => runtime.kind === 'vm' && from === 'phases' && segments.length >= 3);
  if (start === undefined) return [];
  const { runtime, segments } = start;
  const took = segments.map(({ fromMs, toMs }) => toMs - fromMs);
  const truth = took.indexOf(Math.max(...took));
  return [{
    kind: 'choice',
    id: 'longest-phase',
    question: `What does ${runtime.name} spend most of its start on?`,
    choices: segments.map(({ name }) => name),
    truth,
    told: `${segments.map(({ name }, index) => `${name}: ${quantityText('ms', took[index] ?? 0)}`).join('; ')}.`,
    emulated: runtime.emulated,
    chart: 'startup-timeline-log',
  }];
}

/** In the order of the report. */
export function questionsOf(comparisons: readonly LargeComparison[], benchmarks: readonly BenchmarkView[], starts: readonly StartView[]): Question[] {
  const benchmark = (id: string): BenchmarkView | undefined => benchmarks.find((each) => each.id === id);
  const of = (id: string): Question[] => comparisons.filter((each) => each.id === id).flatMap(times);
  return [...absolute(benchmark('startup')), ...overhead(benchmark('startup')), ...of('startup'), ...longestPhase(starts), ...dearestRung(benchmark('ladder')), ...of('memory'), ...of('disk')];
}


/** An estimate or a truth as the quiz writes it. */
export function estimateText(quantity: Quantity, value: number): string {
  return quantity === 'ratio' ? `${timesText(value)} ×` : quantityText(quantity, value);
}

/** "9.7 times too low", "exactly", by how many times the estimate misses. */
export function deviationText(estimate: number, truth: number): string {
  const off = estimate / truth;
  const factor = Math.max(off, 1 / off);
  if (factor < 1.1) return 'spot on';
  return `${factor < 2 ? 'close: ' : ''}${timesText(factor)} times too ${off > 1 ? 'high' : 'low'}`;
}
