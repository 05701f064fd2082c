/** Daemons behind a Unix socket: whether they answer, who they are, what they weigh. */
import { existsSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import type { Lack } from './peer.ts';
import { listeners } from './processes.ts';

/** Why nobody can be asked at this socket, or `null` when somebody listens. Within 300 ms. */
export async function socketLack(socket: string, daemon: string, remedy: string): Promise<Lack | null> {
  if (!existsSync(socket)) return { reason: `${daemon} does not run: there is no socket ${socket}`, remedy };
  const error = await new Promise<string | null>((resolve) => {
    const connection = connect(socket);
    const done = (result: string | null): void => {
      connection.destroy();
      resolve(result);
    };
    connection.once('connect', () => done(null));
    connection.once('error', ({ message }) => done(message));
    connection.setTimeout(300, () => done('no answer within 300 ms'));
  });
  return error === null ? null : { reason: `${daemon} does not answer at ${socket}: ${error}`, remedy };
}

/** The value of an option of a running process, as `--option VALUE` or `--option=VALUE`; `null` when it is not given. */
export function optionOf(pid: number, name: string): string | null {
  let words: string[];
  try {
    words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
  } catch {
    return null; // it has ended
  }
  const at = words.findIndex((word) => word === name || word.startsWith(`${name}=`));
  const word = words[at];
  if (word === undefined) return null;
  return word === name ? (words[at + 1] ?? null) : word.slice(name.length + 1);
}

const CONTAINERD_SOCKETS = ['/run/containerd/containerd.sock', '/run/docker/containerd/containerd.sock', '/var/run/docker/containerd/containerd.sock'];

/** dockerd and the containerd that it is told of, or that it has started itself. */
export function dockerDaemons(socket: string): number[] {
  const dockerd = listeners(socket);
  const told = dockerd.map((pid) => optionOf(pid, '--containerd')).find((each) => each !== null);
  const containerd = told === undefined ? (CONTAINERD_SOCKETS.map(listeners).find((each) => each.length > 0) ?? []) : listeners(told ?? '');
  return [...new Set([...dockerd, ...containerd])];
}
