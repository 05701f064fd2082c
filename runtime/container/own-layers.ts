/**
 * Layers that belong to whoever runs the container.
 *
 * In a user namespace of an ordinary user, files of anybody else's belong to nobody, and root inside cannot change
 * them. Layers that root has built are therefore copied once into the user's cache.
 */
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, copyFile, lstat, mkdir, mkdtemp, readdir, readlink, rename, rm, stat, symlink, writeFile, chmod } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { TareError } from '../errors.ts';
import type { ContainerSpec } from './spec.ts';

function cacheDirectory(): string {
  return join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'tare', 'layers');
}

async function copyEntry(from: string, to: string): Promise<void> {
  const status = await lstat(from);
  if (status.isSymbolicLink()) return symlink(await readlink(from), to);
  if (status.isDirectory()) return copyTree(from, to, status.mode);
  if (!status.isFile()) return; // device nodes: nobody but root makes them, and /dev is mounted over
  try {
    await access(from, constants.R_OK);
    await copyFile(from, to);
  } catch {
    await writeFile(to, ''); // what only root may read (shadow passwords) is there, and empty
  }
  await chmod(to, status.mode & 0o7777);
}

async function copyTree(from: string, to: string, mode: number): Promise<void> {
  await mkdir(to, { mode: 0o700 });
  for (const name of await readdir(from).catch(() => [])) await copyEntry(join(from, name), join(to, name));
  await chmod(to, mode & 0o7777);
}

/** The layer itself if it is the caller's, else a copy that is: made once, whole or not at all. */
async function ownLayer(layer: string): Promise<string> {
  const status = await stat(layer);
  if (status.uid === process.getuid?.()) return layer;
  // Built images never change: path and time of the directory name the content.
  const name = createHash('sha256').update(`${layer}\n${status.ino}\n${status.mtimeMs}`).digest('hex').slice(0, 24);
  const copy = join(cacheDirectory(), name);
  try {
    await access(copy);
    return copy;
  } catch {
    // not yet made
  }
  try {
    await mkdir(dirname(copy), { recursive: true });
    const partial = await mkdtemp(`${copy}.`);
    await copyTree(layer, join(partial, basename(copy)), status.mode);
    await rename(join(partial, basename(copy)), copy).catch(async (error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error; // else somebody else was faster
    });
    await rm(partial, { recursive: true, force: true });
    return copy;
  } catch (error) {
    throw new TareError('no-space', `cannot copy the layer ${layer} for uid ${process.getuid?.()}: ${(error as Error).message}`, `make ${cacheDirectory()} a place that can be written (XDG_CACHE_HOME chooses another), or run it with sudo`, { cause: error });
  }
}

/** @throws {TareError} `no-space` when a copy is needed and cannot be made */
export async function withOwnLayers(spec: ContainerSpec): Promise<ContainerSpec> {
  if (spec.root.kind !== 'layers') return spec;
  const layers: string[] = [];
  for (const layer of spec.root.layers) layers.push(await ownLayer(layer));
  return { ...spec, root: { ...spec.root, layers } };
}
