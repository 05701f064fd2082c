/**
 * Builds the disk of a traditional machine: no loop device, nothing mounted that is seen outside, no root beyond what
 * a user namespace gives. Firmware → boot sector → boot loader → kernel → initramfs → systemd → service.
 */
import { chmod, mkdir, mkdtemp, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DiskRecipe } from '../../../fixtures/images/full/recipe.ts';
import { guestKernels } from '../../../fixtures/images/guest-kernels.ts';
import type { LayerRecipe } from '../../../fixtures/images/recipe.ts';
import { packages as packagesEntry } from '../../../fixtures/images/web/debian.ts';
import { TareError } from '../../errors.ts';
import { buildImage, refuseInUse, type BuildOptions } from '../../image/build.ts';
import { buildTree } from '../../image/build-tree.ts';
import { withLock } from '../../image/build-lock.ts';
import { sha256, treeDigest, treeEntries } from '../../image/content.ts';
import { removePartials } from '../../image/debian-package.ts';
import { runHostProgram } from '../../image/host-program.ts';
import type { Image } from '../../image/image.ts';
import { kernelPackage, releaseOf } from '../../image/kernel-package.ts';
import { findRecipe } from '../../image/load.ts';
import { namingFullDisk } from '../../image/no-space.ts';
import { PackageShelf } from '../../image/package-shelf.ts';
import { openStore, PARTIAL, type Store } from '../../image/store.ts';
import { Steps } from '../../image/steps.ts';
import { diskFolder, disksDirectory, fileDigest, findFullDisk, loadFullDisk, placedLayers, type DiskManifest, type FullDisk, type PlacedLayer } from './disk-store.ts';
import { asRoot, runInside } from './inside.ts';
import { diskLayout } from './layout.ts';

/** The first 440 bytes of the disk: finds the active partition and starts what is there. Of Debian's syslinux-common. */
const MASTER_BOOT_RECORD = '/usr/lib/syslinux/mbr/mbr.bin';

/**
 * The disk, built if need be and verified, with the images whose layers lie on it.
 * @throws {TareError} when a package, a program or the space for it is missing
 */
export async function buildFullDisk(recipe: DiskRecipe, options: BuildOptions = {}): Promise<FullDisk> {
  const images = new Map<string, Image>();
  for (const { of } of recipe.images) images.set(of, await buildImage(of, options));
  if (options.refresh !== true && (await findUsable(recipe, options)) !== null) return loadFullDisk(recipe, options);
  const directory = disksDirectory(options);
  try {
    await mkdir(directory, { recursive: true });
    await withLock(join(directory, '.lock'), options.signal, async () => {
      if (options.refresh !== true && (await findUsable(recipe, options)) !== null) return;
      await build(recipe, images, openStore(options), options);
    });
  } catch (error) {
    throw await namingFullDisk(error, directory);
  }
  return loadFullDisk(recipe, options);
}

async function findUsable(recipe: DiskRecipe, options: BuildOptions): Promise<FullDisk | null> {
  return findFullDisk(recipe, options).catch((error: unknown) => {
    if (error instanceof TareError && error.code === 'bad-file') return null;
    throw error;
  });
}

