/** Results as people name them: a file, a journal, or the directory that a run wrote. */
import { stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { TareError } from '../../runtime/errors.ts';
import { readResult } from '../result/read.ts';
import type { ResultDocument } from '../result/schema.ts';

export interface Source {
  /** The file that was read. */
  readonly place: string;
  /** For people: its directory, or the file where that has a name of its own. */
  readonly name: string;
  readonly document: ResultDocument;
}

/** What a run writes into its directory; the first that is there is read. */
const FILES = ['result.json', 'journal.jsonl'] as const;

/** @throws {TareError} what `readResult` throws, and `missing-file` for a directory without a result */
export async function openResult(path: string): Promise<Source> {
  const place = await fileOf(path);
  return { place, name: nameOf(place), document: await readResult(place) };
}

async function fileOf(path: string): Promise<string> {
  if (!(await is(path, 'isDirectory'))) return path;
  for (const name of FILES) if (await is(join(path, name), 'isFile')) return join(path, name);
  throw new TareError('missing-file', `${path} holds no ${FILES.join(' and no ')}`, 'name the directory that tare bench wrote, or a result.json');
}

async function is(path: string, what: 'isDirectory' | 'isFile'): Promise<boolean> {
  return (await stat(path).catch(() => null))?.[what]() ?? false;
}

function nameOf(place: string): string {
  const file = basename(place);
  if ((FILES as readonly string[]).includes(file)) return basename(dirname(resolve(place))) || file;
  return file.replace(/\.jsonl?$/, '') || file;
}
