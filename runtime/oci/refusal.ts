/** How a bundle's faults are told: the place in the document, the value, what is wrong, and what to do. */
import { closest, distance } from 'fastest-levenshtein';
import { TareError } from '../errors.ts';

export const CONFIG = 'config.json';

/** As people write it: `process.args[0]`. */
export function placeText(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => (typeof part === 'number' ? `${text}[${part}]` : text === '' ? String(part) : `${text}.${String(part)}`), '');
}

/** A value, short enough for a sentence. */
export function valueText(value: unknown): string {
  const text = typeof value === 'bigint' ? String(value) : JSON.stringify(value, (_name, each: unknown) => (typeof each === 'bigint' ? String(each) : each)) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
}

/** @param place as `placeText` writes it; @param says goes on after the value: `is no capability` */
export function refusal(place: string, value: unknown, says: string, remedy: string): TareError {
  return new TareError('bad-file', `${CONFIG}: ${place}: ${valueText(value)}: ${says}`, remedy);
}

/** `did you mean "CAP_KILL"?`, or the list of what there is. */
export function nearest(name: string, known: readonly string[]): string {
  const near = known.length === 0 ? '' : closest(name, [...known]);
  return near !== '' && distance(name, near) <= Math.max(2, Math.floor(name.length / 3)) ? `did you mean "${near}"?` : `known: ${known.join(', ')}`;
}
