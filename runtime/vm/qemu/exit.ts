/**
 * What QEMU's exit status says. By itself, little: it is 0 after SIGTERM and after a guest's panic, and 1 both
 * after an error of QEMU's own and when a guest hands back code 0. So code 0 counts only beside the mark.
 */
import type { Ended } from '../../runtime.ts';

/** The largest code that isa-debug-exit can carry: a status has eight bits, and the device takes one. */
export const MOST_CODE = 127;

/** What is reported for a guest that ended without a code: what container tools give when they fail themselves. */
export const NO_CODE = 125;

/** @returns the code that the guest wrote to isa-debug-exit, or null when it ended in another way */
export function guestCode(ended: Pick<Ended, 'how' | 'status'>, marked: boolean): number | null {
  if (ended.how !== 'exited' || ended.status % 2 === 0) return null;
  return ended.status === 1 && !marked ? null : ended.status >> 1;
}