async function build(recipe: DiskRecipe, images: ReadonlyMap<string, Image>, store: Store, options: BuildOptions): Promise<void> {
  const { signal } = options;
  const below = placedLayers(recipe, images);
  const folder = await diskFolder(recipe, below, options);
  refuseInUse(`the disk ${recipe.name}`, folder);
  await removePartials(disksDirectory(options));
  const partial = await mkdtemp(join(disksDirectory(options), PARTIAL));
  const steps = new Steps(options);
  const start = performance.now();
  try {
    const found = await steps.step('find the kernel', () => kernelPackage(guestKernels, signal));
    const release = releaseOf(found);
    const parts = [...below.map(partOf), ...(await ownLayers(recipe, below, found.name, partial, store, steps, signal))];
    const root = join(partial, 'root');
    await steps.step('put the layers together', () => putTogether([...below.map(({ layer, at }) => ({ tree: layer.directory, at })), ...recipe.layers.map(({ name }) => ({ tree: join(partial, name), at: '' }))], root, signal));
    for (const { command } of recipe.configuration) {
      const words = command.map((word) => word.replace('RELEASE', release));
      await steps.step(words[0] ?? '', () => runInside(root, words, { epoch: recipe.epoch, signal }));
    }
    const bootFiles = await steps.step('take kernel and initramfs out for the boot loader', () => takeBootFiles(recipe, root, join(partial, 'boot'), release));
    const digest = await steps.step('digest the content', () => contentDigest(recipe, root, bootFiles));
    const raw = join(partial, 'disk.raw');
    await steps.step('boot partition', () => makeBootPartition(recipe, join(partial, 'boot'), join(partial, 'boot.img'), signal));
    await steps.step('root file system', () => makeDisk(recipe, raw, root, join(partial, 'boot.img'), signal));
    const qcow2 = join(partial, 'disk.qcow2');
    await steps.step('qcow2', () => runHostProgram('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, qcow2], { signal }));
    const manifest: DiskManifest = {
      version: 2,
      name: recipe.name,
      digest,
      fileDigest: await fileDigest(qcow2),
      image: images.get(recipe.image)?.digest ?? '',
      release,
      capacityBytes: recipe.capacityBytes,
      raw: await sizes(raw),
      qcow2: await sizes(qcow2),
      parts: [...parts, ...(await bootParts(bootFiles))],
      provision: { builtAt: new Date().toISOString(), milliseconds: Math.round(performance.now() - start), steps: steps.done },
    };
    for (const name of ['root', 'boot', 'boot.img', 'disk.raw', ...recipe.layers.map((layer) => layer.name)]) await rm(join(partial, name), { recursive: true, force: true });
    await chmod(partial, 0o755);
    await writeFile(join(partial, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    await rm(folder, { recursive: true, force: true });
    await rename(partial, folder);
  } finally {
    await rm(partial, { recursive: true, force: true });
  }
}

async function sizes(path: string): Promise<{ lengthBytes: number; allocatedBytes: number }> {
  const { size, blocks } = await stat(path);
  return { lengthBytes: size, allocatedBytes: blocks * 512 };
}

function partOf({ layer: { name, storey, lengthBytes, files, packages = {} }, of }: PlacedLayer): DiskManifest['parts'][number] {
  return { name: of === null ? name : `${name} of ${of}`, storey: storey as 'base' | 'prerequisites' | 'app', lengthBytes, files, packages };
}

/** Builds the layers above those of images. Only what lies in the same root counts as below them. */
async function ownLayers(recipe: DiskRecipe, below: readonly PlacedLayer[], kernel: string, partial: string, store: Store, steps: Steps, signal: AbortSignal | undefined): Promise<DiskManifest['parts']> {
  const parts: DiskManifest['parts'] = [];
  const shelf = new PackageShelf(store.packages, steps, signal);
  const recipes = recipe.images.filter(({ at }) => at === undefined).flatMap(({ of }) => findRecipe(of).layers);
  for (const { layer, at } of below) if (at === '') shelf.assume(recipes.filter(({ name }) => name === layer.name).map((each) => ({ recipe: each, packages: layer.packages ?? {} })));
  for (const each of recipe.layers) {
    const layer: LayerRecipe = each.storey === 'guest-kernel' ? { ...each, entries: [...each.entries, packagesEntry([kernel])] } : each;
    await shelf.fill(layer);
    const { name, storey, lengthBytes, files, packages = {} } = (await steps.step(`layer ${layer.name}`, () => buildTree(layer, join(partial, layer.name), shelf, signal))).layer;
    parts.push({ name, storey, lengthBytes, files, packages });
  }
  return parts;
}

async function putTogether(layers: readonly { readonly tree: string; readonly at: string }[], root: string, signal: AbortSignal | undefined): Promise<void> {
  for (const { tree, at } of layers) {
    const place = join(root, at);
    await mkdir(place, { recursive: true, mode: 0o755 });
    await runHostProgram('cp', ['--archive', '--reflink=auto', `${tree}/.`, place], { signal });
  }
}

interface BootFile {
  readonly name: string;
  readonly path: string;
  readonly storey: 'guest-kernel' | 'initramfs' | 'boot-loader';
}

/** Moves them: the boot loader reads FAT alone. */
async function takeBootFiles(recipe: DiskRecipe, root: string, boot: string, release: string): Promise<BootFile[]> {
  await mkdir(boot);
  await rename(join(root, `boot/vmlinuz-${release}`), join(boot, 'vmlinuz'));
  await rename(join(root, `boot/initrd.img-${release}`), join(boot, 'initrd.img'));
  await writeFile(join(boot, 'syslinux.cfg'), diskLayout(recipe).loaderConfiguration);
  // What the programs inside have kept for their next run, with times in it.
  await rm(join(root, 'var/cache/ldconfig'), { recursive: true, force: true });
  return ([['vmlinuz', 'guest-kernel'], ['initrd.img', 'initramfs'], ['syslinux.cfg', 'boot-loader']] as const).map(([name, storey]) => ({ name, storey, path: join(boot, name) }));
}

async function bootParts(files: readonly BootFile[]): Promise<DiskManifest['parts']> {
  return Promise.all(files.map(async ({ name, path, storey }) => ({ name: `${name} (boot partition)`, storey, lengthBytes: (await stat(path)).size, files: 1, packages: {} })));
}

async function contentDigest(recipe: DiskRecipe, root: string, files: readonly BootFile[]): Promise<string> {
  const boot = await Promise.all(files.map(async ({ name, path }) => `${name} ${sha256(await readFile(path))}`));
  return sha256(JSON.stringify([await treeDigest(root, await treeEntries(root)), boot, sha256(await masterBootRecord()), diskLayout(recipe)]));
}

async function masterBootRecord(): Promise<Buffer> {
  return readFile(MASTER_BOOT_RECORD).catch((error: unknown) => {
    throw new TareError('missing-file', `the boot loader's first sector, ${MASTER_BOOT_RECORD}, is not on this host`, 'run: apt-get install syslinux-common', { cause: error });
  });
}

async function makeBootPartition(recipe: DiskRecipe, files: string, image: string, signal: AbortSignal | undefined): Promise<void> {
  const { boot } = recipe;
  const layout = diskLayout(recipe);
  const env = { SOURCE_DATE_EPOCH: String(recipe.epoch), MTOOLS_SKIP_CHECK: '1', TZ: 'UTC' };
  // The boot sector has to know how many sectors lie before its partition.
  await runHostProgram('mkfs.vfat', ['--invariant', '-F', '32', '-n', boot.label, '-i', boot.volumeId, '-h', String(layout.boot.startBytes / 512), '-C', image, String(boot.bytes / 1024)], { signal, env });
  await runHostProgram('mcopy', ['-i', image, ...['vmlinuz', 'initrd.img', 'syslinux.cfg'].map((name) => join(files, name)), '::'], { signal, env });
  await runHostProgram('syslinux', ['--install', image], { signal, env });
}

async function makeDisk(recipe: DiskRecipe, raw: string, root: string, bootImage: string, signal: AbortSignal | undefined): Promise<void> {
  const layout = diskLayout(recipe);
  const disk = await open(raw, 'wx');
  try {
    await disk.truncate(recipe.capacityBytes);
  } finally {
    await disk.close();
  }
  await runHostProgram('sfdisk', ['--quiet', raw], { signal, input: Buffer.from(layout.table) });
  await runHostProgram('dd', [`if=${await masterBootRecordFile()}`, `of=${raw}`, 'bs=440', 'count=1', 'conv=notrunc', 'status=none'], { signal });
  await runHostProgram('dd', [`if=${bootImage}`, `of=${raw}`, 'bs=1M', `seek=${layout.boot.startBytes / 2 ** 20}`, 'conv=notrunc,sparse', 'status=none'], { signal });
  const [program = '', ...namespace] = asRoot();
  // One time for all, then the file system made of them, both seen as root's.
  const script = `find "$1" -exec touch --no-dereference --date=@${recipe.epoch} {} +; shift; exec "$@"`;
  const make = ['mke2fs', '-q', '-t', 'ext4', '-L', recipe.root.label, '-U', recipe.root.uuid, '-E', `offset=${layout.root.startBytes},hash_seed=${recipe.root.hashSeed},root_owner=0:0`, '-d', root, raw, `${layout.root.bytes / 1024}k`];
  await runHostProgram(program, [...namespace, '/bin/sh', '-c', script, 'make', root, ...make], { signal, env: { E2FSPROGS_FAKE_TIME: String(recipe.epoch), SOURCE_DATE_EPOCH: String(recipe.epoch) } });
}

async function masterBootRecordFile(): Promise<string> {
  await masterBootRecord();
  return MASTER_BOOT_RECORD;
}
