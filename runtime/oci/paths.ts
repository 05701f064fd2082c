/**
 * Paths that a bundle names. A relative one is the bundle's own and must stay inside it, links followed; an
 * absolute one is the host's, and whoever wrote it meant it: OCI permits both.
 */
import { lstatSync, readlinkSync, realpathSync } from 'node:fs';
import { dirname, isAbsolute, join, posix, relative, resolve } from 'node:path';
import { kindOf, type Kind } from './host.ts';
import { refusal } from './refusal.ts';

/**
 * The host's real path of a file or directory that a bundle names.
 * @param bundle absolute
 * @throws {TareError} `bad-file` when it is missing or leads out of the bundle
 */
export function hostPath(bundle: string, path: string, place: string): string {
  const given = resolve(bundle, path);
  const inside = (from: string, to: string): boolean => to === from || !/^\.\.(\/|$)/.test(relative(from, to));
  const leadsOut = (how: string): Error => refusal(place, path, `leads out of the bundle ${how}`, 'name a place inside the bundle, or an absolute path');
  if (!isAbsolute(path) && !inside(resolve(bundle), given)) throw leadsOut('by ..');
  const real = realPath(given, path, place);
  if (!isAbsolute(path) && !inside(realpathSync(bundle), real)) throw leadsOut(`through a symbolic link, to ${real}`);
  return real;
}

function realPath(given: string, path: string, place: string): string {
  try {
    return realpathSync(given);
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw refusal(place, path, code === 'ENOENT' ? `there is no ${given}` : `cannot reach ${given}: ${code}`, 'name a place that exists: relative to the bundle, or absolute');
  }
}

/**
 * A path inside the container, without needless slashes.
 * @throws {TareError} `bad-file`
 */
export function insidePath(path: string, place: string): string {
  if (!path.startsWith('/')) throw refusal(place, path, 'is not absolute', 'begin it with / : the container’s root');
  if (path.split('/').includes('..')) throw refusal(place, path, 'has .. in it', 'write the path that is meant');
  const normal = posix.normalize(path);
  return normal.length > 1 ? normal.replace(/\/$/, '') : normal;
}

/** As many symbolic links as the kernel follows. Source: path_resolution(7). */
const MOST_LINKS = 40;

/** What lies at a path inside ROOT, where a link leads to a place inside it, as it will for the container. */
export function kindInRoot(root: string, path: string): Kind | null {
  const todo = path.split('/').filter(Boolean);
  let at = '/';
  let links = 0;
  for (let part = todo.shift(); part !== undefined; part = todo.shift()) {
    if (part === '.') continue;
    if (part === '..') {
      at = dirname(at);
      continue;
    }
    const here = join(at, part);
    const status = lstatSync(join(root, here), { throwIfNoEntry: false });
    if (status === undefined) return null;
    if (!status.isSymbolicLink()) {
      if (todo.length > 0 && !status.isDirectory()) return null;
      at = here;
      continue;
    }
    links += 1;
    if (links > MOST_LINKS) return null;
    const target = readlinkSync(join(root, here));
    if (isAbsolute(target)) at = '/';
    todo.unshift(...target.split('/').filter(Boolean));
  }
  return kindOf(join(root, at));
}
