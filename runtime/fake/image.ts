import type { Image } from '../image/image.ts';

const MEBIBYTE = 2 ** 20;

/** An image of which nothing exists: for runtimes that play a script. */
export function fakeImage(): Image {
  return {
    name: 'scripted',
    digest: 'a'.repeat(64),
    recipeDigest: 'b'.repeat(64),
    layers: [
      { name: 'base', storey: 'base', directory: '/nonexistent/base', cpio: '/nonexistent/base.cpio', digest: 'c'.repeat(64), lengthBytes: 2 * MEBIBYTE, allocatedBytes: 2 * MEBIBYTE, files: 12 },
      { name: 'app', storey: 'app', directory: '/nonexistent/app', cpio: '/nonexistent/app.cpio', digest: 'd'.repeat(64), lengthBytes: 16_000, allocatedBytes: 16_384, files: 1 },
    ],
    workload: '/workload',
    mountpoint: '/nonexistent/mountpoint',
    kernel: { vmlinux: '/nonexistent/vmlinux', release: '6.1.0-scripted', digest: 'e'.repeat(64), lengthBytes: 50 * MEBIBYTE, allocatedBytes: 50 * MEBIBYTE, from: 'scripted 1.0' },
    initramfs: '/nonexistent/initramfs',
    provision: { builtAt: '2024-01-01T00:00:00.000Z', milliseconds: 1000, steps: [{ name: 'scripted', milliseconds: 1000 }] },
  };
}
