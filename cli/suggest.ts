/** Lists of names on the command line. */
import { TareError } from '../runtime/errors.ts';
import { suggestion } from '../runtime/suggest.ts';

export { suggestion };

/**
 * Splits `a,b` and repeated options alike.
 * @throws {TareError} `usage` naming the first unknown name, the option and the nearest known one
 */
export function chosenNames(option: string, given: readonly string[], known: readonly string[]): string[] {
  const names = given.flatMap((each) => each.split(',')).map((each) => each.trim()).filter((each) => each !== '');
  for (const name of names) {
    if (!known.includes(name)) throw new TareError('usage', `--${option}: there is no "${name}"`, suggestion(name, known));
  }
  if (names.length === 0) throw new TareError('usage', `--${option}: no name given`, `known: ${known.join(', ')}`);
  return [...new Set(names)];
}
