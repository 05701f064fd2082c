/**
 * What one instance writes: a qcow2 file on top of the built disk, which stays as it is.
 *
 * The file has no name: it is removed as soon as it is open, and QEMU gets it by way of this process's descriptor. So
 * nothing can be left behind, however this process ends.
 */
import { closeSync, fstatSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { TareError } from '../../errors.ts';

export interface Overlay {
  /** To be opened while this process lives. */
  readonly path: string;
  /** What it takes on the host's disk by now. */
  sizes(): { readonly lengthBytes: number; readonly allocatedBytes: number };
  /** Lets go of it; the kernel frees it when QEMU has, too. */
  close(): void;
}

/** @throws {TareError} `no-space`, `host` when it cannot be made */
export async function makeOverlay(disk: string): Promise<Overlay> {
  const directory = mkdtempSync(join(tmpdir(), 'tare-overlay-'));
  try {
    const file = join(directory, 'overlay.qcow2');
    await execa('qemu-img', ['create', '-q', '-f', 'qcow2', '-F', 'qcow2', '-b', disk, file], { stdin: 'ignore' });
    const handle = openSync(file, 'r+');
    const sizes = (): { lengthBytes: number; allocatedBytes: number } => {
      const { size, blocks } = fstatSync(handle);
      return { lengthBytes: size, allocatedBytes: blocks * 512 };
    };
    return { path: `/proc/${process.pid}/fd/${handle}`, sizes, close: () => closeSync(handle) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') throw new TareError('missing-program', 'qemu-img is not installed', 'run: apt-get install qemu-utils', { cause: error });
    throw new TareError(/No space left/.test(message) ? 'no-space' : 'host', `cannot make the instance's disk in ${directory}: ${message.split('\n')[0] ?? ''}`, 'set TMPDIR to a directory with some free MB', { cause: error });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
