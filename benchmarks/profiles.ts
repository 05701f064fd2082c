/** How much is measured, as data. */

export interface Profile {
  readonly name: string;
  /** For `--help`. */
  readonly summary: string;
  /** Rounds by benchmark; 0: only when it is asked for by name, and then `asked` rounds. */
  readonly rounds: { readonly startup: number; readonly http: number; readonly ladder: number; readonly rate: number; readonly memory: number; readonly disk: number };
  /** Rounds of a benchmark that was asked for although the profile leaves it out. */
  readonly asked: number;
  /** Virtual machines are visited in every k-th round of a benchmark that takes them seconds each. */
  readonly everyVm: number;
}

export const PROFILES = {
  quick: {
    name: 'quick',
    summary: 'under 4 minutes on 2 processors, even where virtual machines are emulated',
    // 30 starts give p90 and p95 and an interval; an emulated start takes about 1.3 s, a memory visit 2 to 4.
    rounds: { startup: 30, http: 10, ladder: 30, rate: 0, memory: 10, disk: 5 },
    asked: 3,
    everyVm: 1,
  },
  standard: {
    name: 'standard',
    summary: 'about 15 minutes where virtual machines are emulated',
    rounds: { startup: 200, http: 40, ladder: 100, rate: 5, memory: 40, disk: 5 },
    asked: 5,
    everyVm: 1,
  },
  thorough: {
    name: 'thorough',
    summary: 'about 45 minutes where virtual machines are emulated; p99 of every runtime',
    // Half the rounds visit the virtual machines: 500 starts of each still carry a p99.
    rounds: { startup: 1000, http: 100, ladder: 200, rate: 20, memory: 100, disk: 5 },
    asked: 20,
    everyVm: 2,
  },
} as const satisfies Record<string, Profile>;

export type ProfileName = keyof typeof PROFILES;
