/**
 * The result document: everything a report needs, in one JSON file.
 *
 * Left of it stands measuring, which needs Linux and privileges; right of it stand reports, which need
 * neither. This schema is the contract between them; `tare schema` publishes it as JSON Schema.
 * Sizes are bytes, durations milliseconds, instants ISO 8601 in UTC, unless a name says otherwise.
 */
import { z } from 'zod';
import { conditionsSeries } from './conditions.ts';
import { origin } from './origin.ts';

/** Raised whenever a reader of the older form would misunderstand the newer one. */
export const SCHEMA_VERSION = 1;

const kind = z.enum(['process', 'container', 'vm']);
const accelerator = z.enum(['kvm', 'tcg']);
const bytes = z.int().nonnegative();
const milliseconds = z.number().nonnegative();
const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** What is measured. Every figure in a report is one of these. */
export const metric = z.strictObject({
  /** `startup.ready`, `memory.pss`: benchmark and metric, joined by a dot. */
  id: z.string(),
  benchmark: z.string(),
  name: z.string(),
  /** For people: "ready", "PSS". */
  title: z.string(),
  unit: z.enum(['ms', 'bytes', '1/s', 'ms/s', 'count', 'ratio']),
  /** One sentence: what it counts, and for a time where its clock starts and stops. */
  definition: z.string(),
  /** The anchor of its paragraph in docs/methodology.md. */
  anchor: z.string(),
  /** The metric a benchmark is summed up by. One in each benchmark. */
  primary: z.boolean(),
  /** Kinds of boxes that have it at all; absent where every kind has. */
  kinds: z.array(kind).optional(),
  /** A difference: it may come out below zero. */
  signed: z.boolean().optional(),
  /** Taken once of a box that has to be asked in a start of its own: samples may lack it. */
  sparse: z.boolean().optional(),
});

/** Which tare measured. A commit that ends in `-dirty` is one to which something had been changed. */
export const tare = z.strictObject({ version: z.string(), commit: z.string().nullable() });

const versions = z.record(z.string(), z.string());

export const host = z.strictObject({
  /** `null` when the user asked that it be left out. */
  hostname: z.string().nullable(),
  os: z.strictObject({ distribution: z.string(), release: z.string(), kernel: z.string(), arch: z.string(), commandLine: z.string() }),
  cpu: z.strictObject({ brand: z.string(), vendor: z.string(), logical: z.int().positive(), physical: z.int().positive(), maxMhz: z.number().nullable(), governor: z.string().nullable(), flagsVirtualisation: z.boolean() }),
  memory: z.strictObject({ totalBytes: bytes, availableBytes: bytes, swapTotalBytes: bytes, ksm: z.boolean().nullable() }),
  storage: z.strictObject({ fileSystem: z.string(), mount: z.string(), device: z.string(), options: z.string().optional() }),
  /** The hypervisor that this host runs on itself, or `null` for bare metal. */
  virtualisation: z.string().nullable(),
  cgroup: z.enum(['v1', 'v2', 'hybrid', 'none']),
  securityModules: z.array(z.string()),
  /** Whether SELinux enforces, and what AppArmor says: the mission names SELinux, so its absence is said. */
  selinux: z.string(),
  /** How the host is set up, as far as it bears on figures; `null` where its kernel does not tell. */
  tuning: z.strictObject({
    microcode: z.string().nullable(),
    smt: z.string().nullable(),
    /** Weakness of the processor → what the kernel does about it. */
    mitigations: z.record(z.string(), z.string()),
    clockSource: z.string().nullable(),
    frequencyDriver: z.string().nullable(),
    idleDriver: z.string().nullable(),
    boost: z.boolean().nullable(),
    isolatedCpus: z.string().nullable(),
    transparentHugePages: z.string().nullable(),
    hugePageDefrag: z.string().nullable(),
    swappiness: z.int().nullable(),
    overcommit: z.int().nullable(),
    ksm: z.strictObject({ run: z.int(), pagesToScan: z.int(), sleepMs: z.int() }).nullable(),
    /** The container that tare itself ran in. */
    container: z.string().nullable(),
  }).optional(),
  versions,
});

const step = z.strictObject({
  op: z.string(),
  label: z.string(),
  why: z.string(),
  /** The step with its arguments, as a person would type or read it. */
  text: z.string(),
});

