/** The options of `tare run container` that Docker's users know, as changes to a container's spec. */
import { readFileSync } from 'node:fs';
import type { Argv } from 'yargs';
import { CAPABILITIES, findCapability, heldCapabilities, KEPT } from '../../runtime/container/capabilities.ts';
import { defaultFilter, rootCapabilities } from '../../runtime/container/defaults.ts';
import { SHIFTED } from '../../runtime/container/ids.ts';
import { PART_NAMES, type PartName, without } from '../../runtime/container/parts.ts';
import type { ContainerSpec } from '../../runtime/container/spec.ts';
import { TareError } from '../../runtime/errors.ts';
import type { Image } from '../../runtime/image/image.ts';
import { chosenNames, suggestion } from '../suggest.ts';
import { limitsFrom, rlimitFrom } from './limits.ts';
import { mountFrom } from './mounts.ts';
import { filterFrom } from './seccomp.ts';
import { userFrom } from './users.ts';

export interface ContainerOptions {
  'cap-add'?: string[] | undefined;
  'cap-drop'?: string[] | undefined;
  user?: string | undefined;
  hostname?: string | undefined;
  'read-only'?: boolean | undefined;
  mount?: string[] | undefined;
  env?: string[] | undefined;
  workdir?: string | undefined;
  network?: 'none' | 'host' | 'veth' | undefined;
  seccomp?: string | undefined;
  ulimit?: string[] | undefined;
  userns?: boolean | undefined;
  'selinux-label'?: string | undefined;
  'selinux-mount-label'?: string | undefined;
  apparmor?: string | undefined;
  sysctl?: string[] | undefined;
  'memory-swap'?: string | undefined;
  'cpuset-cpus'?: string | undefined;
  'cpu-weight'?: string | undefined;
  pids?: string | undefined;
  io?: string[] | undefined;
  without?: string[] | undefined;
  stats?: boolean | undefined;
}

const GROUP = 'Of a container:';

const OPTIONS = {
  'cap-add': { type: 'string', array: true, describe: 'keep one more capability (NET_ADMIN), or ALL' },
  'cap-drop': { type: 'string', array: true, describe: 'drop one of the fourteen that are kept, or ALL' },
  user: { type: 'string', alias: 'u', describe: 'run as NAME, UID or UID:GID of the image' },
  hostname: { type: 'string', describe: 'its host name (default: tare)' },
  'read-only': { type: 'boolean', describe: 'nothing in its root can be changed' },
  mount: { type: 'string', array: true, describe: 'type=bind,source=/dir,target=/dir[,readonly] or type=tmpfs,target=/dir[,size=64M]' },
  env: { type: 'string', array: true, alias: 'e', describe: 'NAME=value, or NAME to hand on this shell’s' },
  workdir: { type: 'string', alias: 'w', describe: 'working directory, absolute' },
  network: { choices: ['none', 'host', 'veth'], describe: 'none: loopback alone (default); veth: a cable to the host; host: the host’s own' },
  seccomp: { type: 'string', describe: 'default, unconfined, or a file with an OCI seccomp object' },
  ulimit: { type: 'string', array: true, describe: 'nofile=1024:2048, core=0, nproc=unlimited' },
  userns: { type: 'boolean', describe: 'a user namespace: its root is uid 100000 outside' },
  'selinux-label': { type: 'string', describe: 'label of its processes, where the host has SELinux' },
  'selinux-mount-label': { type: 'string', describe: 'label of its files' },
  apparmor: { type: 'string', describe: 'profile, where the host has AppArmor' },
  sysctl: { type: 'string', array: true, describe: 'net.ipv4.ip_forward=1: a kernel setting of its namespaces' },
  'memory-swap': { type: 'string', describe: 'how much of its memory may be swapped out: 0, 64M' },
  'cpuset-cpus': { type: 'string', describe: 'processors it may run on: 0-3,6' },
  'cpu-weight': { type: 'string', describe: 'share when processors are short, 1 to 10000 (others have 100)' },
  pids: { type: 'string', describe: 'processes it may have (default: 1024)' },
  io: { type: 'string', array: true, describe: '/dev/sda:write=1M, bytes a second (read, write) or operations (reads, writes)' },
  stats: { type: 'boolean', describe: 'say at its end what it has used' },
  without: { type: 'string', array: true, describe: `leave parts of the box out: ${PART_NAMES.join(', ')}` },
} as const;

