/** Waits that end: at a time, at a deadline, at an interrupt. */
import { setTimeout as delay } from 'node:timers/promises';
import { TareError } from '../../runtime/errors.ts';

/** Sleeps, and returns early without an error when the signal arrives. */
export async function sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds <= 0 || signal.aborted) return;
  try {
    await delay(milliseconds, undefined, { signal });
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/**
 * The promise's own outcome if it comes in time, else what `late` makes of it.
 * @throws {Error} what `late` returns, once the time is over
 */
export async function within<T>(promise: Promise<T>, milliseconds: number, late: () => Error): Promise<T> {
  const over = new AbortController();
  const clock = delay(milliseconds, undefined, { signal: over.signal }).then(() => {
    throw late();
  });
  clock.catch(() => undefined);
  try {
    return await Promise.race([promise, clock]);
  } finally {
    over.abort();
  }
}

/**
 * The promise's own outcome, if it comes before the signal.
 * @throws {TareError} `interrupted` otherwise
 */
export async function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  let onAbort: () => void = () => undefined;
  const aborted = new Promise<never>((_resolve, reject) => {
    onAbort = () => reject(new TareError('interrupted', 'the run was interrupted', ''));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort);
  });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