export const runtime = z.strictObject({
  /** Unique in the run. Usually the runtime's name; an A/A pair enters one runtime under two. */
  id: z.string(),
  runtime: z.string(),
  kind,
  summary: z.string(),
  /** The second entry of an A/A pair, by the id of the first: it shows the machine's noise and is no box of its own. */
  twinOf: z.string().optional(),
  /** A rung of the ladder, by its title: it is shown there alone. Absent for a box. */
  rung: z.string().optional(),
  /** Benchmarks that could not be taken of it here → why. Absent when all could. */
  unmeasurable: z.record(z.string(), z.string()).optional(),
  /** How the ready byte arrives, where it does not come straight from the workload; absent where it does. */
  readyBy: z.string().optional(),
  /** What it is like inside, asked of an instance of its own; absent of what has no shell to ask. */
  witness: z.strictObject({ kernel: z.string(), hostsKernel: z.boolean(), processes: z.int().positive() }).optional(),
  /** System calls of the host's kernel within reach of its programs, of all there are; absent where nobody has counted. */
  reach: z.strictObject({ calls: z.int().nonnegative(), conditional: z.int().nonnegative(), of: z.int().positive(), text: z.string() }).optional(),
  state: z.discriminatedUnion('state', [
    z.strictObject({ state: z.literal('measured') }),
    /** Asked for, and not possible on this host. */
    z.strictObject({ state: z.literal('unavailable'), reason: z.string(), remedy: z.string() }),
  ]),
  accelerator: accelerator.nullable(),
  /** True when the accelerator is tcg: every figure of it carries the mark. */
  emulated: z.boolean(),
  /** How the accelerator was decided: "probe: long mode loop took 2.1 s, limit 20 ms". */
  acceleratorReason: z.string().nullable(),
  versions,
  /** The whole command line for what is a command (QEMU), empty for what is not. */
  command: z.array(z.string()),
  plan: z.array(step),
  configuredMemoryBytes: bytes.nullable(),
  /** What preparing it took, once, before the first sample. */
  provisionMs: milliseconds.nullable(),
  disk: z.array(z.strictObject({
    name: z.string(),
    storey: z.enum(['app', 'prerequisites', 'base', 'guest-kernel', 'initramfs', 'boot-loader', 'snapshot', 'metadata', 'hypervisor', 'runtime']),
    capacityBytes: bytes.nullable(),
    lengthBytes: bytes,
    allocatedBytes: bytes,
    shared: z.boolean(),
  })),
});

/** When a step was finished, in milliseconds after the request. */
const timelineStep = z.strictObject({ label: z.string(), ms: z.number() });

/** Where in the run a visit stood. */
export const visitBase = {
  benchmark: z.string(),
  /** A runtime's id. */
  runtime: z.string(),
  round: z.int().nonnegative(),
  /** Place within the round after shuffling. */
  order: z.int().nonnegative(),
  /** Milliseconds since the run began. */
  at: milliseconds,
};

const sampleBase = {
  /** Position in the whole run: samples are kept in the order they were taken. */
  index: z.int().nonnegative(),
  ...visitBase,
};

const good = {
  outcome: z.literal('ok'),
  /** Metric name (without the benchmark) → value in the metric's unit. */
  values: z.record(z.string(), z.number()),
  timeline: z.array(timelineStep).optional(),
  /** What the instance left behind on the host; absent when nothing. */
  leftovers: z.array(z.string()).optional(),
};

const bad = {
  outcome: z.literal('failed'),
  failure: z.strictObject({ reason: z.string(), message: z.string(), remedy: z.string(), log: z.string() }),
  timeline: z.array(timelineStep).optional(),
  leftovers: z.array(z.string()).optional(),
};

/** What came of one visit. */
export const outcome = z.discriminatedUnion('outcome', [z.strictObject(good), z.strictObject(bad)]);

/** One visit of one runtime in one round, with every metric that it yields; as the journal keeps it. */
export const takenSample = z.discriminatedUnion('outcome', [z.strictObject({ ...sampleBase, ...good }), z.strictObject({ ...sampleBase, ...bad })]);