/** Every option here, so that one given for a machine or a process can be refused. */
export const CONTAINER_OPTION_NAMES = Object.keys(OPTIONS) as (keyof ContainerOptions)[];

export function containerOptions<T>(yargs: Argv<T>): Argv<T & ContainerOptions> {
  for (const [name, option] of Object.entries(OPTIONS)) yargs.option(name, { ...option, group: GROUP, ...('array' in option ? { nargs: 1 } : {}) });
  return yargs as Argv<T & ContainerOptions>;
}

type Change = (spec: ContainerSpec) => ContainerSpec;

/** Numbers of the capabilities that are named; `null` for ALL. */
function capabilityNumbers(option: string, names: readonly string[]): { readonly all: boolean; readonly numbers: readonly number[] } {
  const words = names.flatMap((each) => each.split(','));
  const numbers = words.filter((name) => name.toUpperCase() !== 'ALL').map((name) => {
    const found = findCapability(name);
    if (found === undefined) throw new TareError('usage', `--${option}: there is no capability "${name}"`, suggestion(name.toUpperCase().replace(/^CAP_/, ''), CAPABILITIES.map((each) => each.name.slice(4))));
    return found.number;
  });
  return { all: words.some((name) => name.toUpperCase() === 'ALL'), numbers };
}

/**
 * As Docker has it: ALL in one of the two lists is the base that the other changes. ALL are those there are to give.
 * @param held numbers of those that this host gives to root
 */
function capabilityChange(given: ContainerOptions, held: readonly number[]): Change {
  const added = capabilityNumbers('cap-add', given['cap-add'] ?? []);
  const dropped = capabilityNumbers('cap-drop', given['cap-drop'] ?? []);
  const missing = added.numbers.find((number) => !held.includes(number));
  if (missing !== undefined) throw new TareError('usage', `--cap-add: this host's root has no ${CAPABILITIES[missing]?.name ?? missing} to give`, 'leave it out, or run tare where root has it: grep CapBnd /proc/self/status');
  const base = dropped.all ? [] : (added.all ? held : KEPT.map(({ number }) => number)).filter((number) => !dropped.numbers.includes(number));
  const kept = [...new Set([...base, ...(dropped.all && added.all ? held : []), ...added.numbers])].sort((a, b) => a - b);
  return (spec) => ({ ...spec, capabilities: rootCapabilities(kept), seccomp: spec.seccomp === null ? null : defaultFilter(kept) });
}

function namedValues(option: string, given: readonly string[]): [string, string][] {
  return given.map((text) => {
    const at = text.indexOf('=');
    if (at <= 0) throw new TareError('usage', `--${option}: "${text}" is no NAME=value`, `for example: --${option} ${option === 'env' ? 'LANG=C' : 'net.ipv4.ip_forward=1'}`);
    return [text.slice(0, at), text.slice(at + 1)];
  });
}

function environmentChange(given: readonly string[]): Change {
  const entries = given.map((text) => {
    if (text.includes('=')) return namedValues('env', [text])[0] ?? [text, ''];
    if (process.env[text] === undefined) throw new TareError('usage', `--env: "${text}" is not set here`, `give its value: --env ${text}=…`);
    return [text, process.env[text] ?? ''] as const;
  });
  const names = new Set(entries.map(([name]) => name));
  return (spec) => ({ ...spec, environment: [...spec.environment.filter((each) => !names.has(each.split('=')[0] ?? '')), ...entries.map(([name, value]) => `${name}=${value}`)] });
}

const SYSCTL_NAMESPACE = [[/^net\./, 'net'], [/^kernel\.(shm|msg|sem)|^fs\.mqueue\./, 'ipc']] as const;

function sysctlChange(given: readonly string[], network: string | undefined): Change {
  const entries = namedValues('sysctl', given);
  for (const [name] of entries) {
    const belongs = /^[\w.-]+$/.test(name) ? SYSCTL_NAMESPACE.find(([pattern]) => pattern.test(name))?.[1] : undefined;
    if (belongs === undefined || (belongs === 'net' && network === 'host')) throw new TareError('usage', `--sysctl: "${name}" is a setting of the whole host`, 'only net.*, kernel.shm*, kernel.msg*, kernel.sem and fs.mqueue.* belong to a container’s namespaces');
  }
  return (spec) => ({ ...spec, sysctl: Object.fromEntries(entries) });
}

