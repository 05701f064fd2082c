/** What a run tells while it goes: enough for a progress bar with remaining time, or for plain lines. */
import type { Accelerator } from '../runtime/runtime.ts';
import type { RunPlan } from './plan/plan.ts';
import type { Like, Resumption } from './result/origin.ts';
import type { Outcome, Warning } from './result/schema.ts';

export interface Progress {
  /** Samples taken, failed ones among them. Warm-up visits are not counted. */
  readonly done: number;
  readonly failed: number;
  /** Samples planned for the runtimes that are left. */
  readonly total: number;
  readonly elapsedMs: number;
  /** Learned from the visits made so far. */
  readonly remainingMs: number;
}

/** Where in the plan a visit stands. */
export interface Visit {
  readonly benchmark: string;
  readonly runtime: string;
  readonly round: number;
  /** Rounds of this benchmark (of its warm-up, for a warm-up visit). */
  readonly rounds: number;
  /** Place within the round. */
  readonly order: number;
  /** A warm-up visit yields no sample. */
  readonly warmup: boolean;
}

export type RunEvent =
  | { readonly type: 'run-start'; readonly runId: string; readonly directory: string; readonly plan: RunPlan }
  /** In place of `run-start`, for a run that broke off and goes on. */
  | { readonly type: 'run-resumed'; readonly directory: string; readonly resumption: Resumption; readonly progress: Progress }
  | { readonly type: 'provision-start'; readonly runtime: string; readonly index: number; readonly count: number }
  /** What preparing it is at, where it takes long. */
  | { readonly type: 'provision-step'; readonly runtime: string; readonly text: string }
  | { readonly type: 'provision-done'; readonly runtime: string; readonly milliseconds: number; readonly accelerator: Accelerator | null; readonly emulated: boolean }
  | { readonly type: 'runtime-unavailable'; readonly runtime: string; readonly reason: string; readonly remedy: string }
  /** Everything is ready, and differs in this from the run that is repeated. */
  | { readonly type: 'like'; readonly like: Like }
  | { readonly type: 'benchmark-start'; readonly benchmark: string; readonly index: number; readonly count: number; readonly rounds: number; readonly progress: Progress }
  | { readonly type: 'sample-start'; readonly visit: Visit; readonly progress: Progress }
  | { readonly type: 'sample-done'; readonly visit: Visit; readonly outcome: Outcome; readonly progress: Progress }
  | { readonly type: 'benchmark-done'; readonly benchmark: string; readonly progress: Progress }
  /** Something that should be known while the run goes on. All warnings are in the result document. */
  | { readonly type: 'warning'; readonly warning: Warning }
  /** The signal arrived: the instance at work is being stopped, then the document is written. */
  | { readonly type: 'interrupted'; readonly progress: Progress }
  | { readonly type: 'run-done'; readonly state: 'complete' | 'interrupted'; readonly result: string; readonly journal: string; readonly progress: Progress };
