/** The journal as it grows: append-only, each record safe on the disk before the next sample is begun. */
import { open, rm, type FileHandle } from 'node:fs/promises';
import { TareError } from '../../runtime/errors.ts';
import type { JournalRecord } from './record.ts';

export class JournalWriter {
  readonly path: string;
  readonly #file: FileHandle;

  private constructor(path: string, file: FileHandle) {
    this.path = path;
    this.#file = file;
  }

  /** @throws {TareError} `usage` when there is a journal already: it may hold what was never reported */
  static async create(path: string): Promise<JournalWriter> {
    try {
      return new JournalWriter(path, await open(path, 'ax', 0o644));
    } catch (error) {
      if (errno(error) === 'EEXIST') {
        throw new TareError('usage', `${path} holds the samples of another run`, 'choose another directory with --out, or move that one away', { cause: error });
      }
      throw diskError(error, path);
    }
  }

  /**
   * Appends one line and waits until the disk has it (fdatasync(2)): a power cut loses at most the sample
   * in flight.
   * @throws {TareError} `no-space` on a full disk; what was written before stays
   */
  async append(record: JournalRecord): Promise<void> {
    try {
      await this.#file.appendFile(`${JSON.stringify(record)}\n`);
      await this.#file.datasync();
    } catch (error) {
      throw diskError(error, this.path);
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** For a run that ended before it had anything to keep. */
  async discard(): Promise<void> {
    await this.close();
    await rm(this.path, { force: true });
  }
}

function errno(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

/** Words what went wrong with a file that is being written. */
export function diskError(error: unknown, path: string): TareError {
  const code = errno(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new TareError('no-space', `the disk is full: ${path} could not be written to its end; what was written before is kept`, 'make room, or choose another directory with --out', { cause: error });
  }
  const what = error instanceof Error ? error.message : String(error);
  return new TareError('missing-file', `${path} could not be written: ${what}`, 'choose a directory that can be written to with --out', { cause: error });
}