/** Step by step, or the steps' labels by their place in `timelineLabels` and the milliseconds alone. */
const timeline = z.union([z.array(timelineStep), z.strictObject({ labels: z.int().nonnegative(), ms: z.array(z.number()) })]).optional();

/** The same, as the document keeps it. */
export const sample = z.discriminatedUnion('outcome', [z.strictObject({ ...sampleBase, ...good, timeline }), z.strictObject({ ...sampleBase, ...bad, timeline })]);

/** Data, not prose: symptom, likely cause, next step. */
export const warning = z.strictObject({ id: z.string(), symptom: z.string(), cause: z.string(), remedy: z.string() });

const statistic = z.strictObject({
  metric: z.string(),
  runtime: z.string(),
  emulated: z.boolean(),
  /** Good samples that went in, and failed ones that could not. */
  n: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  /** `null` when n is 0: not measured, which is not zero. */
  summary: z.strictObject({
    median: z.number(),
    /** 95 % bootstrap interval of the median; `null` below 5 samples. */
    low: z.number().nullable(),
    high: z.number().nullable(),
    min: z.number(),
    max: z.number(),
    mean: z.number(),
    standardDeviation: z.number(),
    /** `null` where n does not allow: p90 from 10 samples on, p95 from 20, p99 from 100. */
    p90: z.number().nullable(),
    p95: z.number().nullable(),
    p99: z.number().nullable(),
    /** Sample indices flagged by modified z-score above 3.5; flagged, never dropped. */
    outliers: z.array(z.int()),
    /** Whether it moved while the run went on; `null` below 10 samples. */
    drift: z.strictObject({
      /** Kendall's S over its greatest value: −1 only falls, 1 only rises. */
      tau: z.number(),
      /** Mann–Kendall, two-sided; and corrected (Holm) for every series of the document. */
      p: z.number(),
      pHolm: z.number(),
      /** Theil–Sen slope, in the metric's unit a minute. */
      perMinute: z.number(),
      /** The slope times the time from first to last sample, as a share of the median. */
      share: z.number().nullable(),
    }).nullable().optional(),
  }).nullable(),
});

const interval = { low: z.number().nullable(), high: z.number().nullable() };

/** What the machine was doing when the run began, and since; `null` where nobody looked. */
export const conditions = z.strictObject({
  /** Mean number of runnable processes over the last minute. */
  loadAverage1: z.number().nonnegative().nullable(),
  swapUsedBytes: bytes.nullable(),
  /** Around the measurements: before, between, after. */
  series: conditionsSeries.optional(),
});

/** Every option with the value that the run used. */
export const options = z.strictObject({
  profile: z.string(),
  benchmarks: z.array(z.string()),
  runtimes: z.array(z.string()),
  /** Rounds planned, by benchmark. */
  rounds: z.record(z.string(), z.int().nonnegative()),
  /** Runtime id → it is visited in every k-th round. */
  every: z.record(z.string(), z.int().positive()),
  /** A/A pairs: the second name → whose twin it is, and in every how-manieth round of which benchmark it is visited. */
  twins: z.record(z.string(), z.strictObject({ of: z.string(), every: z.record(z.string(), z.int().positive()) })).optional(),
  /** Rounds before each benchmark that are journalled and kept out of the samples: they warm caches. */
  warmupRounds: z.int().nonnegative(),
  /** Runtime id → benchmarks that do not visit it. Absent when all visit all. */
  skipped: z.record(z.string(), z.array(z.string())).optional(),
  /** Ids of those that warm-up rounds pass over. Absent when there are none. */
  withoutWarmup: z.array(z.string()).optional(),
  seed: z.string(),
  gapMs: milliseconds,
  memoryBytes: bytes,
  /** What of the host’s memory a crowd of boxes may take; absent where no crowd was asked for. */
  budgetBytes: bytes.optional(),
  cpus: z.number().positive(),
  accelerator: z.enum(['auto', 'kvm', 'tcg']),
  /** What vm-micro's guest was told it runs on; absent where it was not said: microvm. */
  machine: z.enum(['microvm', 'q35', 'pc']).optional(),
  deadlineMs: milliseconds,
  /** Runtime id → its own, where it needs a longer one and none was asked for. */
  deadlines: z.record(z.string(), milliseconds).optional(),
  settleMs: milliseconds,
});

