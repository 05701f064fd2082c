/** How much is measured, as data. */
import type { BenchmarkName } from './catalogue.ts';

/** A runtime that is visited less often than the others. */
export interface Thinning {
  /** It is visited in every k-th round, the first included. */
  readonly every: number;
  /** Whether warm-up rounds visit it. */
  readonly warmup: boolean;
  /** Benchmarks that do not visit it unless they are asked for by name. */
  readonly skip?: readonly string[];
  readonly why: string;
}

/** The number of rounds of a benchmark is fixed before the run, by what a pilot shows of its spread. */
export interface PilotWish {
  readonly benchmark: string;
  /** Of that benchmark, by name: what is to be told so closely. */
  readonly metric: string;
  /** Starts of each runtime in the pilot; fewer of one that is thinned. */
  readonly starts: number;
  readonly leastStarts: number;
  /** Half the width of the median's 95 % interval, as a share of the median. */
  readonly target: number;
  /** No fewer rounds than this, however little they scatter. No more than the profile has. */
  readonly least: number;
}

export interface Profile {
  readonly name: string;
  /** For `--help`. */
  readonly summary: string;
  /** Rounds by benchmark; 0: only when it is asked for by name, and then `asked` rounds. */
  readonly rounds: Readonly<Record<BenchmarkName, number>>;
  /** In place of those where what is in the box is a server: each start of an emulated machine then takes twice as long. */
  readonly serving?: Readonly<Partial<Record<BenchmarkName, number>>>;
  /** Rounds of a benchmark that was asked for although the profile leaves it out. */
  readonly asked: number;
  /** By runtime; those that are not named are visited in every round. */
  readonly thinned: Readonly<Record<string, Thinning>>;
  readonly pilot?: PilotWish;
}

/** Its first start reads a disk that was verified, byte for byte, when it was made ready: the cache is warm. */
const WARM = 'its disk has just been read whole, so a warm-up would cost half a minute for nothing';

export const PROFILES = {
  quick: {
    name: 'quick',
    summary: 'under 4 minutes on 2 processors, even where virtual machines are emulated (with --image web about 5)',
    // 20 starts give p90 and p95 and an interval; an emulated vm-micro starts in 1.3 s, and a memory visit takes as long and 2 s more.
    rounds: { startup: 20, phases: 1, http: 10, ladder: 20, rate: 0, memory: 5, growth: 0, reclaim: 0, disk: 5, 'idle-cpu': 0, throughput: 0, density: 0, interference: 0, cold: 0 },
    serving: { startup: 10, http: 5, ladder: 10 },
    asked: 3,
    thinned: {
      'vm-full': { every: 15, warmup: false, why: `two starts, one taken apart, and one weighing are all that four minutes have room for, at 25 s each where it is emulated; ${WARM}` },
    },
  },
  standard: {
    name: 'standard',
    summary: 'about 15 minutes where virtual machines are emulated (with --image web about 20)',
    // 100 starts carry a p99. Of what takes long, either an interval is told (5 rounds) or it is taken once: growth is
    // a slope over 15 boxes, a rate the sum of many starts, idle time a counter over 5 s, and a second look tells no interval.
    rounds: { startup: 100, phases: 5, http: 20, ladder: 50, rate: 1, memory: 6, growth: 1, reclaim: 0, disk: 5, 'idle-cpu': 1, throughput: 5, density: 0, interference: 0, cold: 5 },
    serving: { startup: 50, ladder: 25 },
    asked: 5,
    thinned: {
      'vm-full': { every: 20, warmup: false, skip: ['rate', 'growth', 'cold'], why: `five starts (three of a server) are 2 minutes where it is emulated, as would be one visit that starts eight; ${WARM}` },
    },
  },
  thorough: {
    name: 'thorough',
    summary: 'until medians of start-up are known to ±2 %, by a pilot; at most about two hours where virtual machines are emulated (with --image web three); p99 of every runtime but vm-full',
    rounds: { startup: 1000, phases: 10, http: 100, ladder: 200, rate: 20, memory: 100, growth: 10, reclaim: 0, disk: 5, 'idle-cpu': 10, throughput: 20, density: 3, interference: 10, cold: 20 },
    asked: 20,
    thinned: {
      'vm-micro': { every: 2, warmup: true, why: '500 starts still carry a p99' },
      'vm-full': { every: 40, warmup: false, why: `25 starts carry a p95 and take 10 minutes where it is emulated; ${WARM}` },
    },
    // 100 starts carry a p99, and 200 rounds are 100 of a runtime that is visited in every second.
    pilot: { benchmark: 'startup', metric: 'ready', starts: 40, leastStarts: 10, target: 0.02, least: 200 },
  },
} as const satisfies Record<string, Profile>;

export type ProfileName = keyof typeof PROFILES;

/** @param serves whether what is in the box is a server */
export function usualRounds(name: ProfileName, serves: boolean): Profile['rounds'] {
  const { rounds, serving = {} }: Profile = PROFILES[name];
  return serves ? { ...rounds, ...serving } : rounds;
}
