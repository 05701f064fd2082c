/**
 * Devices. Every container has the same few; there is no way to lend it another. What engines write about them
 * (deny all, allow the few) says what is so anyhow: a container has no nodes of the host's devices, and mounts
 * that can hold nodes do not open them. Source: config-linux.md#devices, #allowed-device-list.
 */
import type { OciLinux, OciResources } from './config.ts';
import { refusal } from './refusal.ts';

/** Source: config-linux.md#default-devices. */
const NODES: Readonly<Record<string, string>> = {
  '/dev/null': '1:3',
  '/dev/zero': '1:5',
  '/dev/full': '1:7',
  '/dev/random': '1:8',
  '/dev/urandom': '1:9',
  '/dev/tty': '5:0',
};

/** The nodes above; console, ptmx and the terminals of devpts. */
const ALLOWED: readonly string[] = [...Object.values(NODES), '5:1', '5:2', '136:-1'];

const REMEDY = `leave it out: a container has ${Object.keys(NODES).join(', ')} and no other device`;

/** @throws {TareError} `bad-file` for a node that a container does not have anyhow */
export function checkNodes(devices: NonNullable<OciLinux['devices']>): void {
  devices.forEach((device, index) => {
    const { path, type, major, minor, fileMode = 0o666, uid = 0, gid = 0 } = device;
    const usual = Object.hasOwn(NODES, path) && NODES[path] === `${major}:${minor}` && (type === 'c' || type === 'u') && fileMode === 0o666 && uid === 0 && gid === 0;
    if (!usual) throw refusal(`linux.devices[${index}]`, device, 'is no device that containers have, or not as they have it', REMEDY);
  });
}

/** @throws {TareError} `bad-file` for permission to use a device that a container does not have */
export function checkRules(rules: NonNullable<OciResources['devices']>): void {
  rules.forEach((rule, index) => {
    const { allow, type, major = -1, minor = -1, access = 'rwm' } = rule;
    // A node that cannot be opened may well be made: archives are unpacked with them.
    if (!allow || access === 'm') return;
    if (type === 'c' && ALLOWED.includes(`${major}:${minor}`)) return;
    throw refusal(`linux.resources.devices[${index}]`, rule, 'allows devices that a container does not have', REMEDY);
  });
}
