/**
 * What a report says, before it is drawn: every sentence and figure, in words and in numbers, from the result
 * document alone. HTML, PNG, terminal and Markdown all draw this and compute nothing of their own.
 */
import type { Comparison, Metric, ResultDocument, RuntimeEntry, Statistic } from '../../benchmarks/result/schema.ts';
import { intervalText, quantityText, timesText, type Quantity } from './numbers.ts';
import { inkOf, type Ink } from './palette.ts';

/** What stands beside a name whose figures are emulated. */
export const EMULATED = 'emulated';

export interface RuntimeView {
  readonly id: string;
  /** For people: the id, or a rung's title. */
  readonly name: string;
  /** A rung of the ladder: shown with it, and nowhere else. */
  readonly rung: boolean;
  /** Place in the run's list: names may hold anything, so style sheets go by this. */
  readonly position: number;
  readonly kind: RuntimeEntry['kind'];
  readonly summary: string;
  readonly emulated: boolean;
  /** `vm-micro (emulated)` */
  readonly label: string;
  readonly ink: Ink;
  /** Why there are no figures of it, or null. */
  readonly notMeasured: string | null;
  readonly acceleratorReason: string | null;
  /** Benchmarks that could not be taken of it → why. */
  readonly unmeasurable: Readonly<Record<string, string>>;
}

export interface Row {
  readonly runtime: RuntimeView;
  readonly median: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly n: number;
  readonly failed: number;
  /** `1.24 ms`, or `not measured: …`. */
  readonly text: string;
  /** `1.20–1.31 ms`, or why there is none. */
  readonly intervalText: string;
  /** `3.1 times process (2.9–3.3)`, or null for the process itself and where there is nothing to compare; of a rung, what it adds. */
  readonly ratioText: string | null;
  /** Every good value, in the order taken. */
  readonly values: readonly number[];
}

export interface MetricView {
  readonly id: string;
  readonly title: string;
  readonly quantity: Quantity;
  readonly definition: string;
  readonly anchor: string;
  readonly primary: boolean;
  /** What `ratioText` is held against, as the heading of its column. */
  readonly against: string;
  readonly rows: readonly Row[];
}

/** A whole in parts: a stacked bar a runtime. */
export interface PartsView {
  readonly parts: readonly string[];
  readonly rows: readonly { readonly runtime: RuntimeView; readonly bytes: readonly number[] }[];
}

export interface BenchmarkView {
  readonly id: string;
  readonly title: string;
  /** What the chart shows, in a sentence or two. */
  readonly summary: string;
  readonly metrics: readonly MetricView[];
  readonly main: MetricView;
  readonly parts: PartsView | null;
}

export interface TimelineView {
  readonly runtime: RuntimeView;
  /** Round of the sample shown: the one whose figure is nearest the median. */
  readonly round: number;
  readonly steps: readonly { readonly label: string; readonly fromMs: number; readonly toMs: number }[];
}

export interface FailureView {
  readonly runtime: string;
  readonly benchmark: string;
  readonly round: number;
  readonly message: string;
  readonly log: string;
}

export interface View {
  readonly title: string;
  /** The first thing said: what emulated figures are worth, or null when there are none. */
  readonly caution: string | null;
  /** The story in ten seconds. */
  readonly headline: readonly string[];
  readonly hostLine: string;
  readonly when: string;
  readonly runtimes: readonly RuntimeView[];
  readonly benchmarks: readonly BenchmarkView[];
  readonly timelines: readonly TimelineView[];
  readonly failures: readonly FailureView[];
  readonly result: ResultDocument;
}

const BENCHMARK_TITLES: Readonly<Record<string, string>> = { startup: 'Start-up', http: 'First answer of a web server', ladder: 'What each part adds', rate: 'Starts a second', memory: 'Memory', disk: 'Disk' };

function runtimeViews(result: ResultDocument): RuntimeView[] {
  return result.runtimes.map((entry, position) => ({
    id: entry.id,
    name: entry.rung ?? entry.id,
    rung: entry.rung !== undefined,
    position,
    kind: entry.kind,
    summary: entry.summary,
    emulated: entry.emulated,
    label: entry.emulated ? `${entry.rung ?? entry.id} (${EMULATED})` : (entry.rung ?? entry.id),
    ink: inkOf(entry.rung === undefined ? entry.runtime : 'container', position),
    notMeasured: entry.state.state === 'unavailable' ? entry.state.reason : null,
    acceleratorReason: entry.acceleratorReason,
    unmeasurable: entry.unmeasurable ?? {},
  }));
}

