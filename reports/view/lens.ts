/** One box's memory by five ways of counting: what each counts, what it misses, and how far the answers lie apart. */
import type { ResultDocument } from '../../benchmarks/result/schema.ts';
import { againstContainer } from './comparisons.ts';
import { metricView, type Row } from './metrics.ts';
import { timesText } from './numbers.ts';
import type { RuntimeView } from './runtimes.ts';

export interface LensRatio {
  readonly runtime: RuntimeView;
  /** `1 370 ×` the container, or why that cannot be told. */
  readonly text: string;
  /** `95 %: 1 200 to 1 400`; empty where there is none. */
  readonly spread: string;
  /** Null where it cannot be told, or where the interval holds 1. */
  readonly value: number | null;
}

export interface LensView {
  readonly id: string;
  readonly name: string;
  readonly counts: string;
  readonly misses: string;
  readonly metric: string;
  readonly rows: readonly Row[];
  /** Of each virtual machine with a figure, held against the container. */
  readonly ratios: readonly LensRatio[];
}

export interface LensesView {
  readonly lenses: readonly LensView[];
  /** Ways of counting that this run lacks, and why. */
  readonly missing: readonly string[];
  /** The heaviest machine by each of them, in a sentence; null where there are not two to be held against each other. */
  readonly conclusion: string | null;
}

interface Way {
  readonly id: string;
  readonly name: string;
  readonly counts: string;
  readonly misses: string;
  /** The first that was taken gives the figures. */
  readonly metrics: readonly string[];
}

/** From what is most often shown to what the host has really lost. */
const WAYS: readonly Way[] = [
  { id: 'vsz', name: 'VSZ', metrics: ['memory.vsz'], counts: 'All addresses that the box’s processes have mapped, touched or not.', misses: 'Most of it takes no memory, and nothing of the kernel’s own is in it.' },
  { id: 'rss', name: 'RSS', metrics: ['memory.rss'], counts: 'Pages of the box’s processes that are in memory, each counted whole.', misses: 'A page that ten boxes share is counted ten times, and nothing of the kernel’s own is in it.' },
  { id: 'pss', name: 'PSS', metrics: ['memory.pss'], counts: 'The same pages, but of one that n processes share only 1/n.', misses: 'What the kernel keeps for the box (page tables, network, cgroups) is not in it, and that is most of a container.' },
  { id: 'cgroup', name: 'cgroup charge', metrics: ['memory.cgroup'], counts: 'What the kernel charges to the box: its pages, files that it read first, and kernel memory made on its behalf.', misses: 'Part of what the kernel spends for everybody, most of a network namespace for one; whoever reads a file first pays for all.' },
  { id: 'available', name: 'MemAvailable', metrics: ['density.each', 'growth.availableSlope'], counts: 'By how much less the host could hand out, for each further box.', misses: 'Nothing of the box, but whatever else the host does meanwhile is in it too: small boxes may not stand out.' },
];

/** Why a way of counting is not there. */
function lacking(result: ResultDocument, { name, metrics }: Way): string {
  const benchmarks = [...new Set(metrics.map((id) => id.split('.')[0] ?? id))];
  const taken = benchmarks.some((benchmark) => result.run.options.benchmarks.includes(benchmark));
  return `${name} (${taken ? 'the result has no figures of it' : `${benchmarks.join(' or ')} ${benchmarks.length === 1 ? 'was' : 'were'} not taken`})`;
}

function ratioOf(result: ResultDocument, metric: string, runtime: RuntimeView, rows: readonly Row[]): LensRatio {
  const known = result.metrics.find(({ id }) => id === metric);
  const comparison = known === undefined ? undefined : againstContainer(result, known, runtime.id);
  if (comparison === undefined) return { runtime, text: `no ratio: ${rows.some((row) => row.runtime.id === 'container' && row.median !== null) ? 'the result holds the two against each other nowhere' : 'the container was not measured'}`, spread: '', value: null };
  const { ratio } = comparison;
  if (ratio === null || ratio.value <= 0 || (ratio.low !== null && ratio.low <= 0)) return { runtime, text: 'no ratio: the container’s figure does not stand out from what else the host does', spread: '', value: null };
  const decided = ratio.low === null || ratio.high === null || ratio.low > 1 || ratio.high < 1;
  return {
    runtime,
    text: decided ? `${timesText(ratio.value)} ×` : `${timesText(ratio.value)} ×: no difference shown`,
    spread: ratio.low === null || ratio.high === null ? 'too few samples for an interval' : ratio.low === ratio.high ? 'the same every time' : `95 %: ${timesText(ratio.low)} to ${timesText(ratio.high)}`,
    value: decided ? ratio.value : null,
  };
}

function lensOf(result: ResultDocument, way: Way, runtimes: readonly RuntimeView[]): LensView | null {
  for (const id of way.metrics) {
    const metric = result.metrics.find((each) => each.id === id);
    if (metric === undefined) continue;
    const { rows } = metricView(result, metric, runtimes);
    if (rows.every(({ median }) => median === null)) continue;
    const machines = rows.filter(({ runtime, median }) => runtime.kind === 'vm' && median !== null);
    return { id: way.id, name: way.name, counts: way.counts, misses: way.misses, metric: id, rows, ratios: machines.map(({ runtime }) => ratioOf(result, id, runtime, rows)) };
  }
  return null;
}

/** "Beside a container, vm-micro (emulated) weighs 25 000 × by PSS, 1 370 × by cgroup charge: the way of counting decides." */
function conclude(lenses: readonly LensView[]): string | null {
  const heaviest = lenses.find(({ id }) => id === 'cgroup')?.ratios.at(-1)?.runtime ?? lenses.at(-1)?.ratios.at(-1)?.runtime;
  if (heaviest === undefined) return null;
  const told = lenses.flatMap(({ name, ratios }) => {
    const value = ratios.find(({ runtime }) => runtime.id === heaviest.id)?.value ?? null;
    return value === null ? [] : [{ name, value }];
  });
  if (told.length < 2) return null;
  const [least, most] = [told.reduce((a, b) => (b.value < a.value ? b : a)), told.reduce((a, b) => (b.value > a.value ? b : a))];
  const range = most.value / least.value >= 1.5 ? ` The same boxes, and ${timesText(most.value / least.value)} times between the answers: ask what was counted.` : '';
  return `Beside the container, ${heaviest.label} weighs ${told.map(({ name, value }) => `${timesText(value)} × by ${name}`).join(', ')}.${range}`;
}

export function lensesView(result: ResultDocument, runtimes: readonly RuntimeView[]): LensesView {
  const found = WAYS.map((way) => ({ way, lens: lensOf(result, way, runtimes) }));
  const lenses = found.flatMap(({ lens }) => lens ?? []);
  return {
    lenses,
    missing: lenses.length === 0 ? [] : found.flatMap(({ way, lens }) => (lens === null ? [lacking(result, way)] : [])),
    conclusion: conclude(lenses),
  };
}
