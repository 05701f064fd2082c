/**
 * The plan of a run: every round of every benchmark and the order in which it visits the runtimes, fixed
 * from the seed before anything is started. Pure data: `--dry-run` shows it, a resumed run repeats it.
 */
import { TareError } from '../../runtime/errors.ts';
import type { Accelerator, Kind, MachineName } from '../../runtime/runtime.ts';
import { asksServer, BENCHMARK_NAMES, climbs, isBenchmarkName, warmsUp, type BenchmarkName } from '../catalogue.ts';
import { chooseTwins, type PairWish } from '../noise/twins.ts';
import { PROFILES, usualRounds, type Profile, type ProfileName } from '../profiles.ts';
import { randomSeed, shuffled, stream } from '../random/stream.ts';
import type { RunOptionsEntry } from '../result/schema.ts';
import { expectedProvisionMs, expectedVisitMs } from './duration.ts';

export interface PlannedRuntime {
  /** Unique in the run; usually the runtime's name. */
  readonly id: string;
  /** The runtime's name where the id is another: an A/A pair enters one runtime under two ids. */
  readonly runtime?: string;
  readonly kind: Kind;
  /** The deadline that it needs where none was asked for. */
  readonly deadlineMs?: number;
  /** A rung of the ladder: visited by the benchmark that climbs it, and by no other. */
  readonly rung?: boolean;
}

/** What a user may say; everything left out has a default and is recorded. */
export interface RunOptions {
  readonly runtimes: readonly PlannedRuntime[];
  /** Rungs of the ladder, lowest first. Without any, the ladder is left out. */
  readonly rungs?: readonly PlannedRuntime[] | undefined;
  /** Whether the image has a server. Without one the benchmarks that ask it are left out. */
  readonly serves?: boolean | undefined;
  /** Default `quick`. */
  readonly profile?: ProfileName | undefined;
  /** Default: all of them. */
  readonly benchmarks?: readonly string[] | undefined;
  /** Rounds of every benchmark, in place of the profile's. */
  readonly samples?: number | undefined;
  /** Benchmark → its rounds, in place of the profile's. */
  readonly rounds?: Readonly<Record<string, number>> | undefined;
  /** Runtime id → it is visited in every k-th round only. In place of what the profile says of it. */
  readonly every?: Readonly<Record<string, number>> | undefined;
  /** Runtimes that are entered a second time under another name; true: those that the profile has time for. Default: none. */
  readonly aa?: PairWish['aa'] | undefined;
  /** Default: random, and recorded. */
  readonly seed?: string | undefined;
  /** Idle time between starts. Default 20 ms. */
  readonly gapMs?: number | undefined;
  /** Default 256 MiB. */
  readonly memoryBytes?: number | undefined;
  /** Of the host’s memory, what a crowd of boxes may take. Default 2 GiB. */
  readonly budgetBytes?: number | undefined;
  /** Default 1. */
  readonly cpus?: number | undefined;
  readonly accelerator?: Accelerator | 'auto' | undefined;
  /** What vm-micro's guest believes it runs on. Recorded when it is said. */
  readonly machine?: MachineName | undefined;
  /** How long a start, and after it the end, may take. Default 30 s, or what a runtime says that it needs. */
  readonly deadlineMs?: number | undefined;
  /** Idle time between ready and a memory reading. Default 2,100 ms: the kernel brings a cgroup's figures up to date every 2 s. */
  readonly settleMs?: number | undefined;
  /** Default 1. */
  readonly warmupRounds?: number | undefined;
}

export interface PlannedRound {
  /** From 0; warm-up rounds count from 0 too. */
  readonly round: number;
  readonly warmup: boolean;
  /** Runtime ids in the order of their visits. */
  readonly order: readonly string[];
}

export interface PlannedBenchmark {
  readonly benchmark: string;
  /** Warm-up rounds first. */
  readonly rounds: readonly PlannedRound[];
}

export interface RunPlan {
  /** Every option with its value, as the result document records them. */
  readonly options: RunOptionsEntry;
  readonly runtimes: readonly PlannedRuntime[];
  /** Whether the image has a server. */
  readonly serves: boolean;
  readonly benchmarks: readonly PlannedBenchmark[];
  /** Samples planned, warm-up visits not counted. */
  readonly samples: number;
  /** A rough estimate of the whole run. */
  readonly expectedMs: number;
}

const MEBIBYTE = 2 ** 20;
const MOST_SAMPLES = 100_000;
const DEADLINE_MS = 30_000;
export const BUDGET_BYTES = 2048 * MEBIBYTE;

/**
 * Chooses rounds, thinning and order. Two calls with equal options (the seed included) give equal plans.
 * @throws {TareError} `usage` for what cannot be planned
 */
