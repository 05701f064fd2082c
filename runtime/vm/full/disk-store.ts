/** The built disk, found again by what it is made from, and verified. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { disks, type DiskRecipe } from '../../../fixtures/images/full/recipe.ts';
import { guestKernels } from '../../../fixtures/images/guest-kernels.ts';
import { TareError } from '../../errors.ts';
import { sha256 } from '../../image/content.ts';
import { use } from '../../image/in-use.ts';
import { findImage } from '../../image/load.ts';
import { sourcesOf } from '../../image/recipe-digest.ts';
import type { Image, Layer } from '../../image/image.ts';
import { openStore, type StoreOptions } from '../../image/store.ts';

/** Raised when the builder makes another disk of the same recipe. */
const BUILDER_VERSION = 2;

export function diskNames(): string[] {
  return disks.map(({ name }) => name);
}

/** @throws {TareError} `usage` for an image of which there is none */
export function diskOf(image: string): DiskRecipe {
  const found = disks.find((each) => each.image === image);
  if (found === undefined) throw new TareError('usage', `there is no disk with the image "${image}" for vm-full`, `images that have one: ${disks.map((each) => each.image).join(', ')}`);
  return found;
}

/** By its own name. @throws {TareError} `usage` */
export function findDiskRecipe(name: string): DiskRecipe {
  const found = disks.find((each) => each.name === name);
  if (found === undefined) throw new TareError('usage', `there is no disk "${name}"`, `known: ${diskNames().join(', ')}`);
  return found;
}

/** The remedy for a disk that is missing or damaged. */
export function buildDisk(recipe: Pick<DiskRecipe, 'name'>): string {
  return `run: tare image build ${recipe.name}`;
}

const digest = z.string().regex(/^[0-9a-f]{64}$/);

export const diskManifest = z.strictObject({
  version: z.literal(2),
  /** Of its content: trees, boot files, layout. Equal for any two builds from the same packages. */
  digest,
  /** sha256 of the qcow2 file itself, by which it is verified; file systems hold times, so it differs from build to build. */
  fileDigest: digest,
  /** Which disk, and the digest of the image that it boots. */
  name: z.string(),
  image: digest,
  release: z.string(),
  capacityBytes: z.int(),
  raw: z.strictObject({ lengthBytes: z.int(), allocatedBytes: z.int() }),
  qcow2: z.strictObject({ lengthBytes: z.int(), allocatedBytes: z.int() }),
  /** What lies on it, by length in its file systems. */
  parts: z.array(z.strictObject({ name: z.string(), storey: z.enum(['app', 'prerequisites', 'base', 'guest-kernel', 'initramfs', 'boot-loader']), lengthBytes: z.int(), files: z.int(), packages: z.record(z.string(), z.string()) })),
  provision: z.strictObject({ builtAt: z.string(), milliseconds: z.number(), steps: z.array(z.strictObject({ name: z.string(), milliseconds: z.number() })) }),
});

export type DiskManifest = z.infer<typeof diskManifest>;

export interface FullDisk {
  /** The qcow2 file. Read-only by agreement: every instance writes into an overlay of its own. */
  readonly path: string;
  readonly manifest: DiskManifest;
}

export function disksDirectory(options: StoreOptions): string {
  return join(openStore(options).directory, 'disks');
}

/** A layer of an image, and where on the disk it lies. */
export interface PlacedLayer {
  readonly layer: Layer;
  /** The image's name where it is not the disk's root that it lies in. */
  readonly of: string | null;
  /** Relative to the disk's root; '' for the root itself. */
  readonly at: string;
}

/** Those that the recipe takes of images, lowest first. @param images by name, all that it names */
export function placedLayers(recipe: DiskRecipe, images: ReadonlyMap<string, Image>): PlacedLayer[] {
  return recipe.images.flatMap(({ of, only, at }) => {
    const layers = (images.get(of)?.layers ?? []).filter(({ name }) => only?.includes(name) !== false);
    return layers.map((layer) => ({ layer, of: at === undefined ? null : of, at: at ?? '' }));
  });
}

