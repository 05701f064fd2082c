/** What a benchmark is: metrics with their definitions, and one way to take them from a box. */
import type { Box } from '../runtime/runtime.ts';
import type { Metric } from './result/schema.ts';
import type { Attempt } from './rounds/attempt.ts';
import type { RelativeTimeline } from './rounds/timeline.ts';

/** One visit's figures. */
export interface Measurement {
  /** By metric name, in the metric's unit. */
  readonly values: Readonly<Record<string, number>>;
  /** Present when an instance was started. */
  readonly timeline?: RelativeTimeline;
}

/** What a visit makes of the box, for the promise of how long a run takes. */
export interface VisitCost {
  readonly starts: number;
  /** Instances that idle and have to be ended. */
  readonly stops: number;
  /** Times that it lets the box settle. */
  readonly settles: number;
  /** What it takes besides. */
  readonly otherMs: number;
}

export interface Benchmark {
  readonly name: string;
  /** For people: "Start-up". */
  readonly title: string;
  readonly metrics: readonly Metric[];
  /**
   * The metric that tinybench times the visit by. `null` for a benchmark whose figures are no durations:
   * tinybench's own clock then times the visit.
   */
  readonly timedBy: string | null;
  /** It asks the workload by HTTP: only with an image that has a server. */
  readonly needsService?: boolean;
  /** What a visit consists of, where it is not one start, left to settle, and stopped: by it a run's duration is told. */
  readonly cost?: VisitCost;
  /** `false` for one whose visits are so long that a round which is no sample would not pay. Default: true. */
  readonly warmup?: false;
  /** Whom it visits: the boxes that were chosen, or the rungs of the ladder. Default: the boxes. */
  readonly subjects?: 'boxes' | 'rungs';
  /**
   * Takes every metric once. Whatever `attempt` started is stopped by the caller.
   * @throws {TareError} when it cannot be taken; recorded as the sample's outcome
   */
  take(box: Box, attempt: Attempt): Promise<Measurement>;
}

/** A metric of a benchmark, with the parts that follow from the names filled in. */
export function metric(benchmark: string, name: string, of: Pick<Metric, 'title' | 'unit' | 'definition' | 'anchor' | 'kinds' | 'sparse' | 'signed'> & { readonly primary?: boolean }): Metric {
  const { primary = false, ...rest } = of;
  return { id: `${benchmark}.${name}`, benchmark, name, ...rest, primary };
}
