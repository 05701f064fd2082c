/** Reads a journal back, also one whose run was killed in the middle of a line. */
import { readFile } from 'node:fs/promises';
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
  let bytes: Buffer;
  try {
    bytes = await readFile(path);
  } catch (error) {
    throw new TareError('missing-file', `${path} could not be read: ${error instanceof Error ? error.message : String(error)}`, 'check the path', { cause: error });
  }
  const journal = parseJournal(bytes.toString('utf8'), path);
  // A character that is cut in two decodes to another one of another length.
  return { ...journal, tornBytes: bytes.length - journal.wholeBytes };
}

export function parseJournal(text: string, path: string): Journal {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const lines = whole.split('\n').slice(0, -1);
  const records = lines.map((line, index) => parseLine(line, `${path}:${index + 1}`));
  const header = records[0];
  if (header?.record !== 'run') throw new TareError('bad-file', `${path} is no journal of a run: its first line is not whole or not of this format`, 'give the journal.jsonl of a run');
  const wholeBytes = Buffer.byteLength(whole);
  return { header, records, torn: whole.length < text.length, tornBytes: Buffer.byteLength(text) - wholeBytes, wholeBytes };
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
