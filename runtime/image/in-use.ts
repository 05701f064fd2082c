/**
 * Who uses what was built: every process that has loaded an image, a disk or a snapshot keeps the list of it open until
 * the process ends, and the kernel shows who has what open. However a process ends, it uses nothing afterwards.
 */
import { closeSync, openSync, readdirSync, readlinkSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

const open = new Map<string, number>();

/** Says that this process uses what lies in FOLDER, from now on. */
export function use(folder: string): void {
  const before = open.get(folder);
  // Opened anew each time: it may have been built anew meanwhile.
  open.set(folder, openSync(join(folder, 'manifest.json'), 'r'));
  if (before !== undefined) closeSync(before);
}

/** Other processes that use what lies in FOLDER. As an ordinary user one sees one's own alone. */
export function usersOf(folder: string): readonly number[] {
  return usersAmong([folder]).get(folder) ?? [];
}

/** The same of many folders, with one look at all processes. */
export function usersAmong(folders: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const found = new Map<string, Set<number>>(folders.map((folder) => [folder, new Set()]));
  const real = folders.map((folder) => [folder, `${realPath(folder)}/`] as const);
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid) || pid === process.pid) continue;
    for (const path of openFiles(pid)) for (const [folder, prefix] of real) if (path.startsWith(prefix)) found.get(folder)?.add(pid);
  }
  return new Map([...found].map(([folder, pids]) => [folder, [...pids].sort((a, b) => a - b)]));
}

function realPath(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function openFiles(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/fd`).flatMap((descriptor) => {
      try {
        return [readlinkSync(`/proc/${pid}/fd/${descriptor}`)];
      } catch {
        return []; // closed meanwhile
      }
    });
  } catch {
    return []; // ended meanwhile, or another user's
  }
}