/** "3.1 times process (2.9–3.3)"; a ratio without an interval says that there are too few samples for one. */
export function ratioText(comparison: Comparison | undefined, baseline: string): string | null {
  const ratio = comparison?.ratio ?? null;
  if (ratio === null) return null;
  const spread = ratio.low === null || ratio.high === null ? 'too few samples for an interval' : `${timesText(ratio.low)}–${timesText(ratio.high)}`;
  return `${timesText(ratio.value)} × ${baseline} (${spread})`;
}

function valuesOf(result: ResultDocument, metric: Metric, runtime: string): number[] {
  return result.samples.flatMap((sample) => {
    if (sample.outcome !== 'ok' || sample.benchmark !== metric.benchmark || sample.runtime !== runtime) return [];
    const value = sample.values[metric.name];
    return value === undefined ? [] : [value];
  });
}

/** `+330 µs (310–345 µs)`: what a rung adds to the one below. */
function addedText(result: ResultDocument, metric: Metric, runtime: RuntimeView): string | null {
  const difference = result.comparisons.find((each) => each.metric === metric.id && each.runtime === runtime.id)?.difference;
  if (difference === undefined) return null;
  const spread = intervalText(metric.unit, difference.low, difference.high);
  return `${difference.value < 0 ? '' : '+'}${quantityText(metric.unit, difference.value)}${spread === null ? '' : ` (${spread})`}`;
}

function row(result: ResultDocument, metric: Metric, runtime: RuntimeView, statistic: Statistic | undefined): Row {
  const summary = statistic?.summary ?? null;
  const failed = statistic?.failed ?? 0;
  const n = statistic?.n ?? 0;
  const why = runtime.notMeasured ?? runtime.unmeasurable[metric.benchmark] ?? (failed > 0 ? `all ${failed} starts failed` : 'no sample was taken');
  const comparison = result.comparisons.find((each) => each.metric === metric.id && each.runtime === runtime.id && each.baseline === 'process');
  return {
    runtime,
    median: summary?.median ?? null,
    low: summary?.low ?? null,
    high: summary?.high ?? null,
    n,
    failed,
    text: summary === null ? `not measured: ${why}` : quantityText(metric.unit, summary.median),
    intervalText: summary === null ? '' : (intervalText(metric.unit, summary.low, summary.high) ?? `n = ${n}: too few for an interval`),
    ratioText: runtime.rung ? addedText(result, metric, runtime) : runtime.id === 'process' ? null : ratioText(comparison, 'process'),
    values: valuesOf(result, metric, runtime.id),
  };
}

function metricView(result: ResultDocument, metric: Metric, runtimes: readonly RuntimeView[]): MetricView {
  const statistics = new Map(result.statistics.filter((each) => each.metric === metric.id).map((each) => [each.runtime, each]));
  return {
    id: metric.id,
    title: metric.title,
    quantity: metric.unit,
    definition: metric.definition,
    anchor: metric.anchor,
    primary: metric.primary,
    against: runtimes.some(({ rung }) => rung) ? 'adds' : 'against a plain process',
    rows: runtimes.map((runtime) => row(result, metric, runtime, statistics.get(runtime.id))),
  };
}

const MEMORY_PARTS = ['anonymous', 'file', 'kernel'] as const;

function memoryParts(metrics: readonly MetricView[], runtimes: readonly RuntimeView[]): PartsView | null {
  const found = MEMORY_PARTS.map((part) => metrics.find(({ id }) => id === `memory.${part}`));
  if (found.some((metric) => metric === undefined)) return null;
  const rows = runtimes.flatMap((runtime) => {
    const bytes = found.map((metric) => metric?.rows.find((each) => each.runtime.id === runtime.id)?.median ?? null);
    return bytes.every((each) => each !== null) ? [{ runtime, bytes: bytes }] : [];
  });
  return rows.length === 0 ? null : { parts: MEMORY_PARTS, rows };
}

const STOREYS = ['app', 'prerequisites', 'base', 'initramfs', 'guest-kernel', 'boot-loader', 'metadata', 'runtime', 'hypervisor'] as const;

