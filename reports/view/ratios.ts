/** How boxes do beside a plain process, or beside themselves undisturbed: ratios, with the noise that they stand before. */
import type { ResultDocument } from '../../benchmarks/result/schema.ts';
import { noiseText } from './noise.ts';
import { timesText } from './numbers.ts';
import type { RuntimeView } from './runtimes.ts';

export interface Ratio {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
  /** `0.98 ×` */
  readonly text: string;
  /** `0.96–1.00`, or why there is none. */
  readonly intervalText: string;
  /** Whether the interval leaves out 1, and by more than the noise. Null where nobody can tell. */
  readonly differs: boolean | null;
}

export interface RatioRowView {
  readonly label: string;
  readonly definition: string;
  /** How far one runtime differed from itself under another name, as a share. */
  readonly noise: number | null;
  /** `±2.0 %`, or "no A/A pair". */
  readonly noiseText: string;
  /** One for each box; null where it has none. */
  readonly ratios: readonly (Ratio | null)[];
}

export interface RatiosView {
  readonly id: string;
  readonly title: string;
  readonly axis: string;
  readonly boxes: readonly RuntimeView[];
  readonly rows: readonly RatioRowView[];
  readonly summary: string;
}

type Three = { readonly value: number; readonly low: number | null; readonly high: number | null };

function ratio(three: Three, noise: number | null): Ratio {
  const { value, low, high } = three;
  const band = noise ?? 0;
  return {
    ...three,
    text: `${timesText(value)} ×`,
    intervalText: low === null || high === null ? 'too few samples for an interval' : `${timesText(low)}–${timesText(high)}`,
    differs: low === null || high === null ? null : (low > 1 || high < 1) && Math.abs(Math.log(value)) > Math.log(1 + band),
  };
}

function noiseOf(result: ResultDocument, metric: string): number | null {
  return result.comparisons.find((each) => each.metric === metric && each.noise != null)?.noise ?? (result.noise ?? []).find((each) => each.metric === metric)?.floor ?? null;
}

function rowOf(result: ResultDocument, metric: ResultDocument['metrics'][number], label: string, boxes: readonly RuntimeView[], threeOf: (box: RuntimeView) => Three | null): RatioRowView {
  const noise = noiseOf(result, metric.id);
  return {
    label,
    definition: metric.definition,
    noise,
    noiseText: noise === null ? 'no A/A pair' : noiseText(noise),
    ratios: boxes.map((box) => {
      const three = threeOf(box);
      return three === null ? null : ratio(three, noise);
    }),
  };
}

/** A box whose every figure is lacking has no lane. */
function trimmed(id: string, title: string, axis: string, all: readonly RuntimeView[], rows: readonly RatioRowView[]): RatiosView | null {
  const kept = all.map((_, position) => rows.some(({ ratios }) => ratios[position] !== null));
  const only = <Each>(list: readonly Each[]): Each[] => list.filter((_, position) => kept[position]);
  const boxes = only(all);
  const told = rows.map((row) => ({ ...row, ratios: only(row.ratios) })).filter(({ ratios }) => ratios.some((each) => each !== null));
  if (boxes.length === 0 || told.length === 0) return null;
  const summary = `${boxes.map((box, position) => `${box.label}: ${told.map(({ label, ratios }) => `${label} ${ratios[position]?.text ?? 'not measured'}`).join(', ')}`).join('; ')}.`;
  return { id, title, axis, boxes, rows: told, summary };
}

const GROUPS: readonly { readonly id: string; readonly title: string; readonly kinds: readonly RuntimeView['kind'][] }[] = [
  { id: 'throughput-container', title: 'Work done: containers beside a plain process', kinds: ['process', 'container'] },
  { id: 'throughput-vm', title: 'Work done: virtual machines beside a plain process', kinds: ['vm'] },
];

/** Containers do about as well as a process, and emulated machines a fraction of it: an axis for each. */
export function throughputRatios(result: ResultDocument, runtimes: readonly RuntimeView[]): RatiosView[] {
  const metrics = result.metrics.filter(({ benchmark }) => benchmark === 'throughput');
  return GROUPS.flatMap(({ id, title, kinds }) => {
    const boxes = runtimes.filter((runtime) => runtime.id !== 'process' && kinds.includes(runtime.kind));
    const rows = metrics.map((metric) => rowOf(result, metric, metric.title, boxes, (box) => result.comparisons.find((each) => each.metric === metric.id && each.runtime === box.id && each.baseline === 'process')?.ratio ?? null));
    return trimmed(id, title, 'work done in the same time, plain process = 1; logarithmic; line: 95 % interval, grey: noise of this machine', boxes, rows) ?? [];
  });
}

const NEIGHBOURS: Readonly<Record<string, string>> = { cpu: 'a neighbour that computes', memory: 'one that fills memory', writes: 'one that writes and syncs', forks: 'one that makes processes' };

const FELT = [
  { part: 'start', title: 'Starting beside a greedy neighbour' },
  { part: 'work', title: 'Computing beside a greedy neighbour' },
] as const;

/** Figures that are ratios themselves: beside the neighbour, over without. */
export function interferenceRatios(result: ResultDocument, runtimes: readonly RuntimeView[]): RatiosView[] {
  return FELT.flatMap(({ part, title }) => {
    const metrics = result.metrics.filter(({ benchmark, name }) => benchmark === 'interference' && name.startsWith(`${part}-`));
    const rows = metrics.map((metric) => {
      const neighbour = metric.name.slice(part.length + 1);
      return rowOf(result, metric, NEIGHBOURS[neighbour] ?? neighbour, runtimes, (box) => {
        const summary = result.statistics.find((each) => each.metric === metric.id && each.runtime === box.id)?.summary;
        return summary ? { value: summary.median, low: summary.low, high: summary.high } : null;
      });
    });
    return trimmed(`interference-${part}`, title, 'time beside it, undisturbed = 1; logarithmic; line: 95 % interval, grey: noise of this machine', runtimes, rows) ?? [];
  });
}
