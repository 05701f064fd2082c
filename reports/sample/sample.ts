/** A result document for the tests of reports: whole and valid, with figures that were made up. */
import { resultDocument, SCHEMA_VERSION, type Comparison, type Metric, type ResultDocument, type RuntimeEntry, type Sample, type Statistic } from '../../benchmarks/result/schema.ts';

/** What no text may do to a page: end an element, start one, break out of an attribute or a string. */
export const HOSTILE = '</script><script>alert(1)</script> <img src=x onerror=alert(2)> "\'`${x}{{y}} \u2028\u2029 &amp; -->';

export interface SampleOptions {
  readonly runtimes?: readonly string[];
  readonly rounds?: number;
  /** Put into every field that holds text. */
  readonly text?: (text: string) => string;
  readonly emulated?: boolean;
  /** Rounds whose vm-micro start failed. */
  readonly failing?: (runtime: string, round: number) => boolean;
  readonly unavailable?: readonly string[];
}

const CENTRES: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  process: { 'startup.ready': 0.42, 'startup.lifecycle': 0.5, 'memory.cgroup': 47_000, 'memory.anonymous': 8_000, 'memory.file': 0, 'memory.kernel': 39_000, 'disk.allocated': 12_288 },
  container: { 'startup.ready': 1.7, 'startup.lifecycle': 2.2, 'memory.cgroup': 98_000, 'memory.anonymous': 8_000, 'memory.file': 0, 'memory.kernel': 90_000, 'disk.allocated': 2_150_000 },
  'vm-floor': { 'startup.ready': 24, 'startup.lifecycle': 27, 'memory.cgroup': 16e6, 'memory.anonymous': 15.6e6, 'memory.file': 0, 'memory.kernel': 0.4e6, 'disk.allocated': 65_536 },
  'vm-micro': { 'startup.ready': 1230, 'startup.lifecycle': 1250, 'memory.cgroup': 135e6, 'memory.anonymous': 134e6, 'memory.file': 0, 'memory.kernel': 1e6, 'disk.allocated': 55e6 },
};

const KINDS: Readonly<Record<string, RuntimeEntry['kind']>> = { process: 'process', container: 'container', 'vm-floor': 'vm', 'vm-micro': 'vm' };

function metrics(): Metric[] {
  const metric = (benchmark: string, name: string, unit: Metric['unit'], primary = false): Metric => ({ id: `${benchmark}.${name}`, benchmark, name, title: name, unit, definition: `What ${name} counts.`, anchor: `${benchmark}-${name}`, primary });
  return [metric('startup', 'ready', 'ms', true), metric('startup', 'lifecycle', 'ms'), metric('memory', 'cgroup', 'bytes', true), metric('memory', 'anonymous', 'bytes'), metric('memory', 'file', 'bytes'), metric('memory', 'kernel', 'bytes'), metric('disk', 'allocated', 'bytes', true)];
}

/** Between 0.9 and 1.1, the same for the same place. */
function wobble(round: number, salt: number): number {
  return 0.9 + (((round * 7919 + salt * 104729) % 1000) / 1000) * 0.2;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return ((sorted[Math.floor((sorted.length - 1) / 2)] ?? 0) + (sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0)) / 2;
}

