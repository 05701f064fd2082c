/**
 * How long a run takes: told from rough figures by kind before it starts, from what was seen once it runs.
 * Only for people who wait; no measurement depends on it.
 */
import type { Accelerator, Kind } from '../../runtime/runtime.ts';

/** Milliseconds a visit takes beyond the gap, settling apart. Emulated guests boot in 1 to 1.5 s. */
const VISIT_MS: Readonly<Record<string, Readonly<Record<Kind | 'emulated', number>>>> = {
  startup: { process: 2, container: 5, vm: 300, emulated: 1500 },
  http: { process: 50, container: 80, vm: 1000, emulated: 3500 },
  ladder: { process: 2, container: 5, vm: 300, emulated: 1500 },
  rate: { process: 3100, container: 3100, vm: 4000, emulated: 12_000 },
  memory: { process: 5, container: 10, vm: 400, emulated: 1700 },
  disk: { process: 5, container: 5, vm: 5, emulated: 5 },
};
const UNKNOWN_VISIT = { process: 10, container: 20, vm: 500, emulated: 2000 };

/** Milliseconds that preparing a box takes once the image is built; a virtual machine proves its accelerator. */
const PROVISION_MS: Readonly<Record<Kind, number>> = { process: 100, container: 100, vm: 3000 };

export interface Waits {
  readonly gapMs: number;
  readonly settleMs: number;
  readonly accelerator: Accelerator | 'auto';
}

/** The wait that a benchmark puts into each visit by intention. */
function settling(benchmark: string, waits: Waits): number {
  return benchmark === 'memory' ? waits.settleMs : 0;
}

/** Expected milliseconds of one visit with its gap. `auto` counts as emulated: better done early than late. */
export function expectedVisitMs(benchmark: string, kind: Kind, waits: Waits): number {
  const column = kind === 'vm' && waits.accelerator !== 'kvm' ? 'emulated' : kind;
  return (VISIT_MS[benchmark] ?? UNKNOWN_VISIT)[column] + settling(benchmark, waits) + waits.gapMs;
}

export function expectedProvisionMs(kind: Kind): number {
  return PROVISION_MS[kind];
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
