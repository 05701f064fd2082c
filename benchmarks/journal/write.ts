/** The journal as it grows: append-only, each record safe on the disk before the next sample is begun. */
import { open, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TareError } from '../../runtime/errors.ts';
import { holdFile, type Hold } from './hold.ts';
import type { JournalRecord } from './record.ts';

export class JournalWriter {
  readonly path: string;
  readonly #file: FileHandle;
  readonly #hold: Hold;
  /** Why a line could not be written to its end: anything behind it would be lost with it. */
  #broken: TareError | null = null;

  private constructor(path: string, file: FileHandle, hold: Hold) {
    this.path = path;
    this.#file = file;
    this.#hold = hold;
  }

  /**
   * The file's name is made safe too (fsync(2) of its directory): a power cut right after leaves a journal
   * that can be found.
   * @throws {TareError} `usage` when there is a journal already: it may hold what was never reported
   */
  static async create(path: string): Promise<JournalWriter> {
    try {
      const file = await open(path, 'ax', 0o644);
      await syncDirectory(dirname(path));
      return new JournalWriter(path, file, await holdFile(path));
    } catch (error) {
      if (error instanceof TareError) throw error;
      if (errno(error) === 'EEXIST') {
        throw new TareError('usage', `${path} holds the samples of another run`, `choose another directory with --out; a run that broke off goes on with: tare bench --resume ${dirname(path)}`, { cause: error });
      }
      throw diskError(error, path);
    }
  }

  /**
   * Opens a journal to go on with it.
   * @param hold of `holdFile`, taken before the journal was read: nobody may append in between
   */
  static async reopen(path: string, hold: Hold): Promise<JournalWriter> {
    try {
      return new JournalWriter(path, await open(path, 'a'), hold);
    } catch (error) {
      throw diskError(error, path);
    }
  }

  /** Takes off what a crash left behind the last whole line: the only thing that is ever taken from a journal. */
  async cut(wholeBytes: number): Promise<void> {
    try {
      await this.#file.truncate(wholeBytes);
    } catch (error) {
      throw diskError(error, this.path);
    }
  }

  /**
   * Appends one line and waits until the disk has it (fdatasync(2)): a power cut loses at most the sample
   * in flight. After a line that could not be written no other is begun.
   * @throws {TareError} `no-space` on a full disk; what was written before stays
   */
  async append(record: JournalRecord): Promise<void> {
    if (this.#broken !== null) throw this.#broken;
    try {
      await this.#file.appendFile(`${JSON.stringify(record)}\n`);
      await this.#file.datasync();
    } catch (error) {
      this.#broken = diskError(error, this.path);
      throw this.#broken;
    }
  }

  async close(): Promise<void> {
    await this.#file.close();
    await this.#hold.release();
  }

  /** For a run that ended before it had anything to keep. */
  async discard(): Promise<void> {
    await this.close();
    await rm(this.path, { force: true });
  }
}

/** Makes names in a directory safe: of files made or renamed there. */
export async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}

function errno(error: unknown): string | undefined {
  return error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
}

/** Words what went wrong with a file that is being written. */
export function diskError(error: unknown, path: string): TareError {
  const code = errno(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new TareError(
      'no-space',
      `the disk is full: ${path} could not be written to its end; what was written before is kept`,
      `make room, or copy ${dirname(path)} to a disk that has some; then tare bench --resume with that directory goes on (a new run elsewhere: --out)`,
      { cause: error },
    );
  }
  const what = error instanceof Error ? error.message : String(error);
  return new TareError('missing-file', `${path} could not be written: ${what}`, 'choose a directory that can be written to with --out', { cause: error });
}
