/**
 * How long a run takes: told from rough figures by runtime before it starts, from what was seen once it runs.
 * Only for people who wait; no measurement depends on it.
 */
import type { Accelerator, Kind } from '../../runtime/runtime.ts';
import { costOf } from '../catalogue.ts';

/** What a runtime takes, in milliseconds. */
interface Pace {
  /** To be ready and, where it ends by itself, gone. */
  readonly start: number;
  /** To ask a server inside for the first time, over and above that. */
  readonly serve: number;
  /** To end one that idles. */
  readonly stop: number;
  /** To make its box ready, once its image is built. */
  readonly prepare: number;
}

interface Paces {
  readonly hardware: Pace;
  readonly emulated: Pace;
}

const container: Pace = { start: 5, serve: 80, stop: 5, prepare: 100 };
/** Its accelerator has to be proven, once a run. */
const guest: Paces = { hardware: { start: 300, serve: 700, stop: 50, prepare: 500 }, emulated: { start: 1500, serve: 2000, stop: 50, prepare: 2000 } };

function alike(pace: Pace): Paces {
  return { hardware: pace, emulated: pace };
}

/** As seen on a small machine with two processors. Whatever is not named goes by its kind. */
const PACES: Readonly<Record<string, Paces>> = {
  process: alike({ start: 3, serve: 50, stop: 3, prepare: 100 }),
  container: alike(container),
  vm: guest,
  // Whatever the image, it serves nobody.
  'vm-floor': { hardware: { ...guest.hardware, start: 60, serve: 0 }, emulated: { ...guest.emulated, start: 60, serve: 0 } },
  'vm-micro': guest,
  'vm-restore': { hardware: { ...guest.hardware, start: 60, serve: 50 }, emulated: { ...guest.emulated, start: 80, serve: 150, prepare: 4000 } },
  // Ended by its power button: systemd stops its services one by one.
  'vm-full': { hardware: { start: 5000, serve: 1000, stop: 2000, prepare: 2000 }, emulated: { start: 25_000, serve: 8000, stop: 4000, prepare: 1000 } },
};

/** Where they have nothing to measure, as their boxes will say: such a visit is passed over and takes no time. */
const PASSED_OVER: Readonly<Record<string, readonly string[]>> = {
  'vm-floor': ['http', 'throughput', 'interference', 'reclaim'],
  'vm-restore': ['throughput', 'interference', 'reclaim'],
  'vm-full': ['interference', 'reclaim'],
};

export interface Waits {
  readonly gapMs: number;
  readonly settleMs: number;
  readonly accelerator: Accelerator | 'auto';
}

/** Whom a visit is to. */
export interface Visited {
  /** The runtime's name. */
  readonly name: string;
  readonly kind: Kind;
  /** Whether what is in it is a server. */
  readonly serves?: boolean;
}

/** `auto` counts as emulated: better done early than late. */
function paceOf({ name, kind }: Visited, accelerator: Waits['accelerator']): Pace {
  const paces = PACES[name] ?? PACES[kind] ?? guest;
  return accelerator === 'kvm' ? paces.hardware : paces.emulated;
}

/** Expected milliseconds of one visit with its gap. */
export function expectedVisitMs(benchmark: string, visited: Visited, waits: Waits): number {
  if (PASSED_OVER[visited.name]?.includes(benchmark) === true) return 0;
  const pace = paceOf(visited, waits.accelerator);
  const cost = costOf(benchmark);
  const start = pace.start + (visited.serves === true ? pace.serve : 0);
  return cost.starts * start + cost.stops * pace.stop + cost.settles * waits.settleMs + cost.otherMs + waits.gapMs;
}

export function expectedProvisionMs(visited: Visited, waits: Waits): number {
  return paceOf(visited, waits.accelerator).prepare;
}

interface Cell {
  left: number;
  readonly guessMs: number;
  seen: number;
  seenMs: number;
}

/** Counts visits down and learns from those made what the others will take. */
export class RemainingTime {
  readonly #cells = new Map<string, Map<string, Cell>>();

  /** @param guessMs what a visit is expected to take, with its gap, until one was seen */
  expect(benchmark: string, runtime: string, visits: number, guessMs: number): void {
    const row = this.#cells.get(benchmark) ?? new Map<string, Cell>();
    this.#cells.set(benchmark, row);
    row.set(runtime, { left: visits, guessMs, seen: 0, seenMs: 0 });
  }

  /** One visit was made and took this long, gap included. */
  seen(benchmark: string, runtime: string, milliseconds: number): void {
    const cell = this.#cells.get(benchmark)?.get(runtime);
    if (cell === undefined) return;
    cell.left = Math.max(0, cell.left - 1);
    cell.seen += 1;
    cell.seenMs += milliseconds;
  }

  /** The runtime will not be visited any more, by this benchmark or by any. */
  drop(runtime: string, benchmark?: string): void {
    for (const [name, row] of this.#cells) if (benchmark === undefined || benchmark === name) row.delete(runtime);
  }

  remainingMs(): number {
    let sum = 0;
    for (const row of this.#cells.values()) {
      for (const [runtime, cell] of row) {
        const eachMs = cell.seen > 0 ? cell.seenMs / cell.seen : cell.guessMs * this.#pace(runtime);
        sum += cell.left * eachMs;
      }
    }
    return sum;
  }

  /** How the guesses for a runtime have turned out so far: seen ÷ guessed, over the benchmarks it was in. */
  #pace(runtime: string): number {
    let guessed = 0;
    let seen = 0;
    for (const row of this.#cells.values()) {
      const cell = row.get(runtime);
      if (cell === undefined) continue;
      guessed += cell.guessMs * cell.seen;
      seen += cell.seenMs;
    }
    return guessed > 0 ? seen / guessed : 1;
  }
}