export async function diskFolder(recipe: DiskRecipe, layers: readonly PlacedLayer[], options: StoreOptions): Promise<string> {
  const key = sha256(JSON.stringify({ builder: BUILDER_VERSION, recipe, sources: await sourcesOf(recipe.layers), kernels: guestKernels, layers: layers.map(({ layer }) => layer.digest) }));
  return join(disksDirectory(options), `${recipe.name}-${key.slice(0, 12)}`);
}

/** The images whose layers it takes, by name; `null` when one is not built. */
async function imagesOf(recipe: DiskRecipe, options: StoreOptions): Promise<ReadonlyMap<string, Image> | null> {
  const images = new Map<string, Image>();
  for (const { of } of recipe.images) {
    const image = await findImage(of, options);
    if (image === null) return null;
    images.set(of, image);
  }
  return images;
}

/** Where the disk is, or will be; null when it depends on an image that is not built. */
export async function currentDiskFolder(recipe: DiskRecipe, options: StoreOptions = {}): Promise<string | null> {
  const images = await imagesOf(recipe, options).catch((error: unknown) => {
    if (error instanceof TareError && error.code === 'bad-file') return null;
    throw error;
  });
  return images === null ? null : diskFolder(recipe, placedLayers(recipe, images), options);
}

export async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** The disk if it is built, or null. Its length is compared, which costs nothing. */
export async function findFullDisk(recipe: DiskRecipe, options: StoreOptions = {}): Promise<FullDisk | null> {
  const images = await imagesOf(recipe, options);
  if (images === null) return null;
  const folder = await diskFolder(recipe, placedLayers(recipe, images), options);
  let text: string;
  try {
    text = await readFile(join(folder, 'manifest.json'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const path = join(folder, 'disk.qcow2');
  const length = await stat(path).then(({ size }) => size, () => -1);
  const manifest = diskManifest.safeParse(safeJson(text));
  if (!manifest.success) throw new TareError('bad-file', `${join(folder, 'manifest.json')} is damaged`, buildDisk(recipe));
  if (length !== manifest.data.qcow2.lengthBytes) throw new TareError('bad-file', `${path} is damaged: ${length < 0 ? 'it is missing' : `${length} bytes long`}, and should have ${manifest.data.qcow2.lengthBytes}`, buildDisk(recipe));
  return { path, manifest: manifest.data };
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/**
 * Reads every byte of the disk, unless it has not been touched since that was last done (see image/fingerprint.ts).
 * @param always read it all the same
 * @throws {TareError} 'bad-file' when it is not what was built
 */
export async function verifyFullDisk({ path, manifest }: FullDisk, always = false): Promise<void> {
  const { ino, size, mode, mtimeNs, ctimeNs } = await stat(path, { bigint: true });
  const now = `${manifest.fileDigest} ${ino} ${size} ${mode} ${mtimeNs} ${ctimeNs}`;
  const place = join(path, '..', 'verified');
  if (!always && now === (await readFile(place, 'utf8').catch(() => ''))) return;
  const found = await fileDigest(path);
  if (found !== manifest.fileDigest) throw new TareError('bad-file', `the disk ${path} is not what was built: digest ${found.slice(0, 12)} instead of ${manifest.fileDigest.slice(0, 12)}`, `${buildDisk(manifest)} --force`);
  const partial = `${place}.${process.pid}`;
  // Where it belongs to another user it is read anew each time.
  await writeFile(partial, now).then(() => rename(partial, place), () => undefined);
}

/** @throws {TareError} `missing-file` when it is not built, `bad-file` when it is damaged */
export async function loadFullDisk(recipe: DiskRecipe, options: StoreOptions = {}): Promise<FullDisk> {
  const disk = await findFullDisk(recipe, options);
  if (disk === null) throw new TareError('missing-file', `the disk ${recipe.name} of vm-full is not built (or what it is made from has changed since)`, buildDisk(recipe));
  await verifyFullDisk(disk);
  use(join(disk.path, '..'));
  return disk;
}
