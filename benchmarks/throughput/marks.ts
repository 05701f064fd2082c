/** Reads the marks of fixtures/workload/work.c: how much was done between which stamps. Pure. */
import { WORK_KINDS, type WorkKind, type WorkLetter } from '../../fixtures/workload/work.ts';
import type { Nanoseconds, Timeline } from '../../runtime/runtime.ts';

export interface Done {
  readonly kind: WorkKind;
  readonly operations: number;
  /** The stamps of its two marks. */
  readonly from: Nanoseconds;
  readonly to: Nanoseconds;
}

interface Byte {
  readonly at: Nanoseconds;
  readonly is: string;
}

/** A guest's marks come byte by byte, others' whole: the first byte of each has the stamp that counts. */
function bytesOf(marks: Timeline['marks']): Byte[] {
  return marks.flatMap(({ at, bytes }) => [...Buffer.from(bytes).toString('latin1')].map((is) => ({ at, is })));
}

function isLetter(is: string): is is WorkLetter {
  return Object.hasOwn(WORK_KINDS, is);
}

/** What has been done so far, in the order in which it was finished; a count that is still coming is left out. */
export function workDone(marks: Timeline['marks']): Done[] {
  const bytes = bytesOf(marks);
  const begun = new Map<string, Nanoseconds>();
  const done: Done[] = [];
  for (const [index, { at, is }] of bytes.entries()) {
    const letter = is.toLowerCase();
    if (is !== letter) begun.set(letter, at);
    const from = begun.get(is);
    if (!isLetter(is) || from === undefined) continue;
    const rest = bytes.slice(index + 1);
    const end = rest.findIndex((byte) => byte.is === ';');
    if (end >= 0) done.push({ kind: WORK_KINDS[is], operations: Number(rest.slice(0, end).map((byte) => byte.is).join('')), from, to: at });
  }
  return done;
}

/** Operations a second; NaN for what took no time, which is refused as a measurement. */
export function rateOf({ operations, from, to }: Done): number {
  return to > from ? (operations * 1e9) / Number(to - from) : Number.NaN;
}
