/** Files that are whole or not there: nothing half-written is ever found under a report's name. */
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';

/** @returns the path */
export async function writeWhole(path: string, content: string | Uint8Array | Iterable<string>): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  const partial = `${path}.${process.pid}.partial`;
  try {
    await writeFile(partial, content);
    await rename(partial, path);
  } finally {
    await rm(partial, { force: true });
  }
  return path;
}
