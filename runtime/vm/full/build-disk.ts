/**
 * Builds the disk of a traditional machine: no loop device, nothing mounted that is seen outside, no root beyond what
 * a user namespace gives. Firmware → boot sector → boot loader → kernel → initramfs → systemd → service.
 */
import { chmod, mkdir, mkdtemp, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { full } from '../../../fixtures/images/full/recipe.ts';
import { guestKernels } from '../../../fixtures/images/guest-kernels.ts';
import type { LayerRecipe } from '../../../fixtures/images/recipe.ts';
import { web } from '../../../fixtures/images/web/recipe.ts';
import { packages as packagesEntry } from '../../../fixtures/images/web/debian.ts';
import { TareError } from '../../errors.ts';
import { buildImage, type BuildOptions } from '../../image/build.ts';
import { buildTree } from '../../image/build-tree.ts';
import { withLock } from '../../image/build-lock.ts';
import { sha256, treeDigest, treeEntries } from '../../image/content.ts';
import { removePartials } from '../../image/debian-package.ts';
import { runHostProgram } from '../../image/host-program.ts';
import type { Image } from '../../image/image.ts';
import { kernelPackage, releaseOf } from '../../image/kernel-package.ts';
import { namingFullDisk } from '../../image/no-space.ts';
import { PackageShelf } from '../../image/package-shelf.ts';
import { openStore, PARTIAL, type Store } from '../../image/store.ts';
import { Steps } from '../../image/steps.ts';
import { diskFolder, disksDirectory, fileDigest, findFullDisk, loadFullDisk, type DiskManifest, type FullDisk } from './disk-store.ts';
import { asRoot, runInside } from './inside.ts';
import { diskLayout } from './layout.ts';

/** The first 440 bytes of the disk: finds the active partition and starts what is there. Of Debian's syslinux-common. */
const MASTER_BOOT_RECORD = '/usr/lib/syslinux/mbr/mbr.bin';

/**
 * The disk, built if need be, with the image that it lies on.
 * @throws {TareError} when a package, a program or the space for it is missing
 */
export async function buildFullDisk(options: BuildOptions = {}): Promise<FullDisk> {
  const image = await buildImage(full.image, options);
  const usable = options.refresh === true ? null : await findUsable(options);
  if (usable !== null) return usable;
  const directory = disksDirectory(options);
  try {
    await mkdir(directory, { recursive: true });
    await withLock(join(directory, '.lock'), options.signal, async () => {
      if (options.refresh !== true && (await findUsable(options)) !== null) return;
      await build(image, openStore(options), options);
    });
  } catch (error) {
    throw await namingFullDisk(error, directory);
  }
  return loadFullDisk(options);
}

async function findUsable(options: BuildOptions): Promise<FullDisk | null> {
  return findFullDisk(options).catch((error: unknown) => {
    if (error instanceof TareError && error.code === 'bad-file') return null;
    throw error;
  });
}

async function build(image: Image, store: Store, options: BuildOptions): Promise<void> {
  const { signal } = options;
  const folder = await diskFolder(image, options);
  await removePartials(disksDirectory(options));
  const partial = await mkdtemp(join(disksDirectory(options), PARTIAL));
  const steps = new Steps(options);
  const start = performance.now();
  try {
    const found = await steps.step('find the kernel', () => kernelPackage(guestKernels, signal));
    const release = releaseOf(found);
    const parts = await layers(image, found.name, partial, store, steps, signal);
    const root = join(partial, 'root');
    await steps.step('put the layers together', () => putTogether([...image.layers.map((layer) => layer.directory), ...full.layers.map(({ name }) => join(partial, name))], root, signal));
    for (const { command } of full.configuration) {
      const words = command.map((word) => word.replace('RELEASE', release));
      await steps.step(words[0] ?? '', () => runInside(root, words, { epoch: full.epoch, signal }));
    }
    const bootFiles = await steps.step('take kernel and initramfs out for the boot loader', () => takeBootFiles(root, join(partial, 'boot'), release));
    const digest = await steps.step('digest the content', () => contentDigest(root, bootFiles));
    const raw = join(partial, 'disk.raw');
    await steps.step('boot partition', () => makeBootPartition(join(partial, 'boot'), join(partial, 'boot.img'), signal));
    await steps.step('root file system', () => makeDisk(raw, root, join(partial, 'boot.img'), signal));
    const qcow2 = join(partial, 'disk.qcow2');
    await steps.step('qcow2', () => runHostProgram('qemu-img', ['convert', '-f', 'raw', '-O', 'qcow2', raw, qcow2], { signal }));
    const manifest: DiskManifest = {
      version: 1,
      digest,
      fileDigest: await fileDigest(qcow2),
      image: image.digest,
      release,
      capacityBytes: full.capacityBytes,
      raw: await sizes(raw),
      qcow2: await sizes(qcow2),
      parts: [...parts, ...(await bootParts(bootFiles))],
      provision: { builtAt: new Date().toISOString(), milliseconds: Math.round(performance.now() - start), steps: steps.done },
    };
    for (const name of ['root', 'boot', 'boot.img', 'disk.raw', ...full.layers.map((layer) => layer.name)]) await rm(join(partial, name), { recursive: true, force: true });
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

/** Builds the layers above the image's own; @returns all that will lie in the root file system. */
async function layers(image: Image, kernel: string, partial: string, store: Store, steps: Steps, signal: AbortSignal | undefined): Promise<DiskManifest['parts']> {
  const parts: DiskManifest['parts'] = image.layers.map(({ name, storey, lengthBytes, files, packages }) => ({ name, storey: storey as 'base' | 'prerequisites' | 'app', lengthBytes, files, packages: packages ?? {} }));
  const shelf = new PackageShelf(store.packages, steps, signal);
  shelf.assume(web.layers.map((recipe) => ({ recipe, packages: image.layers.find(({ name }) => name === recipe.name)?.packages ?? {} })));
  for (const each of full.layers) {
    const layer: LayerRecipe = each.storey === 'guest-kernel' ? { ...each, entries: [...each.entries, packagesEntry([kernel])] } : each;
    await shelf.fill(layer);
    const { name, storey, lengthBytes, files, packages = {} } = (await steps.step(`layer ${layer.name}`, () => buildTree(layer, join(partial, layer.name), shelf, signal))).layer;
    parts.push({ name, storey, lengthBytes, files, packages });
  }
  return parts;
}

async function putTogether(layers: readonly string[], root: string, signal: AbortSignal | undefined): Promise<void> {
  await mkdir(root, { mode: 0o755 });
  for (const layer of layers) await runHostProgram('cp', ['--archive', '--reflink=auto', `${layer}/.`, root], { signal });
}

interface BootFile {
  readonly name: string;
  readonly path: string;
  readonly storey: 'guest-kernel' | 'initramfs' | 'boot-loader';
}

/** Moves them: the boot loader reads FAT alone. */
async function takeBootFiles(root: string, boot: string, release: string): Promise<BootFile[]> {
  await mkdir(boot);
  await rename(join(root, `boot/vmlinuz-${release}`), join(boot, 'vmlinuz'));
  await rename(join(root, `boot/initrd.img-${release}`), join(boot, 'initrd.img'));
  await writeFile(join(boot, 'syslinux.cfg'), diskLayout(full).loaderConfiguration);
  // What the programs inside have kept for their next run, with times in it.
  await rm(join(root, 'var/cache/ldconfig'), { recursive: true, force: true });
  return ([['vmlinuz', 'guest-kernel'], ['initrd.img', 'initramfs'], ['syslinux.cfg', 'boot-loader']] as const).map(([name, storey]) => ({ name, storey, path: join(boot, name) }));
}

async function bootParts(files: readonly BootFile[]): Promise<DiskManifest['parts']> {
  return Promise.all(files.map(async ({ name, path, storey }) => ({ name: `${name} (boot partition)`, storey, lengthBytes: (await stat(path)).size, files: 1, packages: {} })));
}

async function contentDigest(root: string, files: readonly BootFile[]): Promise<string> {
  const boot = await Promise.all(files.map(async ({ name, path }) => `${name} ${sha256(await readFile(path))}`));
  return sha256(JSON.stringify([await treeDigest(root, await treeEntries(root)), boot, sha256(await masterBootRecord()), diskLayout(full)]));
}

async function masterBootRecord(): Promise<Buffer> {
  return readFile(MASTER_BOOT_RECORD).catch((error: unknown) => {
    throw new TareError('missing-file', `the boot loader's first sector, ${MASTER_BOOT_RECORD}, is not on this host`, 'run: apt-get install syslinux-common', { cause: error });
  });
}

async function makeBootPartition(files: string, image: string, signal: AbortSignal | undefined): Promise<void> {
  const { boot } = full;
  const layout = diskLayout(full);
  const env = { SOURCE_DATE_EPOCH: String(full.epoch), MTOOLS_SKIP_CHECK: '1', TZ: 'UTC' };
  // The boot sector has to know how many sectors lie before its partition.
  await runHostProgram('mkfs.vfat', ['--invariant', '-F', '32', '-n', boot.label, '-i', boot.volumeId, '-h', String(layout.boot.startBytes / 512), '-C', image, String(boot.bytes / 1024)], { signal, env });
  await runHostProgram('mcopy', ['-i', image, ...['vmlinuz', 'initrd.img', 'syslinux.cfg'].map((name) => join(files, name)), '::'], { signal, env });
  await runHostProgram('syslinux', ['--install', image], { signal, env });
}

async function makeDisk(raw: string, root: string, bootImage: string, signal: AbortSignal | undefined): Promise<void> {
  const layout = diskLayout(full);
  const disk = await open(raw, 'wx');
  try {
    await disk.truncate(full.capacityBytes);
  } finally {
    await disk.close();
  }
  await runHostProgram('sfdisk', ['--quiet', raw], { signal, input: Buffer.from(layout.table) });
  await runHostProgram('dd', [`if=${await masterBootRecordFile()}`, `of=${raw}`, 'bs=440', 'count=1', 'conv=notrunc', 'status=none'], { signal });
  await runHostProgram('dd', [`if=${bootImage}`, `of=${raw}`, 'bs=1M', `seek=${layout.boot.startBytes / 2 ** 20}`, 'conv=notrunc,sparse', 'status=none'], { signal });
  const [program = '', ...namespace] = asRoot();
  // One time for all, then the file system made of them, both seen as root's.
  const script = `find "$1" -exec touch --no-dereference --date=@${full.epoch} {} +; shift; exec "$@"`;
  const make = ['mke2fs', '-q', '-t', 'ext4', '-L', full.root.label, '-U', full.root.uuid, '-E', `offset=${layout.root.startBytes},hash_seed=${full.root.hashSeed},root_owner=0:0`, '-d', root, raw, `${layout.root.bytes / 1024}k`];
  await runHostProgram(program, [...namespace, '/bin/sh', '-c', script, 'make', root, ...make], { signal, env: { E2FSPROGS_FAKE_TIME: String(full.epoch), SOURCE_DATE_EPOCH: String(full.epoch) } });
}

async function masterBootRecordFile(): Promise<string> {
  await masterBootRecord();
  return MASTER_BOOT_RECORD;
}
