/**
 * Where a box of a peer keeps its things: two directories that bear the launcher's PID, so that `tare clean` can
 * tell whose they are.
 */
import { cpSync, mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Image } from '../image/image.ts';

/** Sockets, configurations, what tools remember: gone with the next boot. */
export const STATE_PARENT = '/run';
/** The root file system: on a disk, as the image's layers are, and not in memory that would be weighed. */
export const ROOT_PARENT = '/var/tmp';

export interface Place {
  readonly state: string;
  readonly root: string;
}

/** The image's layers, copied one over the other. */
export function flatten(image: Image, root: string): void {
  mkdirSync(root, { recursive: true });
  for (const layer of image.layers) cpSync(layer.directory, root, { recursive: true, verbatimSymlinks: true, force: true });
}

/** @param boxName `tare-<launcher's PID>` */
export function makePlace(boxName: string, image: Image): Place {
  removePlace(boxName); // the launcher that had this PID is gone: ours has it
  const state = join(STATE_PARENT, boxName);
  mkdirSync(state, { mode: 0o700 });
  mkdirSync(join(ROOT_PARENT, boxName), { mode: 0o700 });
  const root = join(ROOT_PARENT, boxName, 'root');
  flatten(image, root);
  return { state, root };
}

export function removePlace(boxName: string): void {
  for (const parent of [STATE_PARENT, ROOT_PARENT]) rmSync(join(parent, boxName), { recursive: true, force: true });
}
