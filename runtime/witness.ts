/**
 * What a box's inside looks like from inside, asked once of an instance of its own: whose kernel it runs on is told by
 * the kernel's boot id, which every boot makes anew.
 */
import { readFileSync } from 'node:fs';
import type { CommandRequest } from './runtime.ts';

export interface Witness {
  /** Release of the kernel, as `uname -r` says it inside. */
  readonly kernel: string;
  /** Whether it is the very kernel that runs the host, in the same boot of it. Source: random(4), boot_id. */
  readonly hostsKernel: boolean;
  /** Processes that can be seen inside, the shell that looks among them. */
  readonly processes: number;
}

const SCRIPT = 'echo "kernel $(cat /proc/sys/kernel/osrelease)"; echo "boot $(cat /proc/sys/kernel/random/boot_id)"; set -- /proc/[0-9]*; echo "processes $#"';

export const ASK_WITNESS: CommandRequest = { what: 'command', argv: ['sh', '-c', SCRIPT], streams: 'capture' };

export function hostBootId(): string {
  return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
}

/**
 * @param text in which the answers are, among other things
 * @returns null where they are not
 */
export function witnessOf(text: string, bootId: string): Witness | null {
  const line = (name: string): string | undefined => new RegExp(`^${name} (\\S+)\\r?$`, 'm').exec(text)?.[1];
  const [kernel, boot, processes] = [line('kernel'), line('boot'), Number(line('processes'))];
  return kernel === undefined || boot === undefined || !Number.isInteger(processes) ? null : { kernel, hostsKernel: boot === bootId, processes };
}
