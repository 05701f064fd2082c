/** Reads a result document, and says exactly what is wrong with what is none. */
import { open, readFile } from 'node:fs/promises';
import { z } from 'zod';
import { TareError } from '../../runtime/errors.ts';
import { journalRecords } from '../journal/read.ts';
import { JOURNAL_FORMAT } from '../journal/record.ts';
import { resultOf } from './build.ts';
import { ResultFold } from './fold.ts';
import { migrated, type Raw } from './migrate.ts';
import { resultDocument, sample, type ResultDocument, type Sample } from './schema.ts';
import { timelineFault, TimelineLabels } from './timeline.ts';
import { refuseNewerSchema } from './version.ts';

/** A journal says what it is at the very beginning of its first line. */
const FORMAT_WITHIN = 256;

/**
 * Reads `result.json`, or the `journal.jsonl` of a run that never came to write one.
 * @throws {TareError} `missing-file`, `bad-file` (with the position), `newer-schema` (with both versions)
 */
export async function readResult(path: string): Promise<ResultDocument> {
  try {
    if (!(await isJournal(path))) return parseResult(await readFile(path, 'utf8'), path);
  } catch (error) {
    throw error instanceof TareError ? error : unreadable(path, error);
  }
  const fold = new ResultFold();
  for await (const { record } of journalRecords(path)) fold.add(record);
  return resultOf(fold);
}

/** @param place how the source is called in messages */
export function parseResult(text: string, place: string): ResultDocument {
  const value = parseJson(text, place);
  if (typeof value !== 'object' || value === null || (value as { format?: unknown }).format !== 'tare-result') {
    throw new TareError('bad-file', `${place} is JSON, and no result of tare: it does not say "format": "tare-result"`, 'give the result.json that tare bench wrote');
  }
  refuseNewerSchema(value, 'tare-result', place);
  const current = migrated(value as Raw, place);
  const { samples, ...rest } = current;
  const parsed = resultDocument.safeParse(Array.isArray(samples) ? { ...rest, samples: [] } : current);
  if (!parsed.success) throw invalid(place, parsed.error);
  const labels = new TimelineLabels(parsed.data.timelineLabels);
  const checked = (samples as readonly unknown[]).map((each, index) => labels.compact(checkedSample(each, index, labels.lists, place)));
  return { ...parsed.data, ...(labels.lists.length === 0 ? {} : { timelineLabels: labels.lists }), samples: checked };
}

/** One by one, and themselves rather than copies: there may be a hundred thousand. */
function checkedSample(value: unknown, index: number, labels: readonly (readonly string[])[], place: string): Sample {
  const parsed = sample.safeParse(value);
  if (!parsed.success) throw invalid(place, new z.ZodError(parsed.error.issues.map((issue) => ({ ...issue, path: ['samples', index, ...issue.path] }))));
  const fault = timelineFault(labels, value as Sample);
  if (fault !== null) throw invalid(place, new z.ZodError([{ code: 'custom', message: fault, path: ['samples', index, 'timeline'], input: value }]));
  return value as Sample;
}

function invalid(place: string, error: z.ZodError): TareError {
  return new TareError('bad-file', `${place} is no valid result of tare:\n${z.prettifyError(error)}`, 'it was changed after it was written; take the original, or the journal.jsonl beside it', { cause: error });
}

function parseJson(text: string, place: string): unknown {
  if (text.trim() === '') throw new TareError('bad-file', `${place} is empty`, 'give the result.json that tare bench wrote, or the journal.jsonl beside it');
  try {
    return JSON.parse(text);
  } catch (error) {
    const at = whereJsonBreaks(text, error);
    if (at === null) {
      throw new TareError('bad-file', `${place} is only half there: its JSON ends in the middle, after ${text.length} characters`, 'copy it again, or give the journal.jsonl beside it', { cause: error });
    }
    const before = text.slice(0, at).split('\n');
    const position = `${place}:${before.length}:${(before.at(-1)?.length ?? 0) + 1}`;
    throw new TareError('bad-file', `${position}: this is no JSON: ${error instanceof Error ? error.message : String(error)}`, 'give the result.json that tare bench wrote', { cause: error });
  }
}

/** Offset of the first character that cannot be, or `null` when the text ends too early. */
function whereJsonBreaks(text: string, error: unknown): number | null {
  const message = error instanceof Error ? error.message : '';
  // V8's wording: "Unexpected end of JSON input", "Unterminated string in JSON at position 17", "… at position 9".
  const position = /at position (\d+)/.exec(message)?.[1];
  if (/Unexpected end|Unterminated/.test(message) || (position !== undefined && Number(position) >= text.trimEnd().length)) return null;
  return position === undefined ? 0 : Number(position);
}

/** The first line tells; it is a few thousand characters long. */
async function isJournal(path: string): Promise<boolean> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(FORMAT_WITHIN), position: 0 });
    return new RegExp(`^\\{[^\\n]*"format":"${JOURNAL_FORMAT}"`).test(buffer.toString('utf8', 0, bytesRead));
  } finally {
    await file.close();
  }
}

function unreadable(path: string, error: unknown): TareError {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === 'ENOENT') return new TareError('missing-file', `there is no file ${path}`, 'give the path of a result.json that tare bench wrote', { cause: error });
  if (code === 'EISDIR') return new TareError('missing-file', `${path} is a directory`, `give the file: ${path.replace(/\/+$/, '')}/result.json`, { cause: error });
  return new TareError('missing-file', `${path} could not be read: ${error instanceof Error ? error.message : String(error)}`, 'check its permissions', { cause: error });
}
