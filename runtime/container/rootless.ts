/**
 * Containers without root: a user namespace in which the caller's own id is root. What then is not to be had: limits
 * (cgroups belong to root), device nodes (the host's own are lent), and any other user inside.
 */
import { readFileSync } from 'node:fs';
import type { Availability } from '../runtime.ts';
import { ownIds } from './ids.ts';
import type { ContainerSpec } from './spec.ts';

/** Switches by which distributions forbid user namespaces to those who are not root; the value that forbids. */
const SWITCHES = [
  { file: '/proc/sys/kernel/unprivileged_userns_clone', forbids: '0', allow: 'sysctl kernel.unprivileged_userns_clone=1' },
  { file: '/proc/sys/user/max_user_namespaces', forbids: '0', allow: 'sysctl user.max_user_namespaces=10000' },
  { file: '/proc/sys/kernel/apparmor_restrict_unprivileged_userns', forbids: '1', allow: 'sysctl kernel.apparmor_restrict_unprivileged_userns=0' },
] as const;

/** @param read content of a file, or null where the kernel has no such switch; injected for recorded hosts */
export function rootlessAvailability(read: (file: string) => string | null = readOrNull): Availability {
  const closed = SWITCHES.find(({ file, forbids }) => read(file)?.trim() === forbids);
  if (closed === undefined) return { state: 'available' };
  return {
    state: 'unavailable',
    reason: `this host gives user namespaces to root alone (${closed.file} is ${closed.forbids}), and this is uid ${process.getuid?.()}`,
    remedy: `run it with sudo, or allow it: sudo ${closed.allow}`,
  };
}

function readOrNull(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}

/** The same container for a caller without root. */
export function rootless(spec: ContainerSpec): ContainerSpec {
  return {
    ...spec,
    namespaces: ['user', ...spec.namespaces],
    idMaps: ownIds(process.getuid?.() ?? 0, process.getgid?.() ?? 0),
    limits: null,
  };
}
