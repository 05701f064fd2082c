/** What an image consists of on the host's disk, part by part, with the share of each. Plain data. */
import type { Image, Storey } from '../../runtime/image/image.ts';
import { fullDiskItems } from '../../runtime/vm/full/disk-items.ts';
import type { DiskManifest } from '../../runtime/vm/full/disk-store.ts';

export interface ImagePart {
  readonly name: string;
  readonly storey: Storey;
  readonly lengthBytes: number;
  readonly allocatedBytes: number;
  /** Of the parts' allocated bytes together, 0 to 1. */
  readonly share: number;
  /** Files, directories and links; null for what is one file. */
  readonly files: number | null;
  /** '' for what has none of its own. */
  readonly digest: string;
  /** Debian packages, name → version; null where it was built before they were kept. */
  readonly packages: Readonly<Record<string, string>> | null;
}

/**
 * The layers, as trees; then what only guests need. The initramfs is no part: it is the same layers once more, in
 * one archive.
 */
export function imageParts(image: Image): ImagePart[] {
  const { guest, kernel } = image;
  const parts: Omit<ImagePart, 'share'>[] = image.layers.map(({ name, storey, lengthBytes, allocatedBytes, files, digest, packages }) => ({ name, storey, lengthBytes, allocatedBytes, files, digest, packages: packages ?? null }));
  if (guest !== undefined) {
    // One archive, of which the disk is given whole blocks.
    parts.push({ name: `modules: ${guest.modules.join(', ')}`, storey: 'guest-kernel', lengthBytes: guest.lengthBytes, allocatedBytes: Math.ceil(guest.lengthBytes / 4096) * 4096, files: null, digest: guest.digest, packages: {} });
  }
  const [name = '', version = ''] = kernel.from.split(' ');
  parts.push({ name: `Linux ${kernel.release}`, storey: 'guest-kernel', lengthBytes: kernel.lengthBytes, allocatedBytes: kernel.allocatedBytes, files: null, digest: kernel.digest, packages: { [name]: version } });
  return shared(parts);
}

function shared(parts: readonly Omit<ImagePart, 'share'>[]): ImagePart[] {
  const all = sumOf(parts, ({ allocatedBytes }) => allocatedBytes);
  return parts.map((part) => ({ ...part, share: all === 0 ? 0 : part.allocatedBytes / all }));
}

/** What lies on the disk of vm-full. */
export function diskParts(manifest: DiskManifest): ImagePart[] {
  const items = fullDiskItems(manifest, { lengthBytes: 0, allocatedBytes: 0 }).filter((item) => item.shared);
  return shared(items.map(({ name, storey, lengthBytes, allocatedBytes }, index) => {
    const part = manifest.parts[index];
    return { name: name.replace(/ \(on the disk\)| of the disk$/, ''), storey, lengthBytes, allocatedBytes, files: part?.files ?? null, digest: '', packages: part?.packages ?? {} };
  }));
}

/** One line of `tare image list`. */
export interface ListedImage {
  readonly name: string;
  readonly built: boolean;
  /** Why it cannot be used although something is there; null when it is whole or not built. */
  readonly damage: string | null;
  readonly digest: string | null;
  readonly layers: readonly { readonly name: string; readonly digest: string | null }[];
  /** Sums over the layers; null when it is not built. */
  readonly lengthBytes: number | null;
  readonly allocatedBytes: number | null;
}

export function sumOf<T>(of: readonly T[], value: (each: T) => number): number {
  return of.reduce((sum, each) => sum + value(each), 0);
}
