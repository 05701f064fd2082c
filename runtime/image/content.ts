/**
 * What is in a tree, in an order and with attributes that are the same on every machine: names, types, modes
 * and bytes; no times, no owners (all is root's), no inode numbers.
 */
import { createHash } from 'node:crypto';
import { lstat, readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { TareError } from '../errors.ts';

export interface TreeEntry {
  /** Relative to the root of the tree, without a leading slash. */
  readonly path: string;
  readonly type: 'directory' | 'file' | 'link';
  /** Permission bits. A link's say nothing: 0o777. */
  readonly mode: number;
  readonly target: string;
  readonly lengthBytes: number;
  /** st_blocks × 512. */
  readonly allocatedBytes: number;
}

/** All entries, parents before children, siblings by code unit. */
export async function treeEntries(root: string, below = ''): Promise<TreeEntry[]> {
  const entries: TreeEntry[] = [];
  for (const name of (await readdir(join(root, below))).sort()) {
    const path = below === '' ? name : `${below}/${name}`;
    const status = await lstat(join(root, path));
    const allocatedBytes = status.blocks * 512;
    if (status.isDirectory()) {
      entries.push({ path, type: 'directory', mode: status.mode & 0o7777, target: '', lengthBytes: 0, allocatedBytes });
      entries.push(...(await treeEntries(root, path)));
    } else if (status.isSymbolicLink()) {
      const target = await readlink(join(root, path));
      entries.push({ path, type: 'link', mode: 0o777, target, lengthBytes: Buffer.byteLength(target), allocatedBytes });
    } else if (status.isFile()) {
      entries.push({ path, type: 'file', mode: status.mode & 0o7777, target: '', lengthBytes: status.size, allocatedBytes });
    } else {
      throw new TareError('bad-file', `${join(root, path)} is neither file, directory nor link`, 'images hold no devices or sockets: run make clean && make setup');
    }
  }
  return entries;
}

/** sha256 over the tree's content. */
export async function treeDigest(root: string, entries: readonly TreeEntry[]): Promise<string> {
  const hash = createHash('sha256');
  for (const { path, type, mode, target, lengthBytes } of entries) {
    hash.update(`${type}\0${path}\0${mode.toString(8)}\0${target}\0${type === 'file' ? lengthBytes : 0}\0`);
    if (type === 'file') hash.update(await readFile(join(root, path)));
  }
  return hash.digest('hex');
}

export function sha256(content: Uint8Array | string): string {
  return createHash('sha256').update(content).digest('hex');
}
