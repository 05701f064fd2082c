/** Whether a built image is still, byte for byte, what was built. */
import { lstat, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { TareError } from '../errors.ts';
import { readArchive } from './archive-reading.ts';
import { sha256, treeDigest, treeEntries } from './content.ts';
import { treeArchive } from './cpio.ts';
import type { Image, Layer } from './image.ts';
import { rebuild } from './store.ts';

/** As many differing paths as a message names. */
const NAMED = 5;

/**
 * Reads every byte of it and compares digests.
 * @throws {TareError} `bad-file` naming what differs
 */
export async function verifyImage(image: Image): Promise<void> {
  for (const layer of image.layers) await verifyLayer(layer, image.name);
  const kernel = sha256(await readFile(image.kernel.vmlinux));
  if (kernel !== image.kernel.digest) throw new TareError('bad-file', `the guest kernel ${image.kernel.vmlinux} is not what was built: digest ${kernel.slice(0, 12)} instead of ${image.kernel.digest.slice(0, 12)}`, rebuild(image.name));
  const guest = image.guest === undefined ? Buffer.alloc(0) : await readFile(image.guest.cpio);
  if (image.guest !== undefined && sha256(guest) !== image.guest.digest) throw new TareError('bad-file', `the kernel modules for guests, ${image.guest.cpio}, are not what was built`, rebuild(image.name));
  const segments = Buffer.concat([...(await Promise.all(image.layers.map((layer) => readFile(layer.cpio)))), ...(image.guest?.apart === true ? [] : [guest])]);
  if (!segments.equals(await readFile(image.initramfs))) throw new TareError('bad-file', `${image.initramfs} does not hold the image's layers`, rebuild(image.name));
}

async function verifyLayer(layer: Layer, image: string): Promise<void> {
  const entries = await treeEntries(layer.directory);
  const digest = await treeDigest(layer.directory, entries);
  const different = await differingPaths(layer, entries);
  if (digest === layer.digest && different.length === 0) return;
  const rest = different.length > NAMED ? `, and ${different.length - NAMED} more` : '';
  const named = different.length === 0 ? `digest ${digest.slice(0, 12)} instead of ${layer.digest.slice(0, 12)}` : `${different.slice(0, NAMED).join(', ')}${rest}`;
  throw new TareError('bad-file', `layer "${layer.name}" of image ${image} is not what was built (${layer.directory}): ${named}`, rebuild(image));
}

/** The tree against its own archive, which was made with it: what differs, path by path. */
async function differingPaths(layer: Layer, entries: Awaited<ReturnType<typeof treeEntries>>): Promise<string[]> {
  const archived = new Map(readArchive(await readFile(layer.cpio), layer.cpio).map((entry) => [entry.path, entry]));
  const found: string[] = [];
  const now = readArchive(await treeArchive(layer.directory, entries, []), layer.directory);
  for (const entry of now) {
    const before = archived.get(entry.path);
    archived.delete(entry.path);
    if (before === undefined) found.push(`${entry.path} was added`);
    else if (before.mode !== entry.mode) found.push(`${entry.path} has another type or mode`);
    else if (!before.content.equals(entry.content)) found.push(`${entry.path} has other content`);
  }
  for (const [path, { device }] of archived) {
    if (device[0] === 0) found.push(`${path} is missing`); // devices are in the archive alone
  }
  return [...found, ...(await foreign(layer, entries))];
}

/** All of a layer belongs to whoever built it: root in the image, and root on the host unless built without. */
async function foreign(layer: Layer, entries: readonly { readonly path: string }[]): Promise<string[]> {
  const owner = await lstat(layer.directory);
  const found: string[] = [];
  for (const { path } of entries) {
    const { uid, gid } = await lstat(join(layer.directory, path));
    if (uid !== owner.uid || gid !== owner.gid) found.push(`${path} belongs to ${uid}:${gid}`);
  }
  return found;
}
