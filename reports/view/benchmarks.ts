/** A benchmark's metrics together, with the one that leads and what its chart shows. */
import type { ResultDocument } from '../../benchmarks/result/schema.ts';
import { diskViews, type BoxDiskView } from './disk.ts';
import { metricView, type MetricView } from './metrics.ts';
import { quantityText } from './numbers.ts';
import type { RuntimeView } from './runtimes.ts';

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
  /** Of the disk's benchmark: thing by thing; else empty. */
  readonly disks: readonly BoxDiskView[];
}

const BENCHMARK_TITLES: Readonly<Record<string, string>> = {
  startup: 'Start-up',
  phases: 'Parts of a start',
  http: 'First answer of a web server',
  ladder: 'What each part adds',
  rate: 'Starts a second',
  memory: 'Memory',
  growth: 'Growth',
  reclaim: 'Memory given back',
  disk: 'Disk',
  cold: 'Cold start',
  'idle-cpu': 'Processor time when idle',
  throughput: 'Work done inside',
  density: 'How many fit',
  interference: 'Beside a greedy neighbour',
};

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

const STOREYS = ['app', 'prerequisites', 'base', 'initramfs', 'guest-kernel', 'boot-loader', 'snapshot', 'metadata', 'runtime', 'hypervisor'] as const;

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

export function benchmarkViews(result: ResultDocument, all: readonly RuntimeView[]): BenchmarkView[] {
  return result.run.options.benchmarks.flatMap((id) => {
    const runtimes = all.filter(({ rung }) => rung === (id === 'ladder'));
    const metrics = result.metrics.filter((metric) => metric.benchmark === id).map((metric) => metricView(result, metric, runtimes)).filter(({ rows }) => rows.length > 0);
    const main = metrics.find(({ primary }) => primary) ?? metrics[0];
    if (main === undefined) return [];
    const parts = id === 'memory' ? memoryParts(metrics, runtimes) : id === 'disk' ? diskParts(result, runtimes) : null;
    return [{ id, title: BENCHMARK_TITLES[id] ?? id, summary: id === 'ladder' ? ladderSummary(main) : benchmarkSummary(main), metrics, main, parts, disks: id === 'disk' ? diskViews(result, runtimes) : [] }];
  });
}
