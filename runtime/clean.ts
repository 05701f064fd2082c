/**
 * `tare clean`: whatever a crash left. Normally the launcher has removed everything by itself; only when it
 * was killed outright do its cgroups stay, empty or with what the kernel has not yet ended. What tools of other
 * people leave is in peers/leftovers.ts.
 *
 * Everything of an instance is named `tare-<launcher's PID>-<number>`; it is a leftover when no launcher with
 * that PID lives and none of its processes descends from one. What belongs to a running tare is never touched.
 */
import { readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { cgroupMounts } from './peers/cgroups.ts';
import { removePeersLeftovers } from './peers/leftovers.ts';
import { killAll, members } from './peers/processes.ts';
import { RUN_DIRECTORY } from './vm/qmp/socket.ts';

const NAME = /^tare-(\d+)-\d+$/;

export interface Leftover {
  readonly path: string;
  /** Processes found in it, which were killed. */
  readonly killed: readonly number[];
  readonly removed: boolean;
  /** Why it could not be removed. */
  readonly reason: string | null;
}

/** Whether PID is a launcher that runs. A number that another program has got meanwhile is none. */
function launcherLives(pid: number): boolean {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return /^Name:\ttare-launcher$/m.test(status) && !/^State:\tZ/m.test(status); // one that nobody has reaped yet is dead
  } catch {
    return false;
  }
}

function list(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

/** With those below it: tools of other people make some. */
function removeDirectories(cgroup: string): void {
  for (const each of readdirSync(cgroup, { withFileTypes: true })) if (each.isDirectory()) removeDirectories(`${cgroup}/${each.name}`);
  rmdirSync(cgroup);
}

async function removeCgroup(path: string): Promise<Leftover> {
  const killed = new Set<number>();
  let reason = '';
  // Killed processes need a moment to go, and their cgroup another.
  for (let tries = 0; tries < 100; tries++) {
    const inside = members(path);
    for (const pid of inside) killed.add(pid);
    killAll(inside);
    try {
      removeDirectories(path);
      return { path, killed: [...killed], removed: true, reason: null };
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return { path, killed: [...killed], removed: true, reason: null };
      reason = (error as Error).message;
      if (code !== 'EBUSY') break;
    }
    await sleep(20);
  }
  return { path, killed: [...killed], removed: false, reason };
}

/** Of a virtual machine whose cgroup has been removed: its socket. */
function removeDirectory(path: string): Leftover {
  try {
    rmSync(path, { recursive: true, force: true });
    return { path, killed: [], removed: true, reason: null };
  } catch (error) {
    return { path, killed: [], removed: false, reason: (error as Error).message };
  }
}

function parentOf(pid: number): number {
  try {
    return Number(/^PPid:\t(\d+)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

/**
 * Whether a process descends from a launcher that runs. One in a PID namespace of its own (a tare inside some
 * other container) has another number there than here, so its name alone does not find it.
 */
function hasLauncher(pid: number): boolean {
  for (let ancestor = parentOf(pid); ancestor > 1; ancestor = parentOf(ancestor)) if (launcherLives(ancestor)) return true;
  return false;
}

/** What no living launcher accounts for. */
export function findLeftovers(): string[] {
  // Cgroups first: once nothing runs in those, sockets.
  return [...cgroupMounts(), RUN_DIRECTORY].flatMap((root) =>
    list(root).flatMap((name) => {
      const pid = NAME.exec(name)?.[1];
      const path = `${root}/${name}`;
      return pid === undefined || launcherLives(Number(pid)) || members(path).some(hasLauncher) ? [] : [path];
    }),
  );
}

/** Kills and removes what an earlier crash left. */
export async function clean(): Promise<Leftover[]> {
  const results: Leftover[] = await removePeersLeftovers(launcherLives);
  for (const path of findLeftovers()) results.push(path.startsWith(`${RUN_DIRECTORY}/`) ? removeDirectory(path) : await removeCgroup(path));
  return results;
}
