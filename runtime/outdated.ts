/**
 * What was built once and is of no use any more: a recipe, QEMU or the processor has changed since, or a build was
 * killed. Only what no recipe of today leads to is called outdated, and nothing that a process uses is removed.
 */
import { existsSync, type Dirent } from 'node:fs';
import { lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { recipes } from '../fixtures/images/catalogue.ts';
import { disks } from '../fixtures/images/full/recipe.ts';
import { AGAIN } from './again.ts';
import { TareError } from './errors.ts';
import { withFreeLock } from './image/build-lock.ts';
import type { Image } from './image/image.ts';
import { usersAmong } from './image/in-use.ts';
import { findImage, imageFolder } from './image/load.ts';
import { recipeDigest } from './image/recipe-digest.ts';
import { openStore, PARTIAL, type Store, type StoreOptions } from './image/store.ts';
import { currentDiskFolder, disksDirectory } from './vm/full/disk-store.ts';
import { openQemu, type QemuProgram } from './vm/qemu/program.ts';
import { snapshotStillMade } from './vm/restore/current.ts';
import { lockOf } from './vm/restore/obtain.ts';
import { snapshotsDirectory } from './vm/restore/snapshot.ts';

export interface Outdated {
  readonly what: 'image' | 'guest kernel' | 'disk' | 'snapshot' | 'unfinished build';
  readonly path: string;
  /** Allocated bytes. */
  readonly bytes: number;
  /** Processes that use it. */
  readonly usedBy: readonly number[];
}

export interface Pruned extends Outdated {
  readonly removed: boolean;
  /** Why it is still there. */
  readonly reason: string | null;
}

/** @throws {TareError} `host` while something is being built: what that will use cannot be known */
export async function prune(options: StoreOptions = {}): Promise<Pruned[]> {
  const store = openStore(options);
  const locks = [join(store.images, '.lock'), join(disksDirectory(options), '.lock')];
  await mkdir(store.images, { recursive: true });
  await mkdir(disksDirectory(options), { recursive: true });
  return held(locks, async () => {
    const results: Pruned[] = [];
    for (const each of await findOutdated(options)) results.push(await remove(each));
    return results;
  });
}

async function held<T>([lock, ...rest]: readonly string[], work: () => Promise<T>): Promise<T> {
  if (lock === undefined) return work();
  const result = await withFreeLock(lock, async () => ({ of: await held(rest, work) }));
  if (result === null) throw new TareError('host', `something is being built (${lock} is held)`, 'run it again when that is done');
  return result.of;
}

async function remove(outdated: Outdated): Promise<Pruned> {
  const { path, usedBy } = outdated;
  if (usedBy.length > 0) return { ...outdated, removed: false, reason: `process ${usedBy.join(', ')} uses it` };
  try {
    // Under a name that nothing is used by, so that half of it is never taken for the whole.
    const going = path.includes(`/${PARTIAL}`) ? path : join(path, '..', `${PARTIAL}old-${path.split('/').at(-1) ?? ''}`);
    if (going !== path) await rename(path, going);
    await rm(going, { recursive: true, force: true });
    if (outdated.what === 'snapshot') await rm(lockOf(join(path, '..'), path.split('/').at(-1) ?? ''), { force: true });
    return { ...outdated, removed: true, reason: null };
  } catch (error) {
    return { ...outdated, removed: false, reason: (error as Error).message };
  }
}

/** All that is outdated, the largest first. Nothing is changed. */
export async function findOutdated(options: StoreOptions = {}): Promise<Outdated[]> {
  const store = openStore(options);
  const images = await builtImages(options);
  const found = [
    ...(await imagesIn(store)),
    ...(await kernelsIn(store, images)),
    ...(await disksIn(options)),
    ...(await snapshotsIn(snapshotsDirectory(options), images)),
  ];
  const users = usersAmong(found.map(({ path }) => path));
  const again = await secondBuilds(store);
  const weighed = await Promise.all([...found, ...again].map(async (each) => ({ ...each, bytes: await allocated(each.path), usedBy: users.get(each.path) ?? builderOf(each.path) })));
  return weighed.sort((a, b) => b.bytes - a.bytes);
}

type Found = Pick<Outdated, 'what' | 'path'>;

/** Those that are built and whole. A damaged one is neither: its folder is the recipe's all the same. */
async function builtImages(options: StoreOptions): Promise<Image[]> {
  const found = await Promise.all(recipes.map(({ name }) => findImage(name, options).catch((error: unknown) => {
    if (error instanceof TareError && error.code === 'bad-file') return null;
    throw error;
  })));
  return found.filter((image) => image !== null);
}

async function foldersIn(directory: string, what: Outdated['what'], current: (path: string) => boolean | Promise<boolean>): Promise<Found[]> {
  const entries: Dirent[] = await readdir(directory, { withFileTypes: true }).catch(() => []);
  const found = await Promise.all(entries.filter((entry) => entry.isDirectory()).map(async ({ name }): Promise<Found[]> => {
    const path = join(directory, name);
    if (name.startsWith(PARTIAL)) return [{ what: 'unfinished build', path }];
    return (await current(path)) ? [] : [{ what, path }];
  }));
  return found.flat();
}

async function imagesIn(store: Store): Promise<Found[]> {
  const current = await Promise.all(recipes.map(async (recipe) => imageFolder(store, recipe.name, await recipeDigest(recipe))));
  return foldersIn(store.images, 'image', (path) => current.includes(path));
}

/** Of `tare image verify --rebuild`: the number of its process is in the name. */
async function secondBuilds({ directory }: Store): Promise<Found[]> {
  return foldersIn(directory, 'unfinished build', (path) => !path.includes(`/${AGAIN}`));
}

function builderOf(path: string): number[] {
  const pid = Number(path.split(AGAIN).at(-1));
  return existsSync(`/proc/${pid}`) ? [pid] : [];
}

/** Which kernel an image that is not whole boots is not known: then none is called outdated. */
async function kernelsIn(store: Store, images: readonly Image[]): Promise<Found[]> {
  const current = images.map(({ kernel }) => join(kernel.vmlinux, '..'));
  return foldersIn(store.kernels, 'guest kernel', (path) => images.length < recipes.length || current.includes(path));
}

async function disksIn(options: StoreOptions): Promise<Found[]> {
  const current = await Promise.all(disks.map(async (recipe) => [recipe.name, await currentDiskFolder(recipe, options)] as const));
  return foldersIn(disksDirectory(options), 'disk', (path) => current.some(([name, folder]) => (folder === null ? path.includes(`/${name}-`) : path === folder)));
}

/** Without QEMU nothing is known of what it would make. */
async function snapshotsIn(directory: string, images: readonly Image[]): Promise<Found[]> {
  const qemu: QemuProgram | null = await openQemu().catch(() => null);
  return foldersIn(directory, 'snapshot', (path) => qemu === null || images.length < recipes.length || snapshotStillMade(path, images, qemu));
}

async function allocated(path: string): Promise<number> {
  const { blocks } = await lstat(path).catch(() => ({ blocks: 0 }));
  const inside: Dirent[] = await readdir(path, { withFileTypes: true, recursive: true }).catch(() => []);
  const sizes = await Promise.all(inside.map((entry) => lstat(join(entry.parentPath, entry.name)).then((each) => each.blocks, () => 0)));
  return sizes.reduce((sum, each) => sum + each, blocks) * 512;
}
