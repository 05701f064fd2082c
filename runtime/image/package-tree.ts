/**
 * Debian packages as a tree, without running what they bring to be run on installation. What their scripts would
 * have done stands in the recipe, entry by entry.
 */
import { chmod, lstat, mkdir, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, posix, relative } from 'node:path';
import { TareError } from '../errors.ts';
import { readTar, type TarEntry } from './tar-reading.ts';

/** Links in a merged root (https://wiki.debian.org/UsrMerge); some packages still name what is under them by the old name. */
const MERGED = new Set(['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32']);

/** As many as the kernel follows. */
const MOST_LINKS = 40;

export interface PackageTreeOptions {
  /** Directories of which nothing is unpacked, relative to the root: `usr/share/man`. */
  readonly leave: readonly string[];
  /** Names that are unpacked all the same: `copyright`. */
  readonly but: readonly string[];
}

/** The place of a path in a root whose /bin is a link to /usr/bin. */
export function merged(path: string): string {
  const [first = '', ...rest] = path.split('/');
  return MERGED.has(first) && rest.length > 0 ? `usr/${path}` : path;
}

/**
 * All is root's: a setgid bit for another group than root's would hand out root's, so it falls. Setuid bits of
 * root's own programs stay.
 */
export function modeOf({ mode, uid, gid }: Pick<TarEntry, 'mode' | 'uid' | 'gid'>): number {
  return mode & ~(uid === 0 ? 0 : 0o4000) & ~(gid === 0 ? 0 : 0o2000);
}

/**
 * Unpacks archives one over another. A hard link becomes a symbolic one: an archive for the kernel would hold the
 * file twice otherwise.
 * @param archives output of `dpkg-deb --fsys-tarfile`, with a name for messages
 * @throws {TareError} 'bad-file'
 */
export async function unpackPackages(archives: AsyncIterable<{ readonly name: string; readonly archive: Buffer }>, root: string, { leave, but }: PackageTreeOptions): Promise<void> {
  const modes = new Map<string, number>();
  const left = (path: string): boolean => leave.some((each) => path === each || path.startsWith(`${each}/`)) && !but.includes(basename(path));
  for await (const { name, archive } of archives) {
    for (const entry of readTar(archive, name)) {
      const path = merged(entry.path);
      if (path === '' || MERGED.has(path) || left(path)) continue;
      if (entry.type === 'directory') modes.set(await directoryIn(root, path), modeOf(entry));
      else await place(entry, join(await directoryIn(root, parentOf(path)), basename(path)), root);
    }
  }
  // Last: a directory that may not be written could not be filled.
  for (const [path, mode] of modes) await chmod(join(root, path), mode);
}

function parentOf(path: string): string {
  const parent = dirname(path);
  return parent === '.' ? '' : parent;
}

/**
 * Makes the directory and those above it. Where a link stands in its way, the directory that it leads to is taken,
 * as dpkg does; but as the image will see it: `/run/lock` is the root's, and never the host's.
 * @returns its path relative to the root, free of links
 */
export async function directoryIn(root: string, path: string, links = 0): Promise<string> {
  if (path === '') return '';
  if (links > MOST_LINKS) throw new TareError('bad-file', `the directory ${path} cannot be had in the image: its links lead in a circle`, 'choose other packages');
  const place = join(await directoryIn(root, parentOf(path), links), basename(path));
  const status = await lstat(join(root, place)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  if (status === null) await mkdir(join(root, place));
  else if (status.isSymbolicLink()) return directoryIn(root, insideOf(parentOf(place), await readlink(join(root, place))), links + 1);
  return place;
}

/** Where a link in `directory` leads, relative to the root; one that climbs higher stays at the root, as in the kernel. */
function insideOf(directory: string, target: string): string {
  return posix.resolve('/', directory, target).slice(1);
}

async function place(entry: TarEntry, path: string, root: string): Promise<void> {
  const place = join(root, path);
  await rm(place, { force: true }); // a later package's file takes the place of an earlier one's; nothing is written through a link
  switch (entry.type) {
    case 'file':
      await writeFile(place, entry.content, { flag: 'wx' });
      await chmod(place, modeOf(entry));
      break;
    case 'link':
      await symlink(entry.target, place);
      break;
    case 'hard-link':
      await symlink(relative(dirname(path), merged(entry.target)), place);
      break;
    case 'directory':
      break;
    case 'device':
      throw new TareError('bad-file', `the package brings a device node, ${path}`, 'images hold none: choose another package');
  }
}
