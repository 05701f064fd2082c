/**
 * Whether anything of an image has been touched since it was last read whole, without reading it: what git's index
 * does. Every write, and every change of mode or owner, gives a file a new time of change, which nobody can set back.
 * What a disk loses by itself is not seen: `tare image inspect --verify` reads every byte.
 */
import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Image } from './image.ts';

const FILE = 'verified.json';

/** sha256 over name, place, length, mode, owner and times of everything that is in the image. */
export function fingerprint(image: Image): string {
  const hash = createHash('sha256');
  const add = (path: string): boolean => {
    const { ino, size, mode, uid, gid, mtimeNs, ctimeNs } = lstatSync(path, { bigint: true });
    hash.update(`${path}\0${ino} ${size} ${mode} ${uid} ${gid} ${mtimeNs} ${ctimeNs}\0`);
    return (mode & 0o170000n) === 0o040000n;
  };
  const walk = (path: string): void => {
    if (add(path)) for (const name of readdirSync(path).sort()) walk(`${path}/${name}`);
  };
  for (const layer of image.layers) {
    walk(layer.directory);
    add(layer.cpio);
  }
  add(image.initramfs);
  add(image.kernel.vmlinux);
  if (image.guest !== undefined) add(image.guest.cpio);
  return hash.digest('hex');
}

function fileOf(image: Image): string {
  return join(image.mountpoint, '..', FILE);
}

/** The fingerprint that it had when it was found to be whole; null when that never was, or is of another image. */
export function rememberedFingerprint(image: Image): string | null {
  try {
    const found = JSON.parse(readFileSync(fileOf(image), 'utf8')) as { digest?: unknown; fingerprint?: unknown };
    return found.digest === image.digest && typeof found.fingerprint === 'string' ? found.fingerprint : null;
  } catch {
    return null; // it is made anew
  }
}

/** To be called when every byte has been compared. Where the image belongs to another user it is not remembered. */
export function rememberFingerprint(image: Image, found: string): void {
  const partial = `${fileOf(image)}.${process.pid}`;
  try {
    writeFileSync(partial, JSON.stringify({ digest: image.digest, fingerprint: found }));
    renameSync(partial, fileOf(image));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? '';
    if (!['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'EDQUOT'].includes(code)) throw error;
  }
}
