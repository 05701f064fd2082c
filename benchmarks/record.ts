/**
 * What has happened in a run so far, told to everyone concerned: to the journal on the disk, to whoever
 * watches, and to the result document that is built at the end.
 */
import { performance } from 'node:perf_hooks';
import type { Progress, RunEvent, Visit } from './events.ts';
import type { JournalHeader, JournalRecord } from './journal/record.ts';
import type { JournalWriter } from './journal/write.ts';
import { expectedVisitMs, RemainingTime } from './plan/duration.ts';
import { nameOf, type RunPlan } from './plan/plan.ts';
import type { Outcome, RuntimeEntry, Warning } from './result/schema.ts';
import { leftoverWarning } from './warnings/samples.ts';

export class RunRecord {
  readonly #records: JournalRecord[] = [];
  readonly #journal: JournalWriter;
  readonly #plan: RunPlan;
  readonly #on: (event: RunEvent) => void;
  readonly #remaining = new RemainingTime();
  readonly #began = performance.now();
  /** Runtimes of which something stayed behind: said once each while the run goes on. */
  readonly #untidy = new Set<string>();
  /** Samples planned of each runtime that was not found unavailable. */
  readonly #planned = new Map<string, number>();
  #done = 0;
  #failed = 0;

  constructor(plan: RunPlan, journal: JournalWriter, on: (event: RunEvent) => void) {
    this.#plan = plan;
    this.#journal = journal;
    this.#on = on;
    for (const { benchmark, rounds } of plan.benchmarks) {
      for (const each of plan.runtimes) {
        const { id, kind } = each;
        const visits = rounds.filter(({ order }) => order.includes(id));
        this.#remaining.expect(benchmark, id, visits.length, expectedVisitMs(benchmark, { name: nameOf(each), kind, serves: plan.serves }, plan.options));
        this.#planned.set(id, (this.#planned.get(id) ?? 0) + visits.filter(({ warmup }) => !warmup).length);
      }
    }
  }

  /** In the order of the journal, the header first. */
  get records(): readonly JournalRecord[] {
    return this.#records;
  }

  async begin(header: JournalHeader, directory: string): Promise<void> {
    await this.#keep(header);
    this.#on({ type: 'run-start', runId: header.id, directory, plan: this.#plan });
  }

  async provisioned(entry: RuntimeEntry): Promise<void> {
    await this.#keep({ record: 'runtime', entry });
    if (entry.state.state === 'unavailable') {
      this.#planned.delete(entry.id);
      this.#remaining.drop(entry.id);
      this.#on({ type: 'runtime-unavailable', runtime: entry.id, reason: entry.state.reason, remedy: entry.state.remedy });
    } else {
      for (const benchmark of Object.keys(entry.unmeasurable ?? {})) this.#forget(benchmark, entry.id);
      this.#on({ type: 'provision-done', runtime: entry.id, milliseconds: entry.provisionMs ?? 0, accelerator: entry.accelerator, emulated: entry.emulated });
    }
  }

  /** Visits that were planned and will not be made. */
  #forget(benchmark: string, runtime: string): void {
    const rounds = this.#plan.benchmarks.find((each) => each.benchmark === benchmark)?.rounds ?? [];
    const visits = rounds.filter(({ warmup, order }) => !warmup && order.includes(runtime)).length;
    this.#planned.set(runtime, (this.#planned.get(runtime) ?? 0) - visits);
    this.#remaining.drop(runtime, benchmark);
  }

  benchmark(state: 'start' | 'done', index: number): void {
    const planned = this.#plan.benchmarks[index];
    if (planned === undefined) return;
    const { benchmark, rounds } = planned;
    const progress = this.progress();
    if (state === 'done') this.#on({ type: 'benchmark-done', benchmark, progress });
    else this.#on({ type: 'benchmark-start', benchmark, index, count: this.#plan.benchmarks.length, rounds: rounds.filter(({ warmup }) => !warmup).length, progress });
  }

  visiting(visit: Visit): void {
    this.#on({ type: 'sample-start', visit, progress: this.progress() });
  }

  /**
   * Keeps what came of a visit, safely, before the next one is begun.
   * @param tookMs the whole visit, for the estimate of the time that remains
   */
  async visited(visit: Visit, outcome: Outcome, tookMs: number): Promise<void> {
    const { benchmark, runtime, round, order } = visit;
    const at = performance.now() - this.#began;
    this.#remaining.seen(benchmark, runtime, tookMs + this.#plan.options.gapMs);
    if (visit.warmup) {
      await this.#keep({ record: 'warm-up', benchmark, runtime, round, order, at, result: outcome });
    } else {
      await this.#keep({ record: 'sample', sample: { index: this.#done, benchmark, runtime, round, order, at, ...outcome } });
      this.#done += 1;
      if (outcome.outcome === 'failed') this.#failed += 1;
    }
    this.#on({ type: 'sample-done', visit, outcome, progress: this.progress() });
    const [left] = outcome.leftovers ?? [];
    if (left !== undefined && !this.#untidy.has(runtime)) {
      this.#untidy.add(runtime);
      this.#on({ type: 'warning', warning: leftoverWarning(runtime, left, outcome.leftovers?.length ?? 1) });
    }
  }

  async warn(warning: Warning): Promise<void> {
    await this.#keep({ record: 'warning', warning });
  }

  interrupted(): void {
    this.#on({ type: 'interrupted', progress: this.progress() });
  }

  async end(state: 'complete' | 'interrupted'): Promise<void> {
    await this.#keep({ record: 'end', state, finishedAt: new Date().toISOString(), durationMs: performance.now() - this.#began });
  }

  progress(): Progress {
    return {
      done: this.#done,
      failed: this.#failed,
      total: [...this.#planned.values()].reduce((sum, samples) => sum + samples, 0),
      elapsedMs: performance.now() - this.#began,
      remainingMs: this.#remaining.remainingMs(),
    };
  }

  async #keep(record: JournalRecord): Promise<void> {
    this.#records.push(record);
    await this.#journal.append(record);
  }
}
