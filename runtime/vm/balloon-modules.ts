/** The initramfs of a machine with a balloon: the image's own, and behind it the modules that only such a machine needs. */
import { readFileSync } from 'node:fs';
import type { Image } from '../image/image.ts';
import { longerInitramfs } from './command/initramfs.ts';

/** What cannot be measured of a machine whose balloon, if it has one, is not blown up from here. */
export const WITHOUT_BALLOON: Readonly<Record<string, string>> = Object.fromEntries(['inflated', 'deflated'].map((name) => [`reclaim.${name}`, 'the host does not ask it for memory: vm-micro-balloon is asked']));

/** @throws {TareError} `no-space` or `host` when the initramfs cannot be written */
export function withBalloonModules(image: Image): { readonly image: Image; readonly release: () => void } {
  if (image.guest?.apart !== true) return { image, release: () => undefined };
  const longer = longerInitramfs(image.initramfs, readFileSync(image.guest.cpio), 'a machine with a balloon');
  return { image: { ...image, initramfs: longer.path }, release: () => longer.close() };
}
