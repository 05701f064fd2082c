/** The plain summary of a series, from tinybench's aggregation over the recorded values. */
import { mean, medianAbsoluteDeviation, medianSorted, sampleStandardDeviation } from 'simple-statistics';
import { Bench } from 'tinybench';
import { quantile } from './quantile.ts';

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
 * Replays recorded values through a tinybench task and takes its statistics. Where some lie below zero, as an
 * intercept may, tinybench would put its own clock in their place: then simple-statistics takes the same ones.
 * @param values at least one, and finite
 * @throws {RangeError} for other values
 */
export function describe(values: readonly number[]): Description {
  const impossible = values.find((value) => !Number.isFinite(value));
  if (values.length === 0 || impossible !== undefined) throw new RangeError(`${impossible ?? 'no value'} cannot be summarised`);
  return values.some((value) => value < 0) ? describeSigned([...values]) : describeReplayed(values);
}

function describeSigned(values: number[]): Description {
  const sorted = [...values].sort((a, b) => a - b);
  return {
    mean: mean(values),
    standardDeviation: values.length === 1 ? 0 : sampleStandardDeviation(values),
    median: medianSorted(sorted),
    mad: medianAbsoluteDeviation(values),
    p99: quantile(sorted, 0.99),
    sorted,
  };
}

function describeReplayed(values: readonly number[]): Description {
  const bench = new Bench({ time: 0, iterations: values.length, warmup: false, retainSamples: true, throws: true });
  let next = 0;
  bench.add('recorded', () => ({ overriddenDuration: values[next++] }), { async: false });
  const result = bench.runSync()[0]?.result;
  if (result?.state !== 'completed' || result.latency.samples === undefined) throw new Error(`tinybench did not complete: ${result?.state ?? 'no task'}`);
  const { mean, sd, p50, mad, p99, samples } = result.latency;
  return { mean, standardDeviation: sd, median: p50, mad, p99, sorted: samples };
}
