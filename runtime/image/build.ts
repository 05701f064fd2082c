/**
 * Builds an image from its recipe and Debian's packages: no loop device, nothing installed on the host, and
 * no trace of a build that did not come to its end.
 */
import { chmod, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Device, LayerRecipe, Recipe } from '../../fixtures/images/recipe.ts';
import { TareError } from '../errors.ts';
import { withLock } from './build-lock.ts';
import { buildTree } from './build-tree.ts';
import { sha256 } from './content.ts';
import { treeArchive } from './cpio.ts';
import { fetchPackage, readMember, removePartials } from './debian-package.ts';
import { buildGuestSegment } from './guest-segment.ts';
import type { Image } from './image.ts';
import { usersOf } from './in-use.ts';
import { kernelPackage, releaseOf } from './kernel-package.ts';
import { unpackKernel } from './kernel-payload.ts';
import { findImage, findRecipe, GUEST_ARCHIVE, imageFolder, loadImage } from './load.ts';
import type { Manifest } from './manifest.ts';
import { namingFullDisk } from './no-space.ts';
import { PackageShelf } from './package-shelf.ts';
import { recipeDigest } from './recipe-digest.ts';
import { Steps, type StepListener } from './steps.ts';
import { openStore, PARTIAL, type Store, type StoreOptions } from './store.ts';

export interface BuildOptions extends StoreOptions, StepListener {
  readonly signal?: AbortSignal;
  /** Build it even when it is there: for newer packages. Refused while another process uses the old one. */
  readonly refresh?: boolean;
}

/**
 * The image, built if need be, and verified.
 * @throws {TareError} when a package, a program or the space for it is missing; `bad-file` when what is built has
 * changed since: it is not built anew unasked, as somebody may want to know by what
 */
export async function buildImage(name: string, options: BuildOptions = {}): Promise<Image> {
  const recipe = findRecipe(name);
  if (options.refresh !== true && (await findUsable(name, options)) !== null) return loadImage(name, options);
  if (process.arch !== 'x64') {
    throw new TareError('host', `images are built for x86-64, and this host is ${process.arch}`, 'use an x86-64 host; tare report works on any');
  }
  const store = openStore(options);
  try {
    await mkdir(store.images, { recursive: true });
    await mkdir(store.kernels, { recursive: true });
    await withLock(join(store.images, '.lock'), options.signal, async () => {
      // Whoever held the lock before may have built it.
      if (options.refresh !== true && (await findUsable(name, options)) !== null) return;
      await build(recipe, store, options);
    });
  } catch (error) {
    throw await namingFullDisk(error, store.directory);
  }
  return loadImage(name, options);
}

/** The image if it is built and whole; a damaged one counts as none and is built anew. */
async function findUsable(name: string, options: StoreOptions): Promise<Image | null> {
  return findImage(name, options).catch((error: unknown) => {
    if (error instanceof TareError && error.code === 'bad-file') return null;
    throw error;
  });
}

