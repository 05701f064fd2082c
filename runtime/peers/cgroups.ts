/**
 * Cgroups of tools that make their own: in every hierarchy that the host has, not only in those that we use
 * ourselves.
 */
import { existsSync, readdirSync, readFileSync, rmdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Controller } from '../cgroup/hierarchy.ts';
import { hierarchy } from '../instance.ts';
import type { Step } from '../plan.ts';
import { ownCgroup } from '../steps.ts';
import { killAll, members } from './processes.ts';

/** Mount points of all cgroup hierarchies, v1 and v2. Source: proc(5) on mountinfo. */
export function parseMounts(mountinfo: string): string[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [left, right] = line.split(' - ');
    const type = right?.split(' ')[0];
    const point = left?.split(' ')[4];
    return point !== undefined && (type === 'cgroup' || type === 'cgroup2') ? [point] : [];
  });
}

/** Where the v1 hierarchy without controllers of this name is mounted, or `null`. systemd has one. */
export function parseNamed(mountinfo: string, name: string): string | null {
  const line = mountinfo.split('\n').find((each) => (each.split(' - ')[1] ?? '').split(/[ ,]/).includes(`name=${name}`));
  return line?.split(' ')[4] ?? null;
}

export function namedHierarchy(name: string): string | null {
  return parseNamed(readFileSync('/proc/self/mountinfo', 'utf8'), name);
}

let known: readonly string[] | null = null;

/** This host's: they do not change while we run. */
export function cgroupMounts(): readonly string[] {
  return (known ??= parseMounts(readFileSync('/proc/self/mountinfo', 'utf8')));
}

/** The cgroup with CONTROLLER that a process is in, as a directory of the host's; `null` for one that has ended. Source: cgroups(7). */
export function cgroupOf(pid: number, controller: Controller): string | null {
  const place = hierarchy().controllers.get(controller);
  if (place === undefined || pid <= 0) return null;
  try {
    const lines = readFileSync(`/proc/${pid}/cgroup`, 'utf8').split('\n').map((line) => line.split(':'));
    const line = lines.find(([, controllers = '']) => (place.version === 2 ? controllers === '' : controllers.split(',').includes(controller)));
    return line === undefined ? null : `${place.mount}${line.slice(2).join(':')}`;
  } catch {
    return null;
  }
}

/** The tool makes a cgroup of this path in every hierarchy: the launcher sees to it that none stays. */
export function ownEverywhere(path: string, tool: string): Step[] {
  return cgroupMounts().map((mount) => ownCgroup(`${mount}/${path}`, `made and removed by ${tool}; should that be killed, it is removed all the same`));
}

/** Removes a cgroup with those below it, the deepest first. What is in them is killed. */
async function removeCgroupTree(path: string): Promise<void> {
  for (let tries = 0; existsSync(path); tries++) {
    killAll(members(path));
    try {
      for (const each of readdirSync(path, { withFileTypes: true })) if (each.isDirectory()) await removeCgroupTree(`${path}/${each.name}`);
      rmdirSync(path);
    } catch (error) {
      // A cgroup is busy for a moment after its last process has gone.
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
      if ((error as NodeJS.ErrnoException).code !== 'EBUSY' || tries >= 100) throw error;
      await sleep(20);
    }
  }
}

/** Removes the cgroup of this path from every hierarchy that has it. */
export async function removeEverywhere(path: string): Promise<void> {
  for (const mount of cgroupMounts()) await removeCgroupTree(`${mount}/${path}`);
}
