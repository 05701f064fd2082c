/** What a guest sees of the memory that was set aside for it, in its own kernel's words. */
import type { CommandRequest } from './runtime.ts';

export interface GuestMemory {
  /** What its kernel manages: the rest of what was set aside it has taken for itself, or never had. */
  readonly totalBytes: number;
  /** Used for nothing. */
  readonly freeBytes: number;
  /** Free, or freed at once for a program that asks: the kernel's own estimate. */
  readonly availableBytes: number;
}

/** How a guest comes to tell. */
export type Inside =
  /** With its last words, when it is shut down. */
  | { readonly is: 'told' }
  /** By a command, in a guest that is started for it: the one that is weighed is left alone. */
  | { readonly is: 'asked'; readonly request: CommandRequest };

/** The second lets a boot's last frees come through. */
export const ASK_INSIDE: Inside = { is: 'asked', request: { what: 'command', argv: ['sh', '-c', 'sleep 1; cat /proc/meminfo'], streams: 'capture' } };

/**
 * @param text in which /proc/meminfo is, among other things. Source: proc(5)
 * @returns null where it is not
 */
export function guestMemory(text: string): GuestMemory | null {
  const figure = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? Number.NaN) * 1024;
  const found = { totalBytes: figure('MemTotal'), freeBytes: figure('MemFree'), availableBytes: figure('MemAvailable') };
  return Object.values(found).some(Number.isNaN) ? null : found;
}