function diskParts(result: ResultDocument, runtimes: readonly RuntimeView[]): PartsView | null {
  const items = new Map(result.runtimes.map((entry) => [entry.id, entry.disk]));
  const parts = STOREYS.filter((storey) => [...items.values()].some((disk) => disk.some((item) => item.storey === storey && item.allocatedBytes > 0)));
  if (parts.length === 0) return null;
  const rows = runtimes
    .filter((runtime) => (items.get(runtime.id) ?? []).length > 0)
    .map((runtime) => ({ runtime, bytes: parts.map((storey) => (items.get(runtime.id) ?? []).filter((item) => item.storey === storey).reduce((sum, item) => sum + item.allocatedBytes, 0)) }));
  return { parts, rows };
}

function benchmarkSummary(main: MetricView): string {
  const sentences = main.rows.map((each) => `${each.runtime.label}: ${each.text}${each.intervalText === '' ? '' : ` (${each.intervalText})`}`);
  return `Median with 95 % interval. ${sentences.join('; ')}.`;
}

/** A sentence on the ladder: its ends, and the part that costs most. */
function ladderSummary(main: MetricView): string {
  const measured = main.rows.filter(({ median }) => median !== null);
  const [first, last] = [measured[0], measured.at(-1)];
  if (first === undefined || last === undefined || first === last) return benchmarkSummary(main);
  const steps = measured.slice(1).map((each, index) => ({ row: each, added: (each.median ?? 0) - (measured[index]?.median ?? 0) }));
  const dearest = steps.reduce((most, step) => (step.added > most.added ? step : most));
  return `From ${first.text} for a bare process to ${last.text} for the whole container; ${dearest.row.runtime.name.replace(/^\+ /, '')} adds most: ${dearest.row.ratioText ?? quantityText(main.quantity, dearest.added)}.`;
}

function benchmarkViews(result: ResultDocument, all: readonly RuntimeView[]): BenchmarkView[] {
  return result.run.options.benchmarks.flatMap((id) => {
    const runtimes = all.filter(({ rung }) => rung === (id === 'ladder'));
    const metrics = result.metrics.filter((metric) => metric.benchmark === id).map((metric) => metricView(result, metric, runtimes));
    const main = metrics.find(({ primary }) => primary) ?? metrics[0];
    if (main === undefined) return [];
    const parts = id === 'memory' ? memoryParts(metrics, runtimes) : id === 'disk' ? diskParts(result, runtimes) : null;
    return [{ id, title: BENCHMARK_TITLES[id] ?? id, summary: id === 'ladder' ? ladderSummary(main) : benchmarkSummary(main), metrics, main, parts }];
  });
}

/** The good start-up sample whose figure is nearest the median, step by step. */
function timelineViews(result: ResultDocument, runtimes: readonly RuntimeView[]): TimelineView[] {
  return runtimes.flatMap((runtime) => {
    const median = result.statistics.find((each) => each.metric === 'startup.ready' && each.runtime === runtime.id)?.summary?.median;
    if (median === undefined) return [];
    const distance = (value: number | undefined): number => Math.abs((value ?? Number.POSITIVE_INFINITY) - median);
    const nearest = result.samples
      .flatMap((sample) => (sample.outcome === 'ok' && sample.benchmark === 'startup' && sample.runtime === runtime.id && sample.timeline !== undefined ? [sample] : []))
      .reduce<Extract<ResultDocument['samples'][number], { outcome: 'ok' }> | null>((best, sample) => (best === null || distance(sample.values['ready']) < distance(best.values['ready']) ? sample : best), null);
    if (nearest?.timeline === undefined) return [];
    let from = 0;
    const steps = nearest.timeline.map(({ label, ms }) => {
      const step = { label, fromMs: from, toMs: ms };
      from = ms;
      return step;
    });
    return [{ runtime, round: nearest.round, steps }];
  });
}

function comparisonOf(result: ResultDocument, metric: string, runtime: string, baseline: string): Comparison | undefined {
  return result.comparisons.find((each) => each.metric === metric && each.runtime === runtime && each.baseline === baseline);
}

