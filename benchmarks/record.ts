/**
 * What has happened in a run so far, told to everyone concerned: to the journal on the disk, to whoever
 * watches, and to the result document that is built at the end.
 */
import type { Progress, RunEvent, Visit } from './events.ts';
import type { JournalHeader, JournalRecord } from './journal/record.ts';
import type { TakenVisits } from './journal/taken.ts';
import type { JournalWriter } from './journal/write.ts';
import type { RunPlan } from './plan/plan.ts';
import type { ConditionsPoint } from './result/conditions.ts';
import { ResultFold } from './result/fold.ts';
import type { Like } from './result/origin.ts';
import type { Conditions, Outcome, RuntimeEntry, Tare, Warning } from './result/schema.ts';
import { Standing } from './standing.ts';
import { quantile } from './statistics/quantile.ts';
import { leftoverWarning } from './warnings/samples.ts';

/** What a run that goes on finds in its journal. */
export interface Earlier {
  readonly records: readonly JournalRecord[];
  readonly taken: TakenVisits;
  /** Length of the line that was torn. */
  readonly tornBytes: number;
}

export class RunRecord {
  readonly standing: Standing;
  /** What the result will be made of. */
  readonly fold = new ResultFold();
  readonly #journal: Pick<JournalWriter, 'append'>;
  readonly #plan: RunPlan;
  readonly #on: (event: RunEvent) => void;
  /** Runtimes of which something stayed behind: said once each while the run goes on. */
  readonly #untidy = new Set<string>();
  /** Milliseconds between visits beyond the gap. */
  readonly #between: number[] = [];

  constructor(plan: RunPlan, journal: Pick<JournalWriter, 'append'>, on: (event: RunEvent) => void, earlier?: Earlier) {
    this.#plan = plan;
    this.#journal = journal;
    this.#on = on;
    this.standing = new Standing(plan, earlier?.taken);
    for (const record of earlier?.records ?? []) {
      this.fold.add(record);
      this.standing.recall(record);
    }
  }

  async begin(header: JournalHeader, directory: string): Promise<void> {
    await this.#keep(header);
    this.#on({ type: 'run-start', runId: header.id, directory, plan: this.#plan });
  }

  /** The run goes on behind what the journal holds. */
  async resumed(tornBytes: number, tare: Tare, conditions: Conditions, directory: string): Promise<void> {
    const resumption = { at: this.standing.sinceMs(), resumedAt: new Date().toISOString(), pausedMs: this.standing.pausedMs(), samples: this.standing.samples, tornBytes };
    await this.#keep({ record: 'resumed', ...resumption, tare, conditions });
    this.#on({ type: 'run-resumed', directory, resumption, progress: this.progress() });
  }

  async provisioned(entry: RuntimeEntry): Promise<void> {
    await this.#keep({ record: 'runtime', entry });
    this.standing.know(entry);
    if (entry.state.state === 'unavailable') {
      this.#on({ type: 'runtime-unavailable', runtime: entry.id, reason: entry.state.reason, remedy: entry.state.remedy });
    } else {
      this.#on({ type: 'provision-done', runtime: entry.id, milliseconds: entry.provisionMs ?? 0, accelerator: entry.accelerator, emulated: entry.emulated });
    }
  }

  /** Everything is ready: in what this run differs from the one that it repeats. */
  async repeats(like: Like): Promise<void> {
    await this.#keep({ record: 'like', like });
    this.#on({ type: 'like', like });
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

  /** @param milliseconds from the end of a visit to the beginning of the next, the idle gap apart */
  between(milliseconds: number): void {
    this.#between.push(milliseconds);
  }

  /**
   * Keeps what came of a visit, safely, before the next one is begun.
   * @param tookMs the whole visit, for the estimate of the time that remains
   */
  async visited(visit: Visit, outcome: Outcome, tookMs: number): Promise<void> {
    const { benchmark, runtime, round, order } = visit;
    const at = this.standing.sinceMs();
    const index = this.standing.samples;
    if (visit.warmup) await this.#keep({ record: 'warm-up', benchmark, runtime, round, order, at, result: outcome });
    else await this.#keep({ record: 'sample', sample: { index, benchmark, runtime, round, order, at, ...outcome } });
    this.standing.visited(visit, outcome, tookMs + this.#plan.options.gapMs);
    this.#on({ type: 'sample-done', visit, outcome, progress: this.progress() });
    const [left] = outcome.leftovers ?? [];
    if (left !== undefined && !this.#untidy.has(runtime)) {
      this.#untidy.add(runtime);
      this.#on({ type: 'warning', warning: leftoverWarning(runtime, left, outcome.leftovers?.length ?? 1) });
    }
  }

  /** What a look at the machine between two visits showed. */
  async conditions(point: Omit<ConditionsPoint, 'at'>): Promise<void> {
    await this.#keep({ record: 'conditions', point: { at: this.standing.sinceMs(), ...point } });
  }

  async warn(warning: Warning): Promise<void> {
    await this.#keep({ record: 'warning', warning });
  }

  interrupted(): void {
    this.#on({ type: 'interrupted', progress: this.progress() });
  }

  async end(state: 'complete' | 'interrupted'): Promise<void> {
    const sorted = [...this.#between].sort((a, b) => a - b);
    const harness = sorted.length === 0 ? {} : { harness: { visits: sorted.length, betweenMs: quantile(sorted, 0.5) } };
    await this.#keep({ record: 'end', state, finishedAt: new Date().toISOString(), durationMs: this.standing.sinceMs(), ...harness });
  }

  progress(): Progress {
    return this.standing.progress();
  }

  async #keep(record: JournalRecord): Promise<void> {
    this.fold.add(record);
    await this.#journal.append(record);
  }
}
