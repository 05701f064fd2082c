/** How many instances a visit may go up to. Pure. */

/** At which numbers of instances the host is read. */
export const COUNTS = [1, 2, 4, 8] as const;

/** The crowd may take this share of what the host has available: it has others to serve, and must not swap. */
export const SHARE = 0.5;

/**
 * Whether the next number of instances may be tried.
 * @param running there are by now, and `takenBytes` is what they hold together
 * @param availableBytes before the first of them
 */
export function roomFor(next: number, running: number, takenBytes: number, availableBytes: number): boolean {
  return (takenBytes / running) * next <= availableBytes * SHARE;
}