export function planRun(wish: RunOptions): RunPlan {
  const options = resolve(wish);
  const rungs = options.benchmarks.some(climbs) ? (wish.rungs ?? []) : [];
  return planOf(options, [...wish.runtimes, ...twinsOf(options, wish.runtimes), ...rungs.map((each) => ({ ...each, rung: true }))], wish.serves === true);
}

/**
 * The plan that recorded options stand for: whoever resumes a run, or repeats it elsewhere, gets the very same rounds.
 * @param runtimes the boxes in the order of the options, then twins, then the rungs, marked as such
 * @param serves whether the image has a server
 */
export function planOf(options: RunOptionsEntry, runtimes: readonly PlannedRuntime[], serves: boolean): RunPlan {
  const rungs = runtimes.filter(({ rung }) => rung === true).map(({ id }) => id);
  const benchmarks = options.benchmarks.map((benchmark) => planBenchmark(benchmark, climbs(benchmark) ? rungs : [...options.runtimes, ...Object.keys(options.twins ?? {})], options));
  const visited = new Map(runtimes.map((each) => [each.id, { name: nameOf(each), kind: each.kind, serves }]));
  let samples = 0;
  let expectedMs = 0;
  for (const each of visited.values()) expectedMs += expectedProvisionMs(each, options);
  for (const { benchmark, rounds } of benchmarks) {
    for (const { warmup, order } of rounds) {
      if (!warmup) samples += order.length;
      for (const id of order) expectedMs += expectedVisitMs(benchmark, visited.get(id) ?? { name: id, kind: 'vm' }, warmup ? { ...options, settleMs: 0 } : options);
    }
  }
  return { options, runtimes, serves, benchmarks, samples, expectedMs };
}

/** The second entries of the A/A pairs. */
function twinsOf({ twins = {} }: Pick<RunOptionsEntry, 'twins'>, runtimes: readonly PlannedRuntime[]): PlannedRuntime[] {
  return Object.entries(twins).flatMap(([id, { of }]) => runtimes.filter((each) => each.id === of).map((each) => ({ ...each, id, runtime: nameOf(each) })));
}

/** In every how-manieth round it is visited; `null`: this benchmark does not visit it. */
function stepOf(id: string, benchmark: string, { every, twins = {}, skipped = {} }: RunOptionsEntry): number | null {
  const twin = twins[id];
  if (skipped[twin?.of ?? id]?.includes(benchmark) === true) return null;
  return twin === undefined ? (every[id] ?? 1) : (twin.every[benchmark] ?? null);
}

/** The runtime's name: an A/A pair enters one runtime under two ids. */
export function nameOf({ id, runtime }: PlannedRuntime): string {
  return runtime ?? id;
}

function planBenchmark(benchmark: string, all: readonly string[], options: RunOptionsEntry): PlannedBenchmark {
  const subjects = all.filter((id) => stepOf(id, benchmark, options) !== null);
  const warmups = Array.from({ length: warmsUp(benchmark) ? options.warmupRounds : 0 }, (_, round) => ({
    round,
    warmup: true,
    order: shuffled(
      subjects.filter((id) => options.withoutWarmup?.includes(options.twins?.[id]?.of ?? id) !== true),
      stream(options.seed, 'warm-up', benchmark, round),
    ),
  }));
  const rounds = Array.from({ length: options.rounds[benchmark] ?? 0 }, (_, round) => ({
    round,
    warmup: false,
    order: shuffled(
      subjects.filter((id) => round % (stepOf(id, benchmark, options) ?? 1) === 0),
      stream(options.seed, 'order', benchmark, round),
    ),
  }));
  return { benchmark, rounds: [...warmups, ...rounds] };
}

