/** What an image consists of on the host's disk, part by part, with the share of each. Plain data. */
import type { Image, Storey } from '../../runtime/image/image.ts';

export interface ImagePart {
  readonly name: string;
  readonly storey: Storey;
  readonly lengthBytes: number;
  readonly allocatedBytes: number;
  /** Of the parts' allocated bytes together, 0 to 1. */
  readonly share: number;
  /** Files, directories and links; null for what is one file. */
  readonly files: number | null;
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
  const all = parts.reduce((sum, { allocatedBytes }) => sum + allocatedBytes, 0);
  return parts.map((part) => ({ ...part, share: all === 0 ? 0 : part.allocatedBytes / all }));
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
