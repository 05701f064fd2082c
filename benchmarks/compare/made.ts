/** Result documents of known figures, for the tests of comparisons: scattered from a seed, shifted as told. */
import { fakeHost } from '../../runtime/fake/host.ts';
import { noiseOf } from '../noise/floor.ts';
import { normal } from '../random/gamma.ts';
import { stream, type Stream } from '../random/stream.ts';
import { resultDocument, SCHEMA_VERSION, type Metric, type ResultDocument, type RuntimeEntry, type Sample } from '../result/schema.ts';
import { seriesOf } from '../statistics/series.ts';
import { summarise } from '../statistics/summarise.ts';

export interface Making {
  readonly id?: string;
  /** Of the scatter. Default: the id. */
  readonly seed?: string;
  readonly runtimes?: readonly string[];
  readonly rounds?: number;
  /** Runtime id → what its figures are multiplied by; sizes on disk are not. */
  readonly scale?: Readonly<Record<string, number>>;
  /** Bytes of the container on disk. */
  readonly disk?: number;
  /** One value of the scatter, around 1. Default: normal, 5 % wide. */
  readonly samples?: (from: Stream) => number;
  readonly emulated?: boolean;
  readonly unavailable?: readonly string[];
  readonly failing?: readonly string[];
  /** Benchmarks that are left out. */
  readonly without?: readonly string[];
  /** Of `startup.ready`, where it is not the usual one. */
  readonly definition?: string;
  readonly anchor?: string;
  readonly unit?: Metric['unit'];
  /** Runtime id → whose second name it is. */
  readonly twins?: Readonly<Record<string, string>>;
  /** Runtime id → the runtime that was entered under it. */
  readonly runtimeOf?: Readonly<Record<string, string>>;
  readonly readyBy?: string;
  readonly digest?: string;
  readonly hostname?: string;
  /** Ids of warnings. */
  readonly warned?: readonly string[];
  readonly options?: Partial<ResultDocument['run']['options']>;
}

const CENTRES: Readonly<Record<string, number>> = { 'startup.ready': 2, 'memory.cgroup': 1e5, 'disk.allocated': 2e6, 'rate.two': 900 };

/** Skewed as start-up times are. */
export function exponential(from: Stream): number {
  return 0.8 + 0.3 * normal(from) ** 2;
}

function metricsOf({ definition, anchor, unit, without = [] }: Making): Metric[] {
  const metric = (benchmark: string, name: string, of: Metric['unit']): Metric => ({ id: `${benchmark}.${name}`, benchmark, name, title: name, unit: of, definition: `What ${name} counts.`, anchor: `${benchmark}-${name}`, primary: true });
  const ready = metric('startup', 'ready', unit ?? 'ms');
  return [{ ...ready, definition: definition ?? ready.definition, anchor: anchor ?? ready.anchor }, metric('memory', 'cgroup', 'bytes'), metric('disk', 'allocated', 'bytes'), metric('rate', 'two', '1/s')].filter(({ benchmark }) => !without.includes(benchmark));
}

function entryOf(id: string, { emulated = false, unavailable = [], runtimeOf = {}, twins = {}, readyBy }: Making): RuntimeEntry {
  const kind = id.startsWith('vm') ? 'vm' : id === 'process' ? 'process' : 'container';
  return {
    id, kind, runtime: runtimeOf[id] ?? twins[id] ?? id, summary: `what ${id} is`,
    state: unavailable.includes(id) ? { state: 'unavailable', reason: 'needs root', remedy: 'use sudo' } : { state: 'measured' },
    accelerator: kind === 'vm' ? (emulated ? 'tcg' : 'kvm') : null, emulated: kind === 'vm' && emulated, acceleratorReason: null,
    versions: {}, command: [], plan: [], configuredMemoryBytes: null, provisionMs: null, disk: [],
    ...(readyBy === undefined ? {} : { readyBy }),
    ...(twins[id] === undefined ? {} : { twinOf: twins[id] }),
  };
}

export function made(making: Making): ResultDocument {
  const { id = 'id', seed = id, runtimes = ['process', 'container', 'vm-micro'], rounds = 30, scale = {}, disk = 2e6, samples: draw = (from) => 1 + 0.05 * normal(from), unavailable = [], failing = [] } = making;
  const metrics = metricsOf(making);
  const from = stream(seed, 'made');
  const samples: Sample[] = [];
  for (const metric of metrics) {
    for (let round = 0; round < rounds; round++) {
      for (const [order, runtime] of runtimes.filter((each) => !unavailable.includes(each)).entries()) {
        const base = { index: samples.length, benchmark: metric.benchmark, runtime, round, order, at: samples.length };
        const value = metric.benchmark === 'disk' ? (runtime === 'container' ? disk : 2e6) : (CENTRES[metric.id] ?? 1) * (scale[runtime] ?? 1) * draw(from);
        samples.push(failing.includes(runtime) ? { ...base, outcome: 'failed', failure: { reason: 'deadline', message: 'not ready', remedy: '', log: '' } } : { ...base, outcome: 'ok', values: { [metric.name]: value } });
      }
    }
  }
  const digest = making.digest ?? 'ab'.repeat(32);
  const entries = runtimes.map((each) => entryOf(each, making));
  const emulated = new Set(entries.filter((entry) => entry.emulated).map((entry) => entry.id));
  const measured = runtimes.filter((each) => !unavailable.includes(each));
  const summaries = seriesOf(samples, metrics, measured).map((series) => summarise(series, emulated.has(series.runtime), 'seed'));
  return resultDocument.parse({
    format: 'tare-result',
    schemaVersion: SCHEMA_VERSION,
    tare: { version: '0.0.0', commit: null },
    run: {
      id, startedAt: '2026-01-02T03:04:05.000Z', finishedAt: '2026-01-02T03:05:05.000Z', durationMs: 60_000, state: 'complete', command: ['tare', 'bench'],
      conditions: { loadAverage1: 0, swapUsedBytes: 0 },
      options: { profile: 'quick', benchmarks: metrics.map(({ benchmark }) => benchmark), runtimes: [...runtimes], rounds: {}, every: {}, warmupRounds: 0, seed: 'seed', gapMs: 20, memoryBytes: 2 ** 28, cpus: 1, accelerator: 'auto', deadlineMs: 30_000, settleMs: 2100, ...making.options },
    },
    host: { ...fakeHost(), hostname: making.hostname ?? 'lab' },
    image: { name: 'tiny', digest, recipeDigest: digest, layers: [], kernel: { release: '6.1.0', digest: 'ef'.repeat(32), from: 'linux-image', lengthBytes: 1, allocatedBytes: 1 }, provision: { builtAt: '2026-01-01T00:00:00.000Z', milliseconds: 1, steps: [] } },
    metrics,
    runtimes: entries,
    samples,
    warnings: (making.warned ?? []).map((each) => ({ id: each, symptom: '', cause: '', remedy: '' })),
    statistics: summaries.map(({ statistic }) => statistic),
    comparisons: [],
    noise: noiseOf(summaries, entries),
  });
}
