import type { Image } from '../../runtime/image/image.ts';
import type { ImageEntry } from './schema.ts';

/** The image as the result document records it: digests and sizes, and none of this host's paths. */
export function imageEntry(image: Image): ImageEntry {
  const { name, digest, recipeDigest, layers, kernel, provision } = image;
  return {
    name,
    digest,
    recipeDigest,
    layers: layers.map(({ name, storey, digest, lengthBytes, allocatedBytes, files }) => ({ name, storey, digest, lengthBytes, allocatedBytes, files })),
    kernel: { release: kernel.release, digest: kernel.digest, from: kernel.from, lengthBytes: kernel.lengthBytes, allocatedBytes: kernel.allocatedBytes },
    provision: { builtAt: provision.builtAt, milliseconds: provision.milliseconds, steps: provision.steps.map(({ name, milliseconds }) => ({ name, milliseconds })) },
  };
}
