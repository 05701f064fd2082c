/**
 * Cgroups of tools that make their own: in every hierarchy that the host has, not only in those that we use
 * ourselves.
 */
import { readFileSync } from 'node:fs';
import type { Step } from '../plan.ts';
import { ownCgroup } from '../steps.ts';

/** Mount points of all cgroup hierarchies, v1 and v2. Source: proc(5) on mountinfo. */
export function parseMounts(mountinfo: string): string[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [left, right] = line.split(' - ');
    const type = right?.split(' ')[0];
    const point = left?.split(' ')[4];
    return point !== undefined && (type === 'cgroup' || type === 'cgroup2') ? [point] : [];
  });
}

let known: readonly string[] | null = null;

/** This host's: they do not change while we run. */
export function cgroupMounts(): readonly string[] {
  return (known ??= parseMounts(readFileSync('/proc/self/mountinfo', 'utf8')));
}

/** The tool makes a cgroup of this path in every hierarchy: the launcher sees to it that none stays. */
export function ownEverywhere(path: string, tool: string): Step[] {
  return cgroupMounts().map((mount) => ownCgroup(`${mount}/${path}`, `made and removed by ${tool}; should that be killed, it is removed all the same`));
}
