/** Writes a result document so that a file of its name is always a whole one. */
import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { diskError, syncDirectory } from '../journal/write.ts';
import { resultDocument, type ResultDocument } from './schema.ts';

/**
 * Validates, writes to a temporary name in the same directory, syncs, renames, syncs the directory.
 * @throws {TareError} `no-space` and the like; whatever stood under the name before is untouched then
 */
export async function writeResult(path: string, document: ResultDocument): Promise<void> {
  const text = `${JSON.stringify(resultDocument.parse(document), null, 1)}\n`;
  const temporary = `${path}.${process.pid}.part`;
  try {
    const file = await open(temporary, 'wx', 0o644);
    try {
      await file.writeFile(text);
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
