/**
 * The upper tail of the standard normal distribution, exact to its last digits far out, where tests after a
 * correction for many comparisons look. Own code: simple-statistics rounds z to two decimals and reads a
 * table, and the libraries that are right bring a hundred packages for this one function.
 */

/** Below this the series converges quickly, above it the continued fraction does. */
const SERIES_UP_TO = 2.5;

/** P(Z > z). */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
  return z < SERIES_UP_TO ? 0.5 - density * series(z) : density * fraction(z);
}

/** z + z³/3 + z⁵/(3·5) + … (Abramowitz and Stegun 26.2.11). */
function series(z: number): number {
  let term = z;
  let sum = z;
  for (let odd = 3; term > sum * 1e-17; odd += 2) {
    term *= (z * z) / odd;
    sum += term;
  }
  return sum;
}

/** 1/(z + 1/(z + 2/(z + 3/(z + …)))) from its far end (Abramowitz and Stegun 26.2.14). */
function fraction(z: number): number {
  let rest = z;
  for (let depth = 100; depth >= 1; depth--) rest = z + depth / rest;
  return 1 / rest;
}
