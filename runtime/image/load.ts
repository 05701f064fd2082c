/** A built image, found again by the digest of its recipe. */
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { recipes } from '../../fixtures/images/catalogue.ts';
import type { Recipe } from '../../fixtures/images/recipe.ts';
import { TareError } from '../errors.ts';
import { fingerprint, rememberedFingerprint, rememberFingerprint } from './fingerprint.ts';
import type { Image } from './image.ts';
import { use } from './in-use.ts';
import { manifestSchema, type Manifest } from './manifest.ts';
import { recipeDigest } from './recipe-digest.ts';
import { openStore, rebuild, type Store, type StoreOptions } from './store.ts';
import { verifyImage } from './verify.ts';

/** The file beside the layers' archives that only guests need. */
export const GUEST_ARCHIVE = 'guest.cpio';

export function imageNames(): string[] {
  return recipes.map(({ name }) => name);
}

/** @throws {TareError} `usage` */
export function findRecipe(name: string): Recipe {
  const recipe = recipes.find((each) => each.name === name);
  if (recipe === undefined) throw new TareError('usage', `there is no image "${name}"`, `known: ${imageNames().join(', ')}`);
  return recipe;
}

export function imageFolder(store: Store, name: string, digest: string): string {
  return join(store.images, `${name}-${digest.slice(0, 12)}`);
}

function assemble(store: Store, folder: string, manifest: Manifest): Image {
  const { name, digest, recipeDigest: key, workload, provision, ready, servicePort, guest } = manifest;
  const { folder: kernelFolder, ...kernel } = manifest.kernel;
  return {
    name,
    digest,
    recipeDigest: key,
    layers: manifest.layers.map(({ packages, ...layer }) => ({ ...layer, ...(packages === undefined ? {} : { packages }), directory: join(folder, 'layers', layer.name), cpio: join(folder, `${layer.name}.cpio`) })),
    workload,
    ...(ready === undefined ? {} : { ready }),
    ...(servicePort === undefined ? {} : { servicePort }),
    ...(guest === undefined ? {} : { guest: { ...guest, cpio: join(folder, GUEST_ARCHIVE) } }),
    mountpoint: join(folder, 'mountpoint'),
    kernel: { ...kernel, vmlinux: join(store.kernels, kernelFolder, 'vmlinux') },
    initramfs: join(folder, 'initramfs.cpio'),
    provision,
  };
}

async function readManifest(folder: string, image: string): Promise<Manifest | null> {
  let text: string;
  try {
    text = await readFile(join(folder, 'manifest.json'), 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const parsed = manifestSchema.safeParse(safeJson(text));
  if (!parsed.success) throw new TareError('bad-file', `${join(folder, 'manifest.json')} is damaged`, rebuild(image));
  return parsed.data;
}

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

async function lengthOf(path: string): Promise<number> {
  try {
    return (await stat(path)).size;
  } catch {
    return -1;
  }
}

/** The image if it is built, or `null`. Sizes are checked, which costs next to nothing. */
export async function findImage(name: string, options: StoreOptions = {}): Promise<Image | null> {
  const store = openStore(options);
  const folder = imageFolder(store, name, await recipeDigest(findRecipe(name)));
  const manifest = await readManifest(folder, name);
  if (manifest === null) return null;
  const image = assemble(store, folder, manifest);
  const expected = [[image.initramfs, manifest.initramfsBytes], [image.kernel.vmlinux, image.kernel.lengthBytes]] as const;
  for (const path of [image.mountpoint, ...image.layers.flatMap((layer) => [layer.directory, layer.cpio]), ...(image.guest === undefined ? [] : [image.guest.cpio])]) {
    if ((await lengthOf(path)) < 0) throw new TareError('bad-file', `${path} is missing`, rebuild(name));
  }
  for (const [path, bytes] of expected) {
    const found = await lengthOf(path);
    if (found !== bytes) throw new TareError('bad-file', `${path} is damaged: ${found < 0 ? 'it is missing' : `${found} bytes long`}, and should have ${bytes}`, rebuild(name));
  }
  return image;
}

/**
 * Reads every byte of the image unless nothing of it has been touched since that was last done.
 * @param always read it all the same
 * @throws {TareError} `bad-file` naming what differs
 */
export async function verifyOnce(image: Image, always = false): Promise<void> {
  // Who did not build it may not read all of it (shadow passwords): whoever did has verified it.
  if (process.getuid?.() !== 0 && (await stat(image.mountpoint)).uid !== process.getuid?.()) return;
  const now = fingerprint(image);
  if (!always && now === rememberedFingerprint(image)) return;
  await verifyImage(image);
  rememberFingerprint(image, now);
}

/**
 * The image, verified.
 * @throws {TareError} `missing-file` when it is not built, `bad-file` when it is damaged, `usage` for an unknown name
 */
export async function loadImage(name: string, options: StoreOptions = {}): Promise<Image> {
  const image = await findImage(name, options);
  if (image === null) throw new TareError('missing-file', `the image "${name}" is not built (or its recipe has changed since)`, 'run: make setup');
  await verifyOnce(image);
  use(join(image.mountpoint, '..'));
  return image;
}
