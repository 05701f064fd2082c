/**
 * One writer a journal: a run that still goes on, and somebody who would resume it meanwhile, must not both append.
 *
 * Held is an abstract socket named after the file's device and inode (unix(7)): the kernel lets go of it however
 * the holder ends, kill -9 and power cut among them, and nothing lies about that would have to be cleaned up.
 */
import { once } from 'node:events';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { TareError } from '../../runtime/errors.ts';

export interface Hold {
  release(): Promise<void>;
}

/** @throws {TareError} `usage` while another process holds the same file */
export async function holdFile(path: string): Promise<Hold> {
  const { dev, ino } = await stat(path);
  const socket = createServer();
  socket.listen(`\0tare-journal-${dev}-${ino}`);
  try {
    await once(socket, 'listening');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new TareError('usage', `${path} is being written by a run that still goes on`, 'wait for it to end, or stop it with Ctrl-C first', { cause: error });
  }
  socket.unref();
  return {
    release: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}
