/** The built disk, found again by what it is made from, and verified. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { full } from '../../../fixtures/images/full/recipe.ts';
import { guestKernels } from '../../../fixtures/images/guest-kernels.ts';
import { TareError } from '../../errors.ts';
import { sha256 } from '../../image/content.ts';
import { findImage } from '../../image/load.ts';
import { sourcesOf } from '../../image/recipe-digest.ts';
import type { Image } from '../../image/image.ts';
import { openStore, type StoreOptions } from '../../image/store.ts';

/** Raised when the builder makes another disk of the same recipe. */
const BUILDER_VERSION = 1;

/** The remedy for a disk that is missing or damaged. */
export const BUILD_DISK = `run: tare image build ${full.name}`;

const digest = z.string().regex(/^[0-9a-f]{64}$/);

export const diskManifest = z.strictObject({
  version: z.literal(1),
  /** Of its content: trees, boot files, layout. Equal for any two builds from the same packages. */
  digest,
  /** sha256 of the qcow2 file itself, by which it is verified; file systems hold times, so it differs from build to build. */
  fileDigest: digest,
  /** Digest of the image whose layers lie lowest. */
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

export async function diskFolder(image: Pick<Image, 'digest'>, options: StoreOptions): Promise<string> {
  const key = sha256(JSON.stringify({ builder: BUILDER_VERSION, recipe: full, sources: await sourcesOf(full.layers), kernels: guestKernels, image: image.digest }));
  return join(disksDirectory(options), `${full.name}-${key.slice(0, 12)}`);
}

export async function fileDigest(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

/** The disk if it is built, or null. Its length is compared, which costs nothing. */
export async function findFullDisk(options: StoreOptions = {}): Promise<FullDisk | null> {
  const image = await findImage(full.image, options);
  if (image === null) return null;
  const folder = await diskFolder(image, options);
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
  if (!manifest.success) throw new TareError('bad-file', `${join(folder, 'manifest.json')} is damaged`, BUILD_DISK);
  if (length !== manifest.data.qcow2.lengthBytes) throw new TareError('bad-file', `${path} is damaged: ${length < 0 ? 'it is missing' : `${length} bytes long`}, and should have ${manifest.data.qcow2.lengthBytes}`, BUILD_DISK);
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
  if (found !== manifest.fileDigest) throw new TareError('bad-file', `the disk ${path} is not what was built: digest ${found.slice(0, 12)} instead of ${manifest.fileDigest.slice(0, 12)}`, `${BUILD_DISK} --force`);
  const partial = `${place}.${process.pid}`;
  // Where it belongs to another user it is read anew each time.
  await writeFile(partial, now).then(() => rename(partial, place), () => undefined);
}

/** @throws {TareError} `missing-file` when it is not built, `bad-file` when it is damaged */
export async function loadFullDisk(options: StoreOptions = {}): Promise<FullDisk> {
  const disk = await findFullDisk(options);
  if (disk === null) throw new TareError('missing-file', `the disk of vm-full is not built (or what it is made from has changed since)`, BUILD_DISK);
  await verifyFullDisk(disk);
  return disk;
}
