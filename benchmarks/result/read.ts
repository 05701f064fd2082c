/** Reads a result document, and says exactly what is wrong with what is none. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { TareError } from '../../runtime/errors.ts';
import { parseJournal } from '../journal/read.ts';
import { JOURNAL_FORMAT } from '../journal/record.ts';
import { buildResult } from './build.ts';
import { resultDocument, type ResultDocument } from './schema.ts';
import { refuseNewerSchema } from './version.ts';

/**
 * Reads `result.json`, or the `journal.jsonl` of a run that never came to write one.
 * @throws {TareError} `missing-file`, `bad-file` (with the position), `newer-schema` (with both versions)
 */
export async function readResult(path: string): Promise<ResultDocument> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw unreadable(path, error);
  }
  if (isJournal(text)) return buildResult(parseJournal(text, path).records);
  return parseResult(text, path);
}

/** @param place how the source is called in messages */
export function parseResult(text: string, place: string): ResultDocument {
  const value = parseJson(text, place);
  if (typeof value !== 'object' || value === null || (value as { format?: unknown }).format !== 'tare-result') {
    throw new TareError('bad-file', `${place} is JSON, and no result of tare: it does not say "format": "tare-result"`, 'give the result.json that tare bench wrote');
  }
  refuseNewerSchema(value, 'tare-result', place);
  const parsed = resultDocument.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new TareError('bad-file', `${place} is no valid result of tare:\n${z.prettifyError(parsed.error)}`, 'it was changed after it was written; take the original, or the journal.jsonl beside it', { cause: parsed.error });
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

function isJournal(text: string): boolean {
  const first = text.slice(0, text.indexOf('\n') + 1);
  try {
    return (JSON.parse(first) as { format?: unknown } | null)?.format === JOURNAL_FORMAT;
  } catch {
    return false;
  }
}

function unreadable(path: string, error: unknown): TareError {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined;
  if (code === 'ENOENT') return new TareError('missing-file', `there is no file ${path}`, 'give the path of a result.json that tare bench wrote', { cause: error });
  if (code === 'EISDIR') return new TareError('missing-file', `${path} is a directory`, `give the file: ${path.replace(/\/+$/, '')}/result.json`, { cause: error });
  return new TareError('missing-file', `${path} could not be read: ${error instanceof Error ? error.message : String(error)}`, 'check its permissions', { cause: error });
}
