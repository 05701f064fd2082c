/** The plain summary of a series, from tinybench's aggregation over the recorded values. */
import { Bench } from 'tinybench';

export interface Description {
  readonly mean: number;
  /** Of the sample (n − 1); 0 for a single value. */
  readonly standardDeviation: number;
  readonly median: number;
  /** Median absolute deviation from the median, unscaled. */
  readonly mad: number;
  readonly p99: number;
  readonly sorted: readonly number[];
}

/**
 * Replays recorded values through a tinybench task and takes its statistics.
 * @param values at least one; finite and not negative, since tinybench would put its own clock in place of others
 * @throws {RangeError} for other values
 */
export function describe(values: readonly number[]): Description {
  const impossible = values.find((value) => !Number.isFinite(value) || value < 0);
  if (values.length === 0 || impossible !== undefined) throw new RangeError(`${impossible ?? 'no value'} cannot be summarised`);
  const bench = new Bench({ time: 0, iterations: values.length, warmup: false, retainSamples: true, throws: true });
  let next = 0;
  bench.add('recorded', () => ({ overriddenDuration: values[next++] }), { async: false });
  const result = bench.runSync()[0]?.result;
  if (result?.state !== 'completed' || result.latency.samples === undefined) throw new Error(`tinybench did not complete: ${result?.state ?? 'no task'}`);
  const { mean, sd, p50, mad, p99, samples } = result.latency;
  return { mean, standardDeviation: sd, median: p50, mad, p99, sorted: samples };
}
