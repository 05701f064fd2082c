/**
 * Where a machine's QMP socket lies, and how it is reached.
 *
 * The launcher hands a new process no descriptors but its standard streams and the mark channel, so the socket has
 * a name. It is in a directory that belongs to the instance: made by a step of its plan, and removed by the
 * launcher, socket and all, however QEMU ends.
 */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { slotName, type Slot } from '../../launcher/prepared.ts';
import { QmpClient } from './client.ts';
import { QmpError } from './error.ts';

/** Short, as a socket's whole path has room for 107 bytes (unix(7)); root's alone; emptied by a boot. */
export const RUN_DIRECTORY = '/run';

/** Found by `tare clean` by its name. */
export function qmpDirectory(slot: Slot): string {
  return `${RUN_DIRECTORY}/${slotName(slot)}`;
}

export function qmpSocket(slot: Slot): string {
  return `${qmpDirectory(slot)}/qmp`;
}

/** QEMU listens some 15 ms after its start. listen(2) makes no event that could be waited for. */
const RETRY_MS = 2;

const NOT_YET = ['ENOENT', 'ECONNREFUSED'];

export interface Reach {
  /** For QEMU to listen, and then to greet. */
  readonly deadlineMs?: number;
  /** Aborted when QEMU has ended: it will not listen any more. */
  readonly signal?: AbortSignal;
}

/** @throws {QmpError} `deadline` when nobody listens in time, `closed` when QEMU ended or the socket cannot be used */
export async function reachQmp(path: string, { deadlineMs = 5000, signal }: Reach = {}): Promise<QmpClient> {
  const late = performance.now() + deadlineMs;
  for (;;) {
    try {
      return await QmpClient.open(await connected(path), deadlineMs);
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (error instanceof QmpError) throw error;
      if (!NOT_YET.includes(code ?? '')) throw new QmpError('closed', `the QMP socket ${path} cannot be used: ${message}`, 'check the directory it lies in', { cause: error });
    }
    if (signal?.aborted === true) throw new QmpError('closed', `QEMU ended before it listened on ${path}`, 'see its log');
    if (performance.now() > late) throw new QmpError('deadline', `QEMU did not listen on ${path} within ${deadlineMs} ms`, 'it may hang: see its log');
    await sleep(RETRY_MS);
  }
}

function connected(path: string): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}
