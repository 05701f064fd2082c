/** How far a run has come: what is done, what is left, and about how long that takes. */
import { performance } from 'node:perf_hooks';
import type { Progress, Visit } from './events.ts';
import type { JournalRecord } from './journal/record.ts';
import { TakenVisits } from './journal/taken.ts';
import { expectedVisitMs, RemainingTime } from './plan/duration.ts';
import { nameOf, type RunPlan } from './plan/plan.ts';
import type { Outcome, RuntimeEntry } from './result/schema.ts';

export class Standing {
  readonly #plan: RunPlan;
  readonly #taken: TakenVisits;
  readonly #remaining = new RemainingTime();
  readonly #entries = new Map<string, RuntimeEntry>();
  /** On this process's clock. */
  #began = performance.now();
  /** Of the last thing that was recalled. */
  #lastMs = 0;
  #failed = 0;

  /** @param taken what a run that goes on has already */
  constructor(plan: RunPlan, taken = new TakenVisits(plan)) {
    this.#plan = plan;
    this.#taken = taken;
    for (const { benchmark, rounds } of plan.benchmarks) {
      for (const each of plan.runtimes) {
        const { id, kind } = each;
        const missing = taken.missing(benchmark, id);
        const warmups = missing === 0 ? 0 : rounds.filter(({ warmup, order }) => warmup && order.includes(id)).length;
        this.#remaining.expect(benchmark, id, missing + warmups, expectedVisitMs(benchmark, { name: nameOf(each), kind, serves: plan.serves }, plan.options));
      }
    }
  }

  /** Takes in what the journal of a run that goes on holds; its samples are known by `taken`. */
  recall(record: JournalRecord): void {
    if (record.record === 'run') this.#began = performance.now() - Math.max(0, Date.now() - Date.parse(record.startedAt));
    if (record.record === 'runtime') this.know(record.entry);
    if (record.record === 'sample' && record.sample.outcome === 'failed') this.#failed += 1;
    const atMs = whenOf(record);
    if (atMs === null) return;
    this.#lastMs = atMs;
    // The clock on the wall may have been set back since: nothing happens before what has happened.
    if (this.sinceMs() < atMs) this.#began = performance.now() - atMs;
  }

  know(entry: RuntimeEntry): void {
    this.#entries.set(entry.id, entry);
    for (const { benchmark } of this.#plan.benchmarks) if (!this.measures(benchmark, entry.id)) this.#remaining.drop(entry.id, benchmark);
  }

  entryOf(id: string): RuntimeEntry | null {
    return this.#entries.get(id) ?? null;
  }

  /** Whether a runtime can be visited by a benchmark here. */
  measures(benchmark: string, id: string): boolean {
    const entry = this.#entries.get(id);
    return entry?.state.state === 'measured' && entry.unmeasurable?.[benchmark] === undefined;
  }

  /** Visits, warm-up apart, that a benchmark has still to make of a runtime. */
  missing(benchmark: string, id: string): number {
    return this.#entries.has(id) && !this.measures(benchmark, id) ? 0 : this.#taken.missing(benchmark, id);
  }

  isTaken(benchmark: string, id: string, round: number): boolean {
    return this.#taken.has(benchmark, id, round);
  }

  /** @param tookMs the visit with its gap */
  visited({ benchmark, runtime, round, warmup }: Visit, { outcome }: Outcome, tookMs: number): void {
    this.#remaining.seen(benchmark, runtime, tookMs);
    if (warmup) return;
    this.#taken.add(benchmark, runtime, round);
    if (outcome === 'failed') this.#failed += 1;
  }

  /** Good and failed ones. */
  get samples(): number {
    return this.#taken.samples;
  }

  /** Since the run began, pauses included. */
  sinceMs(): number {
    return performance.now() - this.#began;
  }

  /** Since the last thing that was recalled. */
  pausedMs(): number {
    return this.sinceMs() - this.#lastMs;
  }

  progress(): Progress {
    let left = 0;
    for (const { benchmark } of this.#plan.benchmarks) for (const { id } of this.#plan.runtimes) left += this.missing(benchmark, id);
    return { done: this.samples, failed: this.#failed, total: this.samples + left, elapsedMs: this.sinceMs(), remainingMs: this.#remaining.remainingMs() };
  }
}

/** When something happened, in milliseconds since the run began; `null` for what bears no time. */
function whenOf(record: JournalRecord): number | null {
  switch (record.record) {
    case 'sample':
      return record.sample.at;
    case 'warm-up':
    case 'resumed':
      return record.at;
    case 'conditions':
      return record.point.at;
    case 'end':
      return record.durationMs;
    case 'run':
    case 'runtime':
    case 'like':
    case 'warning':
      return null;
  }
}