/** "container is 740 times (710–770) faster to start than vm-micro" from vm ÷ container. */
export function heavierSentence(comparison: Comparison | undefined, vm: RuntimeView, verb: (times: string, vm: string) => string, equal: (vm: string) => string): string | null {
  const ratio = comparison?.ratio ?? null;
  if (ratio === null) return null;
  const spread = ratio.low === null || ratio.high === null ? ' (too few samples for an interval)' : ` (${timesText(ratio.low)}–${timesText(ratio.high)})`;
  const undecided = ratio.low !== null && ratio.high !== null && ratio.low <= 1 && ratio.high >= 1;
  if (undecided) return equal(vm.label);
  return verb(`${timesText(ratio.value)} times${spread}`, vm.label);
}

/** The sentences that compare container and virtual machine, for each heavier box that was measured. */
export function headlineSentences(result: ResultDocument, runtimes: readonly RuntimeView[]): string[] {
  const container = runtimes.find(({ id }) => id === 'container');
  const vm = runtimes.findLast(({ kind, notMeasured }) => kind === 'vm' && notMeasured === null);
  const primary = (benchmark: string): Metric | undefined => result.metrics.find((metric) => metric.benchmark === benchmark && metric.primary);
  const sentences: string[] = [];
  if (container !== undefined && vm !== undefined) {
    const told = (benchmark: string, verb: (times: string, name: string) => string): void => {
      const metric = primary(benchmark);
      if (metric === undefined) return;
      const sentence = heavierSentence(comparisonOf(result, metric.id, vm.id, container.id), vm, verb, (name) => `${benchmark}: no difference shown between container and ${name}`);
      if (sentence !== null) sentences.push(sentence);
    };
    told('startup', (times, name) => (times.startsWith('0.') ? `container takes ${times} as long to start as ${name}` : `container is ${times} faster to start than ${name}`));
    told('http', (times, name) => (times.startsWith('0.') ? `a web server in container takes ${times} as long to its first answer as in ${name}` : `a web server in container gives its first answer ${times} sooner than in ${name}`));
    told('memory', (times, name) => `${name} holds ${times} the memory of container`);
    told('disk', (times, name) => `${name} takes ${times} the disk of container`);
  }
  const metric = primary('startup');
  if (metric !== undefined && container !== undefined) {
    const text = ratioText(comparisonOf(result, metric.id, container.id, 'process'), 'a plain process');
    if (text !== null) sentences.push(`container takes ${text} to start`);
  }
  const process = runtimes.find(({ id }) => id === 'process');
  if (sentences.length === 0 && metric !== undefined && process !== undefined && vm !== undefined) {
    const text = ratioText(comparisonOf(result, metric.id, vm.id, process.id), 'a plain process');
    if (text !== null) sentences.push(`${vm.label} takes ${text} to start`);
  }
  if (sentences.length > 0) return sentences;
  const good = result.statistics.filter(({ summary }) => summary !== null).length;
  return [good === 0 ? 'Nothing could be measured: see what failed, below.' : 'Too little was measured to compare boxes.'];
}

export function buildView(result: ResultDocument): View {
  const all = runtimeViews(result);
  const runtimes = all.filter(({ rung }) => !rung);
  const emulated = runtimes.filter((runtime) => runtime.emulated && runtime.notMeasured === null);
  const { host } = result;
  return {
    title: 'What a box weighs',
    caution:
      emulated.length === 0
        ? null
        : `Figures of ${emulated.map(({ id }) => id).join(' and ')} are ${EMULATED}: this host has no working hardware virtualisation, so the guest's processor is imitated in software. Ratios against an emulated machine say nothing about hardware virtualisation.`,
    headline: headlineSentences(result, runtimes),
    hostLine: `${host.cpu.brand}, ${host.cpu.logical} processor${host.cpu.logical === 1 ? '' : 's'}, ${quantityText('bytes', host.memory.totalBytes)}; ${host.os.distribution} ${host.os.release}, Linux ${host.os.kernel}${host.virtualisation === null ? '' : '; itself a virtual machine'}`,
    when: result.run.startedAt,
    runtimes,
    benchmarks: benchmarkViews(result, all),
    timelines: timelineViews(result, runtimes),
    failures: result.samples.flatMap((sample) =>
      sample.outcome === 'failed' ? [{ runtime: sample.runtime, benchmark: sample.benchmark, round: sample.round, message: sample.failure.message, log: sample.failure.log }] : [],
    ),
    result,
  };
}