async function build(recipe: Recipe, store: Store, options: BuildOptions): Promise<void> {
  const key = await recipeDigest(recipe);
  const folder = imageFolder(store, recipe.name, key);
  refuseInUse(`the image ${recipe.name}`, folder);
  await removePartials(store.images);
  await removePartials(store.kernels);
  const partial = await mkdtemp(join(store.images, PARTIAL));
  const steps = new Steps(options);
  const start = performance.now();
  const packages: Record<string, string> = {};
  try {
    const { kernel, deb } = await buildKernel(recipe, store, steps, packages, options.signal);
    const shelf = new PackageShelf(store.packages, steps, options.signal);
    const layers: Manifest['layers'] = [];
    const archives: Buffer[] = [];
    for (const [index, layer] of recipe.layers.entries()) {
      await shelf.fill(layer);
      // Devices come with the lowest layer, in which their directory is.
      const made = await steps.step(`layer ${layer.name}`, () => buildLayer(layer, index === 0 ? recipe.devices : [], partial, shelf, options.signal));
      Object.assign(packages, made.layer.packages);
      layers.push(made.layer);
      archives.push(made.archive);
    }
    const wanted = recipe.guest;
    const segment = wanted === undefined ? null : await steps.step('kernel modules for guests', () => buildGuestSegment(wanted, deb, kernel.from, join(partial, 'guest'), options.signal));
    if (segment !== null) {
      await rm(join(partial, 'guest'), { recursive: true });
      await writeFile(join(partial, GUEST_ARCHIVE), segment.archive);
      if (wanted?.apart !== true) archives.push(segment.archive);
    }
    const initramfs = Buffer.concat(archives);
    await writeFile(join(partial, 'initramfs.cpio'), initramfs);
    await mkdir(join(partial, 'mountpoint'));
    const manifest: Manifest = {
      version: 1,
      name: recipe.name,
      digest: sha256(layers.map(({ digest }) => digest).join('\n')),
      recipeDigest: key,
      workload: recipe.workload,
      ...(recipe.ready === undefined ? {} : { ready: recipe.ready }),
      ...(recipe.servicePort === undefined ? {} : { servicePort: recipe.servicePort }),
      ...(segment === null ? {} : { guest: { ...segment.guest, ...(wanted?.apart === true ? { apart: true } : {}) } }),
      layers,
      initramfsBytes: initramfs.length,
      kernel,
      packages,
      provision: { builtAt: new Date().toISOString(), milliseconds: Math.round(performance.now() - start), steps: steps.done },
    };
    await chmod(partial, 0o755); // mkdtemp makes it private; the image is for whoever runs tare
    await writeFile(join(partial, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

/** What another process uses would vanish under it, or be another thing from one start to the next. */
export function refuseInUse(what: string, folder: string): void {
  const users = usersOf(folder);
  if (users.length > 0) throw new TareError('host', `${what} is in use by process ${users.join(', ')} (${folder})`, 'build it anew when that has ended; ps tells what it is');
}

async function buildLayer(layer: LayerRecipe, devices: readonly Device[], partial: string, shelf: PackageShelf, signal: AbortSignal | undefined) {
  const root = join(partial, 'layers', layer.name);
  const built = await buildTree(layer, root, shelf, signal);
  const archive = await treeArchive(root, built.entries, devices);
  await writeFile(join(partial, `${layer.name}.cpio`), archive);
  return { archive, layer: built.layer };
}

async function buildKernel(recipe: Recipe, store: Store, steps: Steps, packages: Record<string, string>, signal: AbortSignal | undefined): Promise<{ readonly kernel: Manifest['kernel']; readonly deb: string }> {
  const found = await steps.step('find the guest kernel', () => kernelPackage(recipe.kernels, signal));
  packages[found.name] = found.version;
  const deb = await steps.step(`fetch ${found.name} ${found.version}`, () => fetchPackage(found, store.packages, signal));
  const release = releaseOf(found);
  const vmlinux = await steps.step('unpack the guest kernel', async () => unpackKernel(await readMember(deb, './boot/vmlinuz-*', signal), `${found.name} ${found.version}`, signal));
  const digest = sha256(vmlinux);
  const folder = `${release}-${digest.slice(0, 12)}`;
  const place = join(store.kernels, folder);
  const partial = await mkdtemp(join(store.kernels, PARTIAL));
  try {
    await writeFile(join(partial, 'vmlinux'), vmlinux);
    await chmod(partial, 0o755);
    const known = await readFile(join(place, 'vmlinux')).catch(() => null);
    if (known === null || sha256(known) !== digest) {
      await rm(place, { recursive: true, force: true });
      await rename(partial, place);
    }
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
  const { size, blocks } = await stat(join(place, 'vmlinux'));
  return { deb, kernel: { folder, release, digest, lengthBytes: size, allocatedBytes: blocks * 512, from: `${found.name} ${found.version}` } };
}