function networkChange(network: ContainerOptions['network']): Change {
  if (network === 'host') return (spec) => ({ ...spec, namespaces: spec.namespaces.filter((name) => name !== 'net') });
  return (spec) => ({ ...spec, network: network === 'veth' ? 'veth' : 'loopback' });
}

function hostnameChange(name: string): Change {
  if (!/^[A-Za-z0-9]([A-Za-z0-9.-]{0,62}[A-Za-z0-9])?$/.test(name)) throw new TareError('usage', `--hostname: "${name}" is no host name`, 'letters, digits, dots and hyphens, at most 64');
  return (spec) => ({ ...spec, hostname: name, environment: spec.environment.map((each) => (each.startsWith('HOSTNAME=') ? `HOSTNAME=${name}` : each)) });
}

function workdirChange(path: string): Change {
  if (!path.startsWith('/')) throw new TareError('usage', `--workdir: "${path}" is not absolute`, `for example: --workdir /${path}`);
  return (spec) => ({ ...spec, workdir: path });
}

/** Root without a user namespace; everybody else has one already, with the own id in it. */
function userNamespaceChange(): Change {
  return (spec) => (spec.namespaces.includes('user') ? spec : { ...spec, namespaces: ['user', ...spec.namespaces], idMaps: { uids: [SHIFTED], gids: [SHIFTED] } });
}

/** Who is not root holds none of the capabilities, unless a program that may gain them is run. */
function userChange(text: string, image: Image): Change {
  const user = userFrom(text, image);
  return (spec) => {
    const mapped = (spec.idMaps?.uids ?? [{ inside: 0, count: 2 ** 32 }]).some(({ inside, count }) => user.uid >= inside && user.uid < inside + count);
    if (!mapped) throw new TareError('usage', `--user: uid ${user.uid} is not mapped into the container's user namespace`, process.getuid?.() === 0 ? 'choose one from 0 to 65535' : 'without root there is but one user inside, root; run it with sudo for others');
    const capabilities = spec.capabilities === null || user.uid === 0 ? spec.capabilities : { ...spec.capabilities, effective: [], permitted: [] };
    return { ...spec, user, capabilities };
  };
}

function withoutChange(given: readonly string[]): Change {
  const names = chosenNames('without', given, PART_NAMES) as PartName[];
  return (spec) => without(spec, names);
}

/**
 * The container that was asked for.
 * @throws {TareError} `usage` naming the option, its value and what would be right
 */
export async function specFrom(given: ContainerOptions, base: ContainerSpec, image: Image): Promise<ContainerSpec> {
  const changes: Change[] = [
    capabilityChange(given, heldCapabilities(readFileSync('/proc/self/status', 'utf8'))),
    networkChange(given.network),
    limitsFrom(given),
    (spec) => ({ ...spec, mounts: [...spec.mounts, ...(given.mount ?? []).map(mountFrom)], rlimits: (given.ulimit ?? []).map(rlimitFrom) }),
    (spec) => ({ ...spec, selinux: { process: given['selinux-label'] ?? null, mount: given['selinux-mount-label'] ?? null }, apparmor: given.apparmor ?? null }),
    environmentChange(given.env ?? []),
    sysctlChange(given.sysctl ?? [], given.network),
  ];
  if (given['read-only'] === true) changes.push((spec) => ({ ...spec, readonlyRoot: true }));
  if (given.hostname !== undefined) changes.push(hostnameChange(given.hostname));
  if (given.workdir !== undefined) changes.push(workdirChange(given.workdir));
  if (given.userns === true) changes.push(userNamespaceChange());
  if (given.user !== undefined) changes.push(userChange(given.user, image));
  if (given.seccomp !== undefined && given.seccomp !== 'default') {
    const seccomp = await filterFrom(given.seccomp);
    changes.push((spec) => ({ ...spec, seccomp }));
  }
  if (given.without !== undefined) changes.push(withoutChange(given.without));
  const spec = changes.reduce((changed, change) => change(changed), base);
  if (given.network === 'veth' && spec.namespaces.includes('user')) {
    throw new TareError('usage', '--network veth: a container in a user namespace has no right to lay a cable to the host', process.getuid?.() === 0 ? 'leave out --userns' : 'run it with sudo, or use --network none');
  }
  return spec;
}
