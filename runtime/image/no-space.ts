/** A full disk shows itself in as many ways as there are programs that write; people are told in one. */
import { statfs } from 'node:fs/promises';
import { TareError } from '../errors.ts';
import { HostProgramFailure } from './host-program.ts';

/** The error to throw in place of `error`: one that names the disk when it was full, else the same. */
export async function namingFullDisk(error: unknown, directory: string): Promise<unknown> {
  if (!isNoSpace(error)) return error;
  const free = await freeBytes(directory);
  return new TareError(
    'no-space',
    `no space is left for building in ${directory}${free === null ? '' : ` (${Math.floor(free / 1e6)} MB free)`}`,
    'free about 600 MB there (300 for an image with its packages, as much while it is built) and run it again; nothing half-built was left behind',
    { cause: error },
  );
}

function isNoSpace(error: unknown): boolean {
  if (error instanceof HostProgramFailure) return /no space left on device|disk quota exceeded/i.test(error.output);
  if (!(error instanceof Error)) return false;
  // A program's failure may have been put in other words on its way here.
  return ('code' in error && (error.code === 'ENOSPC' || error.code === 'EDQUOT')) || (error instanceof TareError && isNoSpace(error.cause));
}

async function freeBytes(directory: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(directory);
    return bavail * bsize;
  } catch {
    return null;
  }
}
