/**
 * How the start of a virtual machine is watched, whichever it is: its console for words after which nothing will come,
 * its memory for what it did when it is late, its end for the reason.
 */
import type { StartOptions } from '../instance.ts';
import { guestKernelLog } from './autopsy/guest-ram.ts';
import { MEBIBYTE } from './memory.ts';
import { explainQemuEnd, GUEST_LOG, type Attempt } from './qemu/failures.ts';

/** For the rest of what is being said: a trace, or registers. */
const REST_MS = 1000;

/** Signs that a guest will never be ready, each with how long it may go on talking. */
const HOPELESS: readonly { readonly sign: RegExp; readonly graceMs: number; readonly why: string }[] = [
  { sign: /---\[ end Kernel panic/, graceMs: 0, why: 'the last line of a kernel that was not told to reboot: it stands still from here' },
  { sign: /Kernel panic - not syncing: [^\r\n]*[\r\n]/, graceMs: REST_MS, why: 'a panic; one that reboots ends QEMU by itself' },
  { sign: /KVM internal error\. Suberror/, graceMs: REST_MS, why: 'KVM has given up; QEMU stays, and would for ever' },
  { sign: /Dropping to a shell!/, graceMs: REST_MS, why: 'an initramfs that found no root file system, and waits for somebody to type' },
  { sign: /You are in (?:rescue|emergency) mode/, graceMs: REST_MS, why: 'systemd could not bring the system up, and waits for somebody to type' },
];

/** @param said the end of what was said @returns milliseconds after which it is to be stopped, or null while there is hope */
export function hopeless(said: string): number | null {
  return HOPELESS.find(({ sign }) => sign.test(said))?.graceMs ?? null;
}

/** For looking through the memory of a guest that is late: a tenth of a second on an idle host. */
const AUTOPSY_MS = 3000;

export function watched(attempt: Attempt): Pick<StartOptions, 'explain' | 'hopeless' | 'lastWords'> {
  return {
    explain: (ended) => explainQemuEnd(ended, attempt),
    hopeless,
    async lastWords(pid) {
      const lines = await guestKernelLog(pid, attempt.memoryMebibytes * MEBIBYTE, AUTOPSY_MS);
      return lines.length === 0 ? '' : `${GUEST_LOG}\n${lines.join('\n')}\n`;
    },
  };
}
