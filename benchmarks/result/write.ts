/** Writes a result document so that a file of its name is always a whole one. */
import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { diskError, syncDirectory } from '../journal/write.ts';
import { resultDocument, sample, type ResultDocument } from './schema.ts';

/** Written at once: long enough to be few system calls, short enough to be no burden. */
const CHUNK = 2 ** 16;

/**
 * Validates, writes to a temporary name in the same directory, syncs, renames, syncs the directory. Each
 * sample has a line of its own; the whole text is never held at once.
 * @throws {TareError} `no-space` and the like; whatever stood under the name before is untouched then
 */
export async function writeResult(path: string, document: ResultDocument): Promise<void> {
  resultDocument.parse({ ...document, samples: [] });
  for (const each of document.samples) sample.parse(each);
  const temporary = `${path}.${process.pid}.part`;
  try {
    const file = await open(temporary, 'wx', 0o644);
    try {
      await writeChunks(file, resultText(document));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
    await syncDirectory(dirname(path));
  } catch (error) {
    await rm(temporary, { force: true }).catch(() => undefined);
    throw diskError(error, path);
  }
}

async function writeChunks(file: FileHandle, parts: Iterable<string>): Promise<void> {
  let chunk = '';
  for (const part of parts) {
    chunk += part;
    if (chunk.length < CHUNK) continue;
    await file.writeFile(chunk);
    chunk = '';
  }
  await file.writeFile(chunk);
}

/** JSON, a line for each sample. */
export function* resultText(document: ResultDocument): Generator<string> {
  // No text can hold this: within one a line break is written as \n.
  const place = '\n "samples": []';
  const [before = '', after = ''] = JSON.stringify({ ...document, samples: [] }, null, 1).split(place);
  yield before;
  yield '\n "samples": [';
  let separator = '\n  ';
  for (const each of document.samples) {
    yield separator + JSON.stringify(each);
    separator = ',\n  ';
  }
  yield document.samples.length === 0 ? ']' : '\n ]';
  yield `${after}\n`;
}
