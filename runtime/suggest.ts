/** Names that a person may mistype, and the nearest that exists. */
import { closest, distance } from 'fastest-levenshtein';

/** `did you mean "container"?`, or the list when nothing is near. */
export function suggestion(name: string, known: readonly string[]): string {
  const near = closest(name, [...known]);
  const list = `known: ${known.join(', ')}`;
  return distance(name, near) <= Math.max(2, Math.floor(name.length / 3)) ? `did you mean "${near}"? ${list}` : list;
}
