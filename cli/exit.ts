/** What the exit status of tare means. */
export const EXIT = {
  done: 0,
  /** Something failed: a start, a file, the host. What was measured is kept. */
  failed: 1,
  /** Wrong usage: nothing was done. */
  usage: 2,
  /** Ctrl-C. What was measured is kept. */
  interrupted: 130,
} as const;