function resolve(wish: RunOptions): RunOptionsEntry {
  const profileName = wish.profile ?? 'quick';
  const profile: Profile = PROFILES[profileName];
  const usual = usualRounds(profileName, wish.serves === true);
  const ids = wish.runtimes.map(({ id }) => id);
  if (ids.length === 0) throw new TareError('usage', 'no runtime was chosen, so there is nothing to measure', 'name at least one with --runtimes; tare doctor lists them');
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice !== undefined) throw new TareError('usage', `the runtime "${twice}" was chosen twice under one name`, 'name each runtime once');
  const climbable = (wish.rungs ?? []).length > 0;
  const names = wish.benchmarks ?? BENCHMARK_NAMES.filter((name) => usual[name] > 0 && (climbable || !climbs(name)) && (wish.serves === true || !asksServer(name)));
  const benchmarks = BENCHMARK_NAMES.filter((name) => names.includes(name));
  const unknown = names.find((name) => !isBenchmarkName(name));
  if (unknown !== undefined) throw new TareError('usage', `there is no benchmark "${unknown}"`, `choose from: ${BENCHMARK_NAMES.join(', ')}`);
  const steep = benchmarks.find(climbs);
  if (steep !== undefined && !climbable) throw new TareError('usage', `the benchmark "${steep}" climbs from a process to the container, and the container was not chosen`, 'name it among --runtimes, or leave the benchmark out');
  const asking = benchmarks.find(asksServer);
  if (asking !== undefined && wish.serves !== true) throw new TareError('usage', `the benchmark "${asking}" asks a server, and the image has none`, 'choose one that has: --image web');
  if (benchmarks.length === 0) throw new TareError('usage', 'no benchmark was chosen, so there is nothing to measure', `choose from: ${BENCHMARK_NAMES.join(', ')}`);
  if (wish.samples !== undefined) whole('--samples', wish.samples, 1, MOST_SAMPLES);
  for (const [name, count] of Object.entries(wish.rounds ?? {})) {
    if (!benchmarks.includes(name as BenchmarkName)) throw new TareError('usage', `--samples names "${name}", which is not measured`, `it is one of: ${benchmarks.join(', ')}; or name it among --benchmarks`);
    whole(`--samples of ${name}`, count, 1, MOST_SAMPLES);
  }
  const { thinned } = profile;
  const every = wish.runtimes.map((each) => [each.id, whole(`every of ${each.id}`, wish.every?.[each.id] ?? thinned[nameOf(each)]?.every ?? 1, 1, MOST_SAMPLES)] as const);
  const usualEvery = Object.fromEntries(every.filter(([, step]) => step > 1));
  const twins = chooseTwins({ profile: profileName, aa: wish.aa ?? false, runtimes: ids, benchmarks, every: usualEvery });
  const withoutWarmup = wish.runtimes.filter((each) => thinned[nameOf(each)]?.warmup === false).map(({ id }) => id);
  const skipped = wish.runtimes.flatMap((each) => {
    // Whoever asks for a benchmark gets it of everybody.
    const left = benchmarks.filter((name) => wish.benchmarks === undefined && thinned[nameOf(each)]?.skip?.includes(name) === true);
    return left.length === 0 ? [] : [[each.id, left] as const];
  });
  const deadlineMs = amount('the deadline (ms)', wish.deadlineMs ?? DEADLINE_MS, 1, 3_600_000);
  const patient = wish.deadlineMs !== undefined ? [] : [...wish.runtimes, ...twinsOf({ twins }, wish.runtimes)].flatMap(({ id, deadlineMs: needs = 0 }) => (needs > deadlineMs ? [[id, needs] as const] : []));
  return {
    profile: profileName,
    benchmarks,
    runtimes: ids,
    rounds: Object.fromEntries(benchmarks.map((name) => [name, wish.rounds?.[name] ?? wish.samples ?? (usual[name] || profile.asked)])),
    every: usualEvery,
    ...(twins === undefined ? {} : { twins }),
    warmupRounds: whole('the number of warm-up rounds', wish.warmupRounds ?? 1, 0, 100),
    ...(withoutWarmup.length === 0 ? {} : { withoutWarmup }),
    ...(skipped.length === 0 ? {} : { skipped: Object.fromEntries(skipped) }),
    seed: wish.seed ?? randomSeed(),
    gapMs: amount('the gap (ms)', wish.gapMs ?? 20, 0, 60_000),
    memoryBytes: whole('the memory of a box (bytes)', wish.memoryBytes ?? 256 * MEBIBYTE, MEBIBYTE, Number.MAX_SAFE_INTEGER),
    cpus: amount('the processors of a box', wish.cpus ?? 1, 0.01, 4096),
    accelerator: wish.accelerator ?? 'auto',
    ...(wish.machine === undefined ? {} : { machine: wish.machine }),
    deadlineMs,
    ...(wish.budgetBytes === undefined && !benchmarks.includes('density') ? {} : { budgetBytes: whole('the budget (bytes)', wish.budgetBytes ?? BUDGET_BYTES, MEBIBYTE, Number.MAX_SAFE_INTEGER) }),
    ...(patient.length === 0 ? {} : { deadlines: Object.fromEntries(patient) }),
    settleMs: amount('the settling time (ms)', wish.settleMs ?? 2_100, 0, 600_000),
  };
}

function amount(what: string, value: number, least: number, most: number): number {
  if (Number.isFinite(value) && value >= least && value <= most) return value;
  throw new TareError('usage', `${what} cannot be ${value}`, `give a number from ${least} to ${most}`);
}

function whole(what: string, value: number, least: number, most: number): number {
  if (Number.isInteger(value)) return amount(what, value, least, most);
  throw new TareError('usage', `${what} cannot be ${value}`, `give a whole number from ${least} to ${most}`);
}