export const image = z.strictObject({
  name: z.string(),
  digest: sha256,
  recipeDigest: sha256,
  layers: z.array(z.strictObject({ name: z.string(), storey: z.string(), digest: sha256, lengthBytes: bytes, allocatedBytes: bytes, files: z.int().nonnegative() })),
  kernel: z.strictObject({ release: z.string(), digest: sha256, from: z.string(), lengthBytes: bytes, allocatedBytes: bytes }),
  provision: z.strictObject({ builtAt: z.string(), milliseconds, steps: z.array(z.strictObject({ name: z.string(), milliseconds })) }),
});

/** Of two runtimes' medians, with 95 % bootstrap intervals (`null` below 5 samples on either side). */
const comparison = z.strictObject({
  metric: z.string(),
  runtime: z.string(),
  baseline: z.string(),
  /** runtime ÷ baseline; `null` when the baseline's median is 0. */
  ratio: z.strictObject({ value: z.number(), ...interval }).nullable(),
  /** runtime − baseline: the *overhead* where the baseline is `process`. May be negative; never clamped. */
  difference: z.strictObject({ value: z.number(), ...interval }),
  /** True when either side is emulated: such a ratio says nothing about hardware virtualisation. */
  emulated: z.boolean(),
  /** Mann–Whitney, two-sided, and corrected (Holm) for every comparison of the document; `null` where neither side scatters. */
  mannWhitney: z.strictObject({ u: z.number(), p: z.number(), pHolm: z.number() }).nullable().optional(),
  /** −1: every value of the runtime lies below the baseline's; 1: above. */
  cliffsDelta: z.number().nullable().optional(),
  /** How far two names of one runtime differed in this metric, as a share (0.03: up to 3 %); `null`: no pair. */
  noise: z.number().nullable().optional(),
  /** `null` where so few samples could show no difference. */
  verdict: z.enum(['lower', 'higher', 'no difference shown']).nullable().optional(),
});

/** One metric of an A/A pair: twin ÷ runtime, which were the same. */
const noise = z.strictObject({
  metric: z.string(),
  runtime: z.string(),
  twin: z.string(),
  /** Good samples on the side that has fewer. */
  n: z.int().nonnegative(),
  ratio: z.strictObject({ value: z.number(), ...interval }).nullable(),
  /** How far from 1 the interval reaches, as a share; `null` without an interval. */
  floor: z.number().nullable(),
});

export const resultDocument = z.strictObject({
  format: z.literal('tare-result'),
  schemaVersion: z.literal(SCHEMA_VERSION),
  tare,
  run: z.strictObject({
    id: z.string(),
    startedAt: z.iso.datetime(),
    finishedAt: z.iso.datetime(),
    durationMs: milliseconds,
    /** `interrupted`: what was measured up to then is here. */
    state: z.enum(['complete', 'interrupted']),
    conditions,
    /** The command line that repeats this very run. */
    command: z.array(z.string()),
    options,
    ...origin,
  }),
  host,
  image,
  metrics: z.array(metric),
  runtimes: z.array(runtime),
  /** Labels of steps, in the order they happened: most starts of one runtime share a list. */
  timelineLabels: z.array(z.array(z.string())).optional(),
  samples: z.array(sample),
  warnings: z.array(warning),
  statistics: z.array(statistic),
  comparisons: z.array(comparison),
  /** The machine's own noise; absent where no runtime was entered twice. */
  noise: z.array(noise).optional(),
});

export type ResultDocument = z.infer<typeof resultDocument>;
export type RunOptionsEntry = z.infer<typeof options>;
export type Conditions = z.infer<typeof conditions>;
export type Metric = z.infer<typeof metric>;
export type Host = z.infer<typeof host>;
export type RuntimeEntry = z.infer<typeof runtime>;
export type PlanStep = z.infer<typeof step>;
export type Outcome = z.infer<typeof outcome>;
export type ImageEntry = z.infer<typeof image>;
export type Tare = z.infer<typeof tare>;
export type Sample = z.infer<typeof sample>;
export type Warning = z.infer<typeof warning>;
export type Statistic = z.infer<typeof statistic>;
export type Comparison = z.infer<typeof comparison>;
export type Noise = z.infer<typeof noise>;
