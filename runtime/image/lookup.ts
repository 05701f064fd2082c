/** Finding programs, on the host and in an image's layers. */
import { accessSync, constants, lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { TareError } from '../errors.ts';
import type { Image } from './image.ts';
import { rebuild } from './store.ts';

/** The PATH that a command inside an image gets, as Docker's default has it. */
export const IMAGE_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** As execvp(3) finds it: a name with a slash is a path. */
export function findInPath(name: string, path: string): string | null {
  if (name.includes('/')) return name;
  return path.split(':').map((directory) => join(directory, name)).find(isProgram) ?? null;
}

function layersTopFirst(image: Image): readonly string[] {
  return image.layers.map((layer) => layer.directory).reverse();
}

/** Whether some layer has the path; a link counts, wherever it leads. */
function inImage(image: Image, path: string): string | null {
  for (const directory of layersTopFirst(image)) {
    const place = join(directory, path);
    try {
      lstatSync(place);
      return place;
    } catch {
      // not in this layer
    }
  }
  return null;
}

/**
 * Where a file of the image lies on the host.
 * @throws {TareError} `missing-file`
 */
export function hostPathOf(image: Image, path: string): string {
  const place = inImage(image, path);
  if (place === null) throw new TareError('missing-file', `image ${image.name} has no ${path}`, rebuild(image.name));
  return place;
}

/**
 * The absolute path, inside the image, of a command. One with a slash is taken as it is.
 * @throws {TareError} `missing-program` when no directory of the image's PATH has it
 */
export function findInImage(image: Image, name: string): string {
  if (name.includes('/')) return name;
  const found = IMAGE_PATH.split(':').map((directory) => join(directory, name)).find((path) => inImage(image, path) !== null);
  if (found !== undefined) return found;
  throw new TareError('missing-program', `no command "${name}" in image ${image.name} (looked in ${IMAGE_PATH})`, 'tare run container -- ls /bin /usr/bin shows what it has');
}
