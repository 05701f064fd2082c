/** Telling a container's processes from those of the tool that runs it. Source: proc(5), cgroups(7). */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { pssBytes } from '../memory.ts';
import type { HelperReading } from '../runtime.ts';

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return ''; // it has ended
  }
}

function programOf(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '');
  } catch {
    return '';
  }
}

/** crun runs from a copy of itself that has no path any more: it is known by what the kernel calls it. */
function nameOf(pid: number): string {
  return basename(programOf(pid)) || read(`/proc/${pid}/comm`).trim();
}

export function allProcesses(): number[] {
  return readdirSync('/proc').filter((name) => /^\d+$/.test(name)).map(Number);
}

/** Processes in a cgroup and in those below it. */
export function members(directory: string): number[] {
  const own = read(`${directory}/cgroup.procs`).split('\n').filter(Boolean).map(Number);
  let below: string[] = [];
  try {
    below = readdirSync(directory, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map(({ name }) => name);
  } catch {
    return own; // removed meanwhile
  }
  return [...own, ...below.flatMap((name) => members(`${directory}/${name}`))];
}

/** Whose command lines hold one of the words. Not this very process. */
export function namedAfter(words: readonly string[]): number[] {
  return allProcesses().filter((pid) => pid !== process.pid && words.some((word) => read(`/proc/${pid}/cmdline`).includes(word)));
}

export interface Sorted {
  readonly container: readonly number[];
  readonly helpers: readonly number[];
}

/**
 * @param cgroup of the container; a tool without cgroups is in the same as its container, and told by its program
 * @param words by which the tool's processes are known
 */
export function sortProcesses(cgroup: string | null, words: readonly string[], program: string): Sorted {
  const inside = cgroup === null ? [] : members(cgroup);
  const named = namedAfter(words);
  const tool = inside.filter((pid) => programOf(pid) === program || named.includes(pid));
  return {
    container: inside.filter((pid) => !tool.includes(pid)),
    helpers: [...new Set([...tool, ...named.filter((pid) => !inside.includes(pid))])],
  };
}

export function weighHelpers(pids: readonly number[]): HelperReading {
  const known = pids.map((pid) => ({ name: nameOf(pid), pss: pssBytes(pid) })).filter(({ name }) => name !== '');
  return { pssBytes: known.reduce((sum, { pss }) => sum + pss, 0), processes: known.length, names: [...new Set(known.map(({ name }) => name))].sort() };
}

/** Who listens on a Unix socket. systemd may hold it too, to start the daemon: it is not counted. Source: proc(5) on net/unix. */
export function listeners(socket: string): number[] {
  const inodes = new Set(read('/proc/net/unix').split('\n').map((line) => line.trim().split(/\s+/)).filter((words) => words[7] === socket).map((words) => `socket:[${words[6] ?? ''}]`));
  return allProcesses().filter((pid) => {
    if (basename(programOf(pid)) === 'systemd') return false;
    try {
      return readdirSync(`/proc/${pid}/fd`).some((file) => {
        try {
          return inodes.has(readlinkSync(`/proc/${pid}/fd/${file}`));
        } catch {
          return false;
        }
      });
    } catch {
      return false;
    }
  });
}

/** Kills them outright; those that have ended meanwhile are passed over. */
export function killAll(pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
  }
}
