/** Continuous distributions that no library of ours draws from a seeded stream. */
import { uniform, type Stream } from './stream.ts';

/** Standard normal, by Marsaglia's polar method (1964); the second of each pair is not kept. */
export function normal(from: Stream): number {
  for (;;) {
    const x = 2 * uniform(from) - 1;
    const y = 2 * uniform(from) - 1;
    const square = x * x + y * y;
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square);
  }
}

/** Gamma of the given shape (at least 1) and scale 1: Marsaglia and Tsang, ACM TOMS 26 (2000), 363–372. */
export function gamma(shape: number, from: Stream): number {
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = normal(from);
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    const u = 1 - uniform(from);
    if (Math.log(u) < 0.5 * x * x + d - d * v + d * Math.log(v)) return d * v;
  }
}

/** Beta(a, b) for a and b of at least 1. */
export function beta(a: number, b: number, from: Stream): number {
  const x = gamma(a, from);
  return x / (x + gamma(b, from));
}
