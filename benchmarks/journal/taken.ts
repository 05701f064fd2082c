/** Which visits of a plan a journal holds already: a run that goes on leaves them out. */
import { createHash } from 'node:crypto';
import { TareError } from '../../runtime/errors.ts';
import type { RunPlan } from '../plan/plan.ts';
import type { JournalRecord } from './record.ts';

export class TakenVisits {
  /** benchmark → runtime → rounds. */
  readonly #taken = new Map<string, Map<string, Set<number>>>();
  /** benchmark → runtime → number of rounds that are planned. */
  readonly #planned = new Map<string, Map<string, number>>();
  #samples = 0;

  constructor({ benchmarks }: Pick<RunPlan, 'benchmarks'>) {
    for (const { benchmark, rounds } of benchmarks) {
      const row = new Map<string, number>();
      for (const { warmup, order } of rounds) if (!warmup) for (const id of order) row.set(id, (row.get(id) ?? 0) + 1);
      this.#planned.set(benchmark, row);
    }
  }

  get samples(): number {
    return this.#samples;
  }

  has(benchmark: string, runtime: string, round: number): boolean {
    return this.#taken.get(benchmark)?.get(runtime)?.has(round) ?? false;
  }

  add(benchmark: string, runtime: string, round: number): void {
    const row = this.#taken.get(benchmark) ?? new Map<string, Set<number>>();
    this.#taken.set(benchmark, row);
    row.set(runtime, (row.get(runtime) ?? new Set()).add(round));
    this.#samples += 1;
  }

  /** Rounds of a benchmark in which a runtime has still to be visited, warm-up not counted. */
  missing(benchmark: string, runtime: string): number {
    return (this.#planned.get(benchmark)?.get(runtime) ?? 0) - (this.#taken.get(benchmark)?.get(runtime)?.size ?? 0);
  }
}

/**
 * Reads a journal's samples against the plan.
 * @param place how the journal is called in messages
 * @throws {TareError} `bad-file` naming the line, for a sample that the plan has not, or that is there twice
 */
export function takenVisits(plan: RunPlan, records: readonly JournalRecord[], place: string): TakenVisits {
  const taken = new TakenVisits(plan);
  const planned = new Map(plan.benchmarks.map(({ benchmark, rounds }) => [benchmark, new Map(rounds.filter(({ warmup }) => !warmup).map(({ round, order }) => [round, order]))]));
  for (const [line, record] of records.entries()) {
    if (record.record !== 'sample') continue;
    const { benchmark, runtime, round, index } = record.sample;
    const refuse = (why: string): TareError => new TareError('bad-file', `${place}:${line + 1}: ${benchmark} of ${runtime} in round ${round} ${why}`, 'the journal was changed after it was written, or is of another plan: take the original');
    if (planned.get(benchmark)?.get(round)?.includes(runtime) !== true) throw refuse('is not in the plan that the journal’s own options give');
    if (taken.has(benchmark, runtime, round)) throw refuse('is there a second time');
    if (index !== taken.samples) throw refuse(`is numbered ${index} and stands in place ${taken.samples}`);
    taken.add(benchmark, runtime, round);
  }
  return taken;
}

/** SHA-256 of every visit in its order: two plans that agree in it are the same. */
export function planDigest({ benchmarks }: Pick<RunPlan, 'benchmarks'>): string {
  const hash = createHash('sha256');
  for (const { benchmark, rounds } of benchmarks) for (const { round, warmup, order } of rounds) hash.update(`${JSON.stringify([benchmark, round, warmup, order])}\n`);
  return hash.digest('hex');
}
