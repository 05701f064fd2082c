/** Where results go: checked before anything is started, so that a run does not end on it. */
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { TareError } from '../runtime/errors.ts';

/** Kernel interfaces that look like directories: magic numbers of proc and sysfs, statfs(2). */
const NO_PLACE_FOR_FILES = [0x9fa0, 0x62656572];

/**
 * @returns the absolute path
 * @throws {TareError} `usage` when no directory can be made there
 */
export function writableDirectory(option: string, path: string): string {
  const directory = resolve(path);
  let ancestor = directory;
  while (!existsSync(ancestor)) ancestor = dirname(ancestor);
  const refuse = (why: string): TareError => new TareError('usage', `--${option}: ${directory} cannot be written: ${why}`, 'name a directory in a place where you may write');
  if (NO_PLACE_FOR_FILES.includes(statfsSync(ancestor).type)) throw refuse(`${ancestor} is an interface of the kernel`);
  try {
    // What is not a directory cannot be gone into, and so fails here too.
    accessSync(`${ancestor}/.`, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw refuse((error as NodeJS.ErrnoException).code === 'ENOTDIR' ? `${ancestor} is a file` : `${ancestor} is not writable for uid ${process.getuid?.()}`);
  }
  return directory;
}

/** @throws {TareError} `usage` when something is there already: results are never mixed */
export function newDirectory(option: string, path: string): string {
  const directory = resolve(path);
  if (existsSync(directory)) throw new TareError('usage', `--${option}: ${directory} exists already`, 'name a directory that does not: results are never mixed or overwritten');
  return writableDirectory(option, path);
}
