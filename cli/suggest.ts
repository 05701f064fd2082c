/** Names that a person may mistype, and the nearest that exists. */
import { closest, distance } from 'fastest-levenshtein';
import { TareError } from '../runtime/errors.ts';

/** `did you mean "container"?`, or the list when nothing is near. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = closest(name, [...known]);
  const list = `known: ${known.join(', ')}`;
  return distance(name, near) <= Math.max(2, Math.floor(name.length / 3)) ? `did you mean "${near}"? ${list}` : list;
}

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
