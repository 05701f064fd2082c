/**
 * An initramfs with one more archive after it: for one start, with the command's script; for one box, with modules.
 *
 * The file has no name: it is removed as soon as it is open, and QEMU gets it by way of this process's
 * descriptor. So nothing can be left behind, however this process ends.
 */
import { closeSync, copyFileSync, mkdtempSync, openSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TareError } from '../../errors.ts';
import { fileArchive } from '../../image/cpio.ts';

/** Where the script lies in the guest. */
export const SCRIPT = '/.tare-command';

export interface LongerInitramfs {
  /** To be opened while this process lives. */
  readonly path: string;
  /** Lets go of it: QEMU has it mapped by now, or has ended. */
  close(): void;
}

/** @throws {TareError} `no-space` or `host` when it cannot be written */
export function commandInitramfs(initramfs: string, script: string): LongerInitramfs {
  return longerInitramfs(initramfs, fileArchive(SCRIPT.slice(1), 0o755, Buffer.from(script)), 'this command');
}

/**
 * @param archive in the form of the kernel's initramfs (cpio, newc)
 * @param purpose for the message
 * @throws {TareError} `no-space` or `host` when it cannot be written
 */
export function longerInitramfs(initramfs: string, archive: Uint8Array, purpose: string): LongerInitramfs {
  const directory = mkdtempSync(join(tmpdir(), 'tare-command-'));
  try {
    const file = join(directory, 'initramfs');
    copyFileSync(initramfs, file);
    const end = statSync(file).size;
    const handle = openSync(file, 'r+');
    try {
      writeSync(handle, archive, 0, archive.length, Math.ceil(end / 4) * 4); // archives begin at multiples of four
    } catch (error) {
      closeSync(handle);
      throw error;
    }
    return { path: `/proc/${process.pid}/fd/${handle}`, close: () => closeSync(handle) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code === 'ENOSPC' ? 'no-space' : 'host';
    throw new TareError(code, `cannot write the initramfs for ${purpose} to ${directory}: ${(error as Error).message}`, 'set TMPDIR to a directory with a few free MB', { cause: error });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
