/** Lays a layer of a recipe out as a tree on the host's disk. */
import { chmod, mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import type { Entry, LayerRecipe } from '../../fixtures/images/recipe.ts';
import { TareError } from '../errors.ts';
import { runHostProgram } from './host-program.ts';
import { unpackPackages } from './package-tree.ts';

/** Where the entries of a layer that lie outside the recipe come from. */
export interface Sources {
  /** The content of a file out of a Debian package. */
  packageFile(name: string, member: string): Promise<Buffer>;
  /** The packages of a `packages` entry, unpacked one after the other. */
  packages(names: readonly string[]): AsyncIterable<{ readonly name: string; readonly archive: Buffer }>;
  /** Absolute path of a source file of the repository. */
  source(path: string): string;
  readonly signal?: AbortSignal | undefined;
}

/** @throws {TareError} naming the entry that cannot be made */
export async function layOut(layer: LayerRecipe, root: string, sources: Sources): Promise<void> {
  await mkdir(root, { recursive: true });
  await chmod(root, 0o755);
  for (const entry of layer.entries) await place(entry, root, sources);
}

async function place(entry: Entry, root: string, sources: Sources): Promise<void> {
  if (entry.is === 'applets') {
    await applets(root, entry.of, sources.signal);
    return;
  }
  if (entry.is === 'packages') {
    await unpackPackages(sources.packages(entry.names), root, entry);
    return;
  }
  const path = join(root, entry.path);
  switch (entry.is) {
    case 'directory':
      await mkdir(path, { recursive: true });
      await chmod(path, entry.mode);
      break;
    case 'text':
      await writeWhole(path, Buffer.from(entry.text), entry.mode);
      break;
    case 'link':
      await symlink(entry.target, path);
      break;
    case 'package-file': {
      const content = await sources.packageFile(entry.package, entry.member);
      if (content.length === 0) throw new TareError('host', `the package ${entry.package} has no file ${entry.member}`, 'report it, with the release of this host');
      await writeWhole(path, content, entry.mode);
      break;
    }
    case 'copy':
      await writeWhole(path, await readFile(join(root, entry.from)), entry.mode);
      break;
    case 'program':
      await runHostProgram('cc', [...entry.flags, '-o', path, sources.source(entry.source)], { signal: sources.signal });
      await chmod(path, entry.mode);
      break;
  }
}

/** The mode is meant as it stands, whatever the umask is. */
async function writeWhole(path: string, content: Uint8Array, mode: number): Promise<void> {
  await rm(path, { force: true }); // what a package has put there may be a link, and lead out of the tree
  await writeFile(path, content, { flag: 'wx' });
  await chmod(path, mode);
}

/**
 * busybox names its own commands with the folders they belong in; a link for each goes there. Those that it
 * wants in the root itself (linuxrc) belonged to initrds of the last century.
 */
async function applets(root: string, program: string, signal: AbortSignal | undefined): Promise<void> {
  const list = (await runHostProgram(join(root, program), ['--list-full'], { signal })).toString().split('\n').filter(Boolean);
  for (const path of new Set(list.filter((each) => each.includes('/')).map(inUsr)).values()) {
    if (path !== program) await symlink(relative(dirname(path), program), join(root, path));
  }
}

/** `sbin/init` as `usr/sbin/init`: where Debian's links from the root lead. */
function inUsr(path: string): string {
  return path.startsWith('usr/') ? path : `usr/${path}`;
}
