/**
 * An initramfs for one start: the image's own with one more archive after it, holding the command's script.
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

export interface CommandInitramfs {
  /** To be opened while this process lives. */
  readonly path: string;
  /** Lets go of it: QEMU has it mapped by now, or has ended. */
  close(): void;
}

/** @throws {TareError} `no-space` or `host` when it cannot be written */
export function commandInitramfs(initramfs: string, script: string): CommandInitramfs {
  const directory = mkdtempSync(join(tmpdir(), 'tare-command-'));
  try {
    const file = join(directory, 'initramfs');
    copyFileSync(initramfs, file);
    const end = statSync(file).size;
    const handle = openSync(file, 'r+');
    try {
      const archive = fileArchive(SCRIPT.slice(1), 0o755, Buffer.from(script));
      writeSync(handle, archive, 0, archive.length, Math.ceil(end / 4) * 4); // archives begin at multiples of four
    } catch (error) {
      closeSync(handle);
      throw error;
    }
    return { path: `/proc/${process.pid}/fd/${handle}`, close: () => closeSync(handle) };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code === 'ENOSPC' ? 'no-space' : 'host';
    throw new TareError(code, `cannot write the initramfs for this command to ${directory}: ${(error as Error).message}`, 'set TMPDIR to a directory with a few free MB', { cause: error });
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
