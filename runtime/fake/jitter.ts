import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Scatters a figure around its scripted value; the same seed scatters the same way. */
export type Jitter = (value: number) => number;

/** Log-normal with the given standard deviation of the logarithm, so that nothing becomes negative. */
export function seededJitter(seed: number, deviation: number): Jitter {
  const random = xoroshiro128plus(seed);
  return (value) => {
    if (deviation === 0) return value;
    const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(random)));
    return value * Math.exp(deviation * radius * Math.cos(2 * Math.PI * uniformFloat64(random)));
  };
}
