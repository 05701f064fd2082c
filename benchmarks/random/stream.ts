/**
 * Random numbers from the run's recorded seed.
 *
 * Every purpose has a stream of its own, derived from seed and purpose alone: the order of round 7 is the
 * same whether rounds 0 to 6 were run, skipped or resumed, and adding a metric changes no other interval.
 */
import { createHash, randomBytes } from 'node:crypto';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';

export type Stream = RandomGenerator;

/** A seed for a run that was given none: 12 hexadecimal digits. */
export function randomSeed(): string {
  return randomBytes(6).toString('hex');
}

/** xoroshiro128+ started from the SHA-256 of seed and purpose. */
export function stream(seed: string, ...purpose: readonly (string | number)[]): Stream {
  const digest = createHash('sha256').update(JSON.stringify([seed, ...purpose])).digest();
  return xoroshiro128plusFromState([0, 4, 8, 12].map((at) => digest.readInt32LE(at)));
}

/** Uniform in [0, 1). */
export function uniform(from: Stream): number {
  return uniformFloat64(from);
}

/** A shuffled copy (Fisher–Yates): every order is equally likely. */
export function shuffled<T>(items: readonly T[], from: Stream): T[] {
  const result = [...items];
  for (let last = result.length - 1; last > 0; last--) {
    const other = uniformInt(from, 0, last);
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}
