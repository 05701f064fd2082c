/** The three comparisons that are seen first: the container beside the heaviest virtual machine that was measured. */
import type { Comparison, Metric, ResultDocument } from '../../benchmarks/result/schema.ts';
import { quantityText, timesText } from './numbers.ts';
import type { RuntimeView } from './runtimes.ts';

export interface Side {
  readonly runtime: RuntimeView;
  readonly median: number;
  /** `2.07 ms` */
  readonly text: string;
}

export interface LargeComparison {
  /** The benchmark's. */
  readonly id: string;
  readonly title: string;
  readonly definition: string;
  readonly light: Side;
  readonly heavy: Side;
  /** `9 710 ×`, or null when the interval of the ratio holds 1. */
  readonly times: string | null;
  /** "sooner ready", "less memory": what the times are of. */
  readonly of: string;
  /** `95 %: 9 400 to 10 100`, or why there is no interval. */
  readonly spread: string;
  /** True when either side is emulated. */
  readonly emulated: boolean;
  /** The lighter virtual machines, for fairness: "vm-micro (emulated): 640 ×". */
  readonly others: readonly string[];
}

/** What each benchmark's figure is a virtue in, and what it is a burden in when the container has more of it. */
const WORDS: Readonly<Record<string, { readonly title: string; readonly less: string; readonly more: string }>> = {
  startup: { title: 'Start-up', less: 'sooner ready', more: 'later ready' },
  memory: { title: 'Memory', less: 'less memory', more: 'more memory' },
  disk: { title: 'Disk', less: 'less on disk', more: 'more on disk' },
};

export const LARGE = Object.keys(WORDS);

/** The comparison of VM with the container as its baseline. */
export function againstContainer(result: ResultDocument, metric: Metric, vm: string): Comparison | undefined {
  return result.comparisons.find((each) => each.metric === metric.id && each.runtime === vm && each.baseline === 'container');
}

/** Boxes with a figure in this metric, lightest kind first, as the run lists them. */
function measured(result: ResultDocument, metric: Metric, runtimes: readonly RuntimeView[]): Map<string, number> {
  return new Map(
    runtimes.flatMap(({ id, notMeasured }) => {
      const median = notMeasured === null ? result.statistics.find((each) => each.metric === metric.id && each.runtime === id)?.summary?.median : undefined;
      return median === undefined ? [] : [[id, median] as const];
    }),
  );
}

/** Whether the data leave open which of the two is lighter. */
function undecided(comparison: Comparison | undefined): boolean {
  const ratio = comparison?.ratio ?? null;
  return ratio !== null && ratio.low !== null && ratio.high !== null && ratio.low <= 1 && ratio.high >= 1;
}

/** A file's length is the same every time: an interval of no width is not called one. */
function spreadText([low, high]: readonly number[]): string {
  if (low === undefined || high === undefined) return 'too few samples for an interval';
  return low === high ? 'the same every time' : `95 %: ${timesText(low)} to ${timesText(high)}`;
}

function comparison(result: ResultDocument, metric: Metric, runtimes: readonly RuntimeView[]): LargeComparison | null {
  const words = WORDS[metric.benchmark];
  const figures = measured(result, metric, runtimes);
  const container = runtimes.find(({ id }) => id === 'container');
  const machines = runtimes.filter(({ id, kind }) => kind === 'vm' && figures.has(id));
  const heavy = machines.at(-1);
  if (words === undefined || container === undefined || heavy === undefined || !figures.has('container')) return null;
  const between = againstContainer(result, metric, heavy.id);
  const ratio = between?.ratio ?? null;
  if (ratio === null || ratio.value <= 0) return null;
  const side = (runtime: RuntimeView): Side => ({ runtime, median: figures.get(runtime.id) ?? 0, text: quantityText(metric.unit, figures.get(runtime.id) ?? 0) });
  const lighter = ratio.value >= 1;
  const spread = [ratio.low, ratio.high].flatMap((end) => (end === null || end <= 0 ? [] : [lighter ? end : 1 / end])).sort((a, b) => a - b);
  return {
    id: metric.benchmark,
    title: words.title,
    definition: metric.definition,
    light: side(container),
    heavy: side(heavy),
    times: undecided(between) ? null : `${timesText(lighter ? ratio.value : 1 / ratio.value)} ×`,
    of: undecided(between) ? 'no difference shown' : lighter ? words.less : words.more,
    spread: spreadText(spread),
    emulated: heavy.emulated || container.emulated,
    others: machines.slice(0, -1).flatMap((machine) => {
      const other = againstContainer(result, metric, machine.id)?.ratio ?? null;
      return other === null ? [] : [`${machine.label}: ${timesText(other.value)} ×`];
    }),
  };
}

/** Those of the three for which both sides have a figure. */
export function largeComparisons(result: ResultDocument, runtimes: readonly RuntimeView[]): LargeComparison[] {
  return LARGE.flatMap((benchmark) => {
    const metric = result.metrics.find((each) => each.benchmark === benchmark && each.primary);
    const found = metric === undefined ? null : comparison(result, metric, runtimes);
    return found === null ? [] : [found];
  });
}

/** Words for a figure that is the nth part of the other. */
function part(comparison: LargeComparison): string {
  const { light, heavy } = comparison;
  return heavy.median >= light.median ? `1/${timesText(heavy.median / light.median)} of its` : `${timesText(light.median / heavy.median)} times its`;
}

const PARTS: Readonly<Record<string, string>> = { memory: 'memory', disk: 'disk' };

/**
 * The whole story as one sentence, with the run's own figures; null where nothing can be compared.
 * What the data do not decide is left out of it.
 */
export function leadSentence(comparisons: readonly LargeComparison[]): string | null {
  const decided = comparisons.filter(({ times }) => times !== null);
  const [first] = decided;
  if (first === undefined) return null;
  const startup = decided.find(({ id }) => id === 'startup');
  const parts = decided.filter(({ id }) => id in PARTS).map((each) => `${part(each)} ${PARTS[each.id] ?? ''}`);
  const said = [
    ...(startup === undefined ? [] : [`was ready ${startup.times?.replace(' ×', ' times') ?? ''} ${startup.heavy.median >= startup.light.median ? 'sooner' : 'later'} than ${startup.heavy.runtime.id}`]),
    ...(parts.length === 0 ? [] : [`used ${parts.join(' and ')}${startup === undefined ? ` (${first.heavy.runtime.id})` : ''}`]),
  ];
  const emulated = decided.some((each) => each.emulated);
  return `On this machine the container ${said.join(', and ')}${emulated ? '; the virtual machine’s figures are emulated' : ''}.`;
}