export function sampleResult(options: SampleOptions = {}): ResultDocument {
  const { runtimes = Object.keys(CENTRES), rounds = 30, text = (same) => same, emulated = true, failing = () => false, unavailable = [] } = options;
  const all = metrics();
  const isEmulated = (id: string): boolean => emulated && KINDS[id] === 'vm';
  const samples: Sample[] = [];
  for (const benchmark of ['startup', 'memory', 'disk']) {
    for (let round = 0; round < rounds; round++) {
      for (const [order, runtime] of runtimes.filter((id) => !unavailable.includes(id)).entries()) {
        const base = { index: samples.length, benchmark, runtime, round, order, at: samples.length * 10 };
        if (failing(runtime, round)) {
          samples.push({ ...base, outcome: 'failed', failure: { reason: 'deadline', message: text('not ready within 30000 ms: stopped'), remedy: text('see its log'), log: text('Kernel panic - not syncing') } });
          continue;
        }
        const values = Object.fromEntries(all.filter((metric) => metric.benchmark === benchmark).map((metric, salt) => [metric.name, (CENTRES[runtime]?.[metric.id] ?? 1) * (benchmark === 'disk' ? 1 : wobble(round, salt + order))]));
        const ready = values['ready'] ?? 1;
        const timeline = ['received', 'clone', 'mount /proc', 'exec', 'ready'].map((label, step) => ({ label: text(label), ms: (ready * (step + 1)) / 5 }));
        samples.push({ ...base, outcome: 'ok', values, ...(benchmark === 'startup' ? { timeline } : {}) });
      }
    }
  }
  const valuesOf = (metric: Metric, runtime: string): number[] => samples.flatMap((sample) => (sample.outcome === 'ok' && sample.runtime === runtime && sample.values[metric.name] !== undefined && sample.benchmark === metric.benchmark ? [sample.values[metric.name] as number] : []));
  const statistics: Statistic[] = all.flatMap((metric) =>
    runtimes.map((runtime) => {
      const values = valuesOf(metric, runtime);
      const failed = samples.filter((sample) => sample.outcome === 'failed' && sample.runtime === runtime && sample.benchmark === metric.benchmark).length;
      const middle = median(values);
      const enough = values.length >= 5;
      const summary = values.length === 0 ? null : { median: middle, low: enough ? middle * 0.97 : null, high: enough ? middle * 1.03 : null, min: Math.min(...values), max: Math.max(...values), mean: middle, standardDeviation: middle * 0.05, p90: null, p95: null, p99: null, outliers: [] };
      return { metric: metric.id, runtime, emulated: isEmulated(runtime), n: values.length, failed, summary };
    }),
  );
  const medianOf = (metric: string, runtime: string): number | null => statistics.find((each) => each.metric === metric && each.runtime === runtime)?.summary?.median ?? null;
  const comparisons: Comparison[] = all.flatMap((metric) =>
    (['process', 'container'] as const).flatMap((baseline) =>
      runtimes.flatMap((runtime) => {
        const [value, against] = [medianOf(metric.id, runtime), medianOf(metric.id, baseline)];
        if (runtime === baseline || value === null || against === null) return [];
        const enough = rounds >= 5;
        const spread = (middle: number) => ({ value: middle, low: enough ? middle - Math.abs(middle) * 0.05 : null, high: enough ? middle + Math.abs(middle) * 0.05 : null });
        return [{ metric: metric.id, runtime, baseline, ratio: against === 0 ? null : spread(value / against), difference: spread(value - against), emulated: isEmulated(runtime) || isEmulated(baseline) }];
      }),
    ),
  );
  const digest = 'ab'.repeat(32);
  const document: ResultDocument = {
    format: 'tare-result',
    schemaVersion: SCHEMA_VERSION,
    tare: { version: '0.0.0', commit: digest.slice(0, 40) },
    run: {
      id: text('run-1'),
      startedAt: '2026-01-02T03:04:05.000Z',
      finishedAt: '2026-01-02T03:06:05.000Z',
      durationMs: 120_000,
      state: 'complete',
      command: ['tare', 'bench', '--seed', text('seed')],
      options: { profile: 'quick', benchmarks: ['startup', 'memory', 'disk'], runtimes: [...runtimes], rounds: { startup: rounds, memory: rounds, disk: rounds }, every: {}, warmupRounds: 1, seed: text('seed'), gapMs: 20, memoryBytes: 268435456, cpus: 1, accelerator: 'auto', deadlineMs: 30_000, settleMs: 2100 },
      conditions: { loadAverage1: 0.1, swapUsedBytes: 0 },
    },
    host: {
      hostname: text('lab-1'),
      os: { distribution: text('Debian GNU/Linux'), release: text('12'), kernel: text('6.1.0'), arch: text('x64'), commandLine: text('quiet') },
      cpu: { brand: text('A processor'), vendor: text('Vendor'), logical: 8, physical: 4, maxMhz: 3000, governor: text('performance'), flagsVirtualisation: true },
      memory: { totalBytes: 16e9, availableBytes: 12e9, swapTotalBytes: 0, ksm: false },
      storage: { fileSystem: text('ext4'), mount: text('/'), device: text('/dev/sda1') },
      virtualisation: null,
      cgroup: 'v2',
      securityModules: [text('selinux')],
      selinux: text('enforcing'),
      versions: { node: text('20.20.0') },
    },
    image: {
      name: text('tiny'),
      digest,
      recipeDigest: digest,
      layers: [{ name: text('base'), storey: 'base', digest, lengthBytes: 2_000_000, allocatedBytes: 2_100_000, files: 400 }],
      kernel: { release: text('6.1.0-cloud'), digest, from: text('linux-image 6.1'), lengthBytes: 50e6, allocatedBytes: 50e6 },
      provision: { builtAt: '2026-01-01T00:00:00.000Z', milliseconds: 6000, steps: [{ name: text('layer base'), milliseconds: 1000 }] },
    },
    metrics: all.map((metric) => ({ ...metric, title: text(metric.title), definition: text(metric.definition) })),
    runtimes: runtimes.map((id) => ({
      id,
      runtime: id,
      kind: KINDS[id] ?? 'container',
      summary: text(`what ${id} is`),
      state: unavailable.includes(id) ? { state: 'unavailable', reason: text('needs root'), remedy: text('run it with sudo') } : { state: 'measured' },
      accelerator: KINDS[id] === 'vm' ? (emulated ? 'tcg' : 'kvm') : null,
      emulated: isEmulated(id),
      acceleratorReason: KINDS[id] === 'vm' ? text('the probe stopped half-way') : null,
      versions: {},
      command: KINDS[id] === 'vm' ? ['qemu-system-x86_64', '-append', text('panic=-1')] : [],
      plan: [{ op: 'clone', label: text('clone'), why: text('a new process'), text: text('clone 0x0') }],
      configuredMemoryBytes: id === 'process' ? null : 268435456,
      provisionMs: 100,
      disk: [{ name: text('base'), storey: 'base', capacityBytes: null, lengthBytes: 2_000_000, allocatedBytes: CENTRES[id]?.['disk.allocated'] ?? 4096, shared: true }],
    })),
    samples,
    warnings: emulated ? [{ id: 'emulated', symptom: text('virtual machines were emulated'), cause: text('no KVM'), remedy: text('use a host with KVM') }] : [],
    statistics,
    comparisons,
  };
  return resultDocument.parse(document);
}
