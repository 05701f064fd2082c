/** Reads a journal back, also one whose run was killed in the middle of a line. */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { z } from 'zod';
import { TareError } from '../../runtime/errors.ts';
import { refuseNewerSchema } from '../result/version.ts';
import { JOURNAL_FORMAT, journalRecord, type JournalHeader, type JournalRecord } from './record.ts';

export interface Journal {
  readonly header: JournalHeader;
  /** All of them in order, the header first. */
  readonly records: readonly JournalRecord[];
  /** The last line was begun and not finished: the run was killed, or the disk was full. It is left out. */
  readonly torn: boolean;
  /** Length in bytes of what is torn. */
  readonly tornBytes: number;
  /** Length in bytes of what is whole: a run that goes on cuts the file there. */
  readonly wholeBytes: number;
}

/** @throws {TareError} `missing-file`, `bad-file` with the line, `newer-schema` */
export async function readJournal(path: string): Promise<Journal> {
  const records: JournalRecord[] = [];
  let wholeBytes = 0;
  for await (const { record, endsAt } of journalRecords(path)) {
    records.push(record);
    wholeBytes = endsAt;
  }
  const tornBytes = (await stat(path)).size - wholeBytes;
  return { header: records[0] as JournalHeader, records, torn: tornBytes > 0, tornBytes, wholeBytes };
}

/**
 * One record after the other, the header first: a journal may be longer than what one wants to hold. What
 * is torn at its end is left out.
 * @throws {TareError} as `readJournal`
 */
export async function* journalRecords(path: string): AsyncGenerator<{ readonly record: JournalRecord; /** Offset in bytes. */ readonly endsAt: number }> {
  let line = 0;
  for await (const { text, endsAt } of wholeLines(path)) {
    line += 1;
    const record = parseLine(text, `${path}:${line}`);
    if (line === 1 && record.record !== 'run') throw noJournal(path);
    yield { record, endsAt };
  }
  if (line === 0) throw noJournal(path);
}

function noJournal(path: string): TareError {
  return new TareError('bad-file', `${path} is no journal of a run: its first line is not whole or not of this format`, 'give the journal.jsonl of a run');
}

const LINE_BREAK = 0x0a;

/** Cut as bytes: a character that is torn in two decodes to another one of another length. */
async function* wholeLines(path: string): AsyncGenerator<{ readonly text: string; readonly endsAt: number }> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) {
      const bytes = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
      let from = 0;
      for (let to = bytes.indexOf(LINE_BREAK); to >= 0; to = bytes.indexOf(LINE_BREAK, from)) {
        yield { text: bytes.toString('utf8', from, to), endsAt: offset + to + 1 };
        from = to + 1;
      }
      offset += from;
      rest = bytes.subarray(from);
    }
  } catch (error) {
    if (error instanceof TareError) throw error;
    throw new TareError('missing-file', `${path} could not be read: ${error instanceof Error ? error.message : String(error)}`, 'check the path', { cause: error });
  }
}

function parseLine(line: string, place: string): JournalRecord {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw new TareError('bad-file', `${place}: ${error instanceof Error ? error.message : String(error)}`, 'the journal was changed after it was written; only its last line can be torn by a crash', { cause: error });
  }
  refuseNewerSchema(value, JOURNAL_FORMAT, place);
  const parsed = journalRecord.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new TareError('bad-file', `${place} is no record of a journal:\n${z.prettifyError(parsed.error)}`, 'the journal was changed after it was written', { cause: parsed.error });
}
