/**
 * Programs run inside a root that is being built: in a mount namespace, and as its root in a user namespace where
 * whoever builds is none. Nothing of it is seen outside, and nothing is left mounted.
 */
import { join } from 'node:path';
import { TareError } from '../../errors.ts';
import { HostProgramFailure, runHostProgram } from '../../image/host-program.ts';

/** Words before a command: as root of what belongs to the builder. */
export function asRoot(): string[] {
  return ['unshare', ...(process.getuid?.() === 0 ? [] : ['--map-root-user']), '--mount'];
}

/** A chroot with as much of /dev as scripts need. $1 is the root, the rest the command. */
const SCRIPT = `set -eu
root=$1; shift
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for node in null zero urandom; do : > "$root/dev/$node"; mount --bind "/dev/$node" "$root/dev/$node"; done
ln -s /proc/self/fd "$root/dev/fd"
mount --rbind /proc "$root/proc"
mount -t tmpfs tmpfs "$root/run"
mount -t tmpfs tmpfs "$root/tmp"
exec chroot "$root" "$@"`;

export interface InsideOptions {
  /** Seconds since 1970 that is taken for now by what writes dates. */
  readonly epoch: number;
  readonly signal?: AbortSignal | undefined;
}

/** @throws {TareError} 'host' naming the command and its last words */
export async function runInside(root: string, command: readonly string[], { epoch, signal }: InsideOptions): Promise<void> {
  const environment = [`SOURCE_DATE_EPOCH=${epoch}`, 'PATH=/usr/sbin:/usr/bin:/sbin:/bin', 'HOME=/root', 'LC_ALL=C.UTF-8', 'TMPDIR=/tmp'];
  const [program = '', ...args] = [...asRoot(), 'env', '-i', ...environment, '/bin/sh', '-c', SCRIPT, 'inside', root, ...command];
  try {
    await runHostProgram(program, args, { signal });
  } catch (error) {
    if (!(error instanceof HostProgramFailure)) throw error;
    const denied = /unshare: .*(Operation not permitted|Permission denied)/.test(error.output);
    throw new TareError('host', `${command.join(' ')} failed in ${join(root)}: ${error.output.trim().split('\n').slice(-3).join('; ')}`, denied ? 'this host does not let ordinary users have user namespaces: run it as root' : 'report it, with the release of this host', { cause: error });
  }
}
