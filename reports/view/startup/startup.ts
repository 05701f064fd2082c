/** All that is said of starting: on one axis, as a spread, as a climb, cold and warm. */
import type { ResultDocument } from '../../../benchmarks/result/schema.ts';
import type { BenchmarkView } from '../benchmarks.ts';
import type { RuntimeView } from '../runtimes.ts';
import type { TimelineView } from '../timelines.ts';
import { climbView, type ClimbStep } from './climb.ts';
import { coldView, type ColdView } from './cold.ts';
import { startViews, type StartView } from './starts.ts';

/** Benchmarks that are told in the part on starting. */
export const STARTING: readonly string[] = ['startup', 'phases', 'http', 'ladder', 'rate', 'cold'];

export interface StartupView {
  readonly starts: readonly StartView[];
  readonly climb: readonly ClimbStep[];
  /** Null where no start was timed. */
  readonly cold: ColdView | null;
}

export function startupView(result: ResultDocument, runtimes: readonly RuntimeView[], timelines: readonly TimelineView[], benchmarks: readonly BenchmarkView[]): StartupView {
  const ready = benchmarks.find(({ id }) => id === 'startup')?.main;
  return {
    starts: startViews(result, runtimes, timelines),
    climb: ready === undefined ? [] : climbView(ready),
    cold: ready === undefined ? null : coldView(ready, benchmarks.find(({ id }) => id === 'cold')?.main),
  };
}
