/**
 * A/A pairs: which runtimes are entered a second time under another name. Whatever differs between the two
 * names is the machine's own noise, and no smaller difference between two runtimes says anything.
 */
import { TareError } from '../../runtime/errors.ts';
import type { ProfileName } from '../profiles.ts';
import type { RunOptionsEntry } from '../result/schema.ts';

/** Twin id → whose twin it is, and in every how-manieth round of which benchmark it is visited. */
export type Twins = NonNullable<RunOptionsEntry['twins']>;

type Rounds = Readonly<Record<string, number>>;

/** Runtime → benchmark → it is visited in every k-th round. Benchmarks whose figures do not scatter have no pair. */
const USUAL: Readonly<Record<ProfileName, Readonly<Record<string, Rounds>>>> = {
  // A second in all: a start takes milliseconds. Weighing would take 10 s, and an emulated machine 30.
  quick: { process: { startup: 1 }, container: { startup: 1 } },
  // Half a hundred starts of a machine are over a minute where it is emulated.
  standard: { process: { startup: 1, http: 1, memory: 2, throughput: 1 }, container: { startup: 1, http: 1, memory: 1, throughput: 1 }, 'vm-micro': { startup: 2 } },
  thorough: { process: { startup: 1, http: 1, memory: 4, throughput: 1 }, container: { startup: 1, http: 1, memory: 4, throughput: 1 }, 'vm-micro': { startup: 4, memory: 3 } },
};

/** Of a runtime that was asked for by name. */
const ASKED: Rounds = { startup: 1, http: 1, memory: 1, throughput: 1 };

export interface PairWish {
  readonly profile: ProfileName;
  /** True: those that the profile has time for. */
  readonly aa: boolean | readonly string[];
  readonly runtimes: readonly string[];
  readonly benchmarks: readonly string[];
  /** Of the runtimes themselves: a twin is visited no more often. */
  readonly every: Readonly<Record<string, number>>;
}

/**
 * `undefined` where no pair is left.
 * @throws {TareError} `usage` for a name that is not among the runtimes
 */
export function chooseTwins({ profile, aa, runtimes, benchmarks, every }: PairWish): Twins | undefined {
  if (aa === false) return undefined;
  const stranger = aa === true ? undefined : aa.find((name) => !runtimes.includes(name));
  if (stranger !== undefined) throw new TareError('usage', `--aa names "${stranger}", which is not measured`, `choose from: ${runtimes.join(', ')}; or --no-aa`);
  const chosen = aa === true ? USUAL[profile] : Object.fromEntries(aa.map((name) => [name, ASKED]));
  const twins = Object.entries(chosen).flatMap(([of, rounds]) => {
    const taken = Object.entries(rounds).filter(([benchmark]) => benchmarks.includes(benchmark));
    if (!runtimes.includes(of) || taken.length === 0) return [];
    return [[twinName(of), { of, every: Object.fromEntries(taken.map(([benchmark, step]) => [benchmark, step * (every[of] ?? 1)])) }] as const];
  });
  return twins.length === 0 ? undefined : Object.fromEntries(twins);
}

/** `process-again`. */
export function twinName(runtime: string): string {
  return `${runtime}-again`;
}
