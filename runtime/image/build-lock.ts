/**
 * One builder at a time in a folder.
 *
 * The lock is flock(2), held by a small child whose standard input is a pipe from this process: however this
 * process ends, the pipe closes, the child ends and the kernel lets go. A file with a pid in it could not
 * promise that. Node has no flock of its own.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { TareError } from '../errors.ts';

/**
 * Waits for the lock on `file` (made when missing), does `work`, lets go.
 * @throws {TareError} 'interrupted' when the signal comes while waiting; 'missing-program' without flock
 */
export async function withLock<T>(file: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  return locked(['--exclusive'], file, signal, work);
}

/** As {@link withLock}, without waiting: null when somebody has it. */
export async function withFreeLock<T>(file: string, work: () => Promise<T>): Promise<T | null> {
  try {
    return await locked(['--exclusive', '--nonblock', '--conflict-exit-code', String(TAKEN)], file, undefined, work);
  } catch (error) {
    if (error instanceof LockTaken) return null;
    throw error;
  }
}

const TAKEN = 75;

class LockTaken extends Error {}

async function locked<T>(how: readonly string[], file: string, signal: AbortSignal | undefined, work: () => Promise<T>): Promise<T> {
  // In a process group of its own: Ctrl-C on the terminal must not let go of it while this process tidies up.
  const holder = spawn('flock', [...how, file, 'sh', '-c', 'echo held; exec cat'], { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  const ended = new Promise<void>((resolve) => holder.once('close', () => { resolve(); }));
  try {
    await held(holder, file, signal);
    return await work();
  } finally {
    holder.stdin.end();
    if (signal?.aborted === true) holder.kill();
    await ended;
  }
}

async function held(holder: ReturnType<typeof spawn>, file: string, signal: AbortSignal | undefined): Promise<void> {
  let complaint = '';
  holder.stderr?.on('data', (chunk: Buffer) => { complaint += chunk.toString(); });
  const failed = once(holder, 'close').then(([status]) => {
    if (status === TAKEN) throw new LockTaken();
    throw new TareError('host', `the lock ${file} cannot be taken: ${complaint.trim()}`, 'check that the folder can be written');
  });
  try {
    await Promise.race([once(holder.stdout ?? holder, 'data', signal === undefined ? {} : { signal }), failed]);
  } catch (error) {
    if (signal?.aborted === true) throw new TareError('interrupted', `waiting for another build (${file}) was interrupted`, '', { cause: error });
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') throw new TareError('missing-program', 'flock is not installed', 'run: apt-get install util-linux', { cause: error });
    throw error;
  }
}
