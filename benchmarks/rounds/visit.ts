/** One visit of one runtime: everything that can come of it, as an outcome. */
import { StartFailure, TareError } from '../../runtime/errors.ts';
import type { Box } from '../../runtime/runtime.ts';
import { applies } from '../applies.ts';
import type { Benchmark, Measurement } from '../benchmark.ts';
import type { Outcome } from '../result/schema.ts';
import { Attempt, type AttemptLimits } from './attempt.ts';
import type { Stopwatch } from './stopwatch.ts';

type Failure = Extract<Outcome, { outcome: 'failed' }>['failure'];

/**
 * Takes a sample. Never rejects for what the runtime does: a failed start is an outcome, not the end.
 * @returns `interrupted` when the signal arrived first: half a measurement is neither good nor failed
 */
export async function visit(benchmark: Benchmark, runtime: string, box: Box, stopwatch: Stopwatch, limits: AttemptLimits): Promise<Outcome | 'interrupted'> {
  const attempt = new Attempt(box, limits);
  let measurement: Measurement | null = null;
  let failure: Failure | null = null;
  let interrupted = false;
  let after: Awaited<ReturnType<Attempt['finish']>> = { leftovers: [], timeline: null };
  const timedMs = await stopwatch.time(runtime, async () => {
    try {
      measurement = await benchmark.take(box, attempt);
      interrupted = limits.signal.aborted;
      refuseImpossible(benchmark, box, measurement);
    } catch (error) {
      failure = describeFailure(error);
      interrupted = limits.signal.aborted;
    }
    after = await attempt.finish();
    const duration = benchmark.timedBy === null || failure !== null ? undefined : measurement?.values[benchmark.timedBy];
    return duration ?? null;
  });
  if (interrupted) return 'interrupted';
  const taken = measurement as Measurement | null;
  const timeline = taken?.timeline ?? after.timeline;
  const shared = {
    ...(timeline === null ? {} : { timeline: [...timeline] }),
    ...(after.leftovers.length === 0 ? {} : { leftovers: [...after.leftovers] }),
  };
  if (failure !== null) return { outcome: 'failed', failure, ...shared };
  const values = { ...taken?.values };
  if (benchmark.timedBy !== null) values[benchmark.timedBy] = timedMs;
  return { outcome: 'ok', values, ...shared };
}

/** @throws {StartFailure} `measurement` for a metric of the box's that is missing, negative or no number */
function refuseImpossible(benchmark: Benchmark, box: Box, { values }: Measurement): void {
  for (const metric of benchmark.metrics) {
    const { id, name, unit } = metric;
    const value = values[name];
    if (value === undefined && (metric.sparse === true || !applies(metric, box))) continue;
    if (value !== undefined && Number.isFinite(value) && (value >= 0 || metric.signed === true)) continue;
    const found = value === undefined || Number.isNaN(value) ? 'was not stamped' : `came out as ${value} ${unit}`;
    throw new StartFailure('measurement', `${id} ${found}, which cannot be`, 'if it happens again, look for a clock that is being set or a runtime that loses stamps', '');
  }
}

function describeFailure(error: unknown): Failure {
  if (error instanceof StartFailure) return { reason: error.reason, message: error.message, remedy: error.remedy, log: error.log };
  if (error instanceof TareError) return { reason: error.code, message: error.message, remedy: error.remedy, log: '' };
  if (error instanceof Error) return { reason: 'unexpected', message: error.message, remedy: '', log: error.stack ?? '' };
  return { reason: 'unexpected', message: String(error), remedy: '', log: '' };
}
