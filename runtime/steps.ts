/**
 * Constructors of steps: the only place where a step's arguments are put in the order of the launcher's
 * signatures. Constants are the kernel's, from its user-space headers.
 */
import type { ErrorStream, Plan, Step, Stream } from './plan.ts';

/** Flags of clone(2) and unshare(2), by namespace. */
export const NAMESPACE = {
  mnt: 0x0002_0000,
  cgroup: 0x0200_0000,
  uts: 0x0400_0000,
  ipc: 0x0800_0000,
  user: 0x1000_0000,
  pid: 0x2000_0000,
  net: 0x4000_0000,
} as const;

/** Flags of mount(2). */
export const MS = {
  rdonly: 1,
  nosuid: 2,
  nodev: 4,
  noexec: 8,
  remount: 32,
  bind: 4096,
  rec: 16384,
  private: 1 << 18,
  strictatime: 1 << 24,
} as const;

export const MNT_DETACH = 2;

/** Type bits of a mode. */
export const S_IFCHR = 0o020000;
export const S_IFREG = 0o100000;

const STREAM: Record<ErrorStream, number> = { null: 0, inherit: 1, capture: 2, join: 3 };

export function flags(...bits: readonly number[]): number {
  return bits.reduce((all, bit) => all | bit, 0) >>> 0;
}

function step(op: Step['op'], args: Step['args'], label: string, why: string): Step {
  return { op, args, label, why };
}

/** The same step, for a path that not every kernel has. */
export function optional(of: Step): Step {
  return { ...of, optional: true };
}

/** The same step, for what may be there already. */
export function existing(of: Step): Step {
  return { ...of, existing: true };
}

/** @param streams.mark `true` for a new pipe, `inherit` for the launcher's own descriptor 3, `false` for none */
export function descriptors(streams: { stdin: 'null' | 'inherit'; stdout: Stream; stderr: ErrorStream; mark: boolean | 'inherit' }, why: string): Step {
  const mark = streams.mark === 'inherit' ? 1 : streams.mark ? 3 : 0;
  return step('descriptors', [STREAM[streams.stdin], STREAM[streams.stdout], STREAM[streams.stderr], mark], 'descriptors', why);
}

export function cgroupCreate(path: string, controller: string, why: string): Step {
  return step('cgroup-create', [path], `cgroup ${controller}`, why);
}

export function write(path: string, content: string, label: string, why: string): Step {
  return step('write', [path, content], label, why);
}

export function mkdir(path: string, mode: number, why: string, label = `mkdir ${path}`): Step {
  return step('mkdir', [path, mode], label, why);
}

/** Reads a file when the instance ends, before it is removed. */
export function collect(path: string, why: string): Step {
  return step('collect', [path], `collect ${path.slice(path.lastIndexOf('/') + 1)}`, why);
}

/** @param cgroup a v2 cgroup to be born in (CLONE_INTO_CGROUP), or '' */
export function clone(namespaces: readonly (keyof typeof NAMESPACE)[], cgroup: string, why: string): Step {
  return step('clone', [flags(...namespaces.map((name) => NAMESPACE[name])), cgroup], namespaces.length > 0 ? `clone ${namespaces.join(' ')}` : 'clone', why);
}

export function unshare(namespaces: readonly (keyof typeof NAMESPACE)[], why: string): Step {
  return step('unshare', [flags(...namespaces.map((name) => NAMESPACE[name]))], `unshare ${namespaces.join(' ')}`, why);
}

export function mount(source: string, target: string, type: string, mountFlags: number, data: string, why: string, label = `mount ${target}`): Step {
  return step('mount', [source, target, type, mountFlags, data], label, why);
}

export function umount(target: string, umountFlags: number, label: string, why: string): Step {
  return step('umount', [target, umountFlags], label, why);
}

/** A character device with its numbers packed as makedev(3) does for small ones. */
export function characterDevice(path: string, mode: number, major: number, minor: number, why: string): Step {
  return step('mknod', [path, S_IFCHR | mode, (major << 8) | minor], `mknod ${path}`, why);
}

/** An empty file, made as a mount's target; mknod(2) opens nothing, unlike creat(2). */
export function regularFile(path: string, mode: number, why: string): Step {
  return step('mknod', [path, S_IFREG | mode, 0], `touch ${path}`, why);
}

export function symlink(target: string, path: string, why: string): Step {
  return step('symlink', [target, path], `symlink ${path}`, why);
}

export function chdir(path: string, why: string): Step {
  return step('chdir', [path], `chdir ${path}`, why);
}

export function pivotRoot(path: string, why: string): Step {
  return step('pivot-root', [path], 'pivot_root', why);
}

export function hostname(name: string, why: string): Step {
  return step('hostname', [name], 'hostname', why);
}

export function linkUp(name: string, why: string): Step {
  return step('link-up', [name], `${name} up`, why);
}

export function setsid(why: string): Step {
  return step('setsid', [], 'setsid', why);
}

function capabilityMask(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + 2 ** number, 0);
}

/** @param kept capability numbers that may ever be regained, by a setuid program for one */
export function bounding(kept: readonly number[], why: string): Step {
  return step('bounding', [capabilityMask(kept)], 'bounding set', why);
}

/** Capability numbers by set. Source: capabilities(7). */
export function capabilities(sets: { effective: readonly number[]; permitted: readonly number[]; inheritable: readonly number[]; ambient: readonly number[] }, why: string): Step {
  return step('capabilities', [sets.effective, sets.permitted, sets.inheritable, sets.ambient].map(capabilityMask), 'capabilities', why);
}

export function seccomp(program: Uint8Array, why: string): Step {
  return step('seccomp', [program], 'seccomp', why);
}

/** @param soft, hard `Infinity` for no limit */
export function rlimit(resource: number, soft: number, hard: number, label: string, why: string): Step {
  return step('rlimit', [resource, soft, hard], label, why);
}

export function identity(uid: number, gid: number, groups: readonly number[], why: string): Step {
  return step('identity', [uid, gid, ...groups], `become ${uid}:${gid}`, why);
}

/** The new process gets its standard streams and mark channel; everything else that is open closes. */
export function handOver(why: string): Step {
  return step('hand-over', [], 'hand over', why);
}

/**
 * Has the launcher write the new process's id maps, and open each of LAYERS with its owners shifted alike, to be
 * attached by `treeAttach` 0, 1, ….
 */
export function idMap(uids: string, gids: string, layers: readonly string[], why: string): Step {
  return step('id-map', [uids, gids, ...layers], 'id maps', why);
}

/** MOUNT_ATTR_* of mount_setattr(2). */
export const MOUNT_ATTR = { rdonly: 1, nosuid: 2, nodev: 4, noexec: 8 } as const;

/** Opens a file or tree of the host's, to be attached as number INDEX once the old root is out of the way. */
export function treeOpen(source: string, index: number, recursive: boolean, attributes: number, why: string): Step {
  return step('tree-open', [source, index, recursive ? 1 : 0, attributes], `open ${source}`, why);
}

export function treeAttach(index: number, target: string, why: string): Step {
  return step('tree-attach', [index, target], `bind ${target}`, why);
}

/** @param addresses IPv4 as numbers */
export function veth(outside: string, inside: string, addresses: { readonly outside: number; readonly inside: number; readonly prefix: number }, why: string): Step {
  return step('veth', [outside, inside, addresses.outside, addresses.inside, addresses.prefix], 'veth pair', why);
}

/** Enters a namespace that exists. PATH as in /proc/PID/ns. */
export function join(path: string, namespace: keyof typeof NAMESPACE, why: string): Step {
  return step('join', [path, NAMESPACE[namespace]], `join ${namespace}`, why);
}

/** Has a helper of the launcher's make a network namespace, with loopback, while the steps after this one go on. */
export function networkBegin(why: string): Step {
  return step('network-begin', [], 'begin a network namespace', why);
}

export function networkEnter(why: string): Step {
  return step('network-enter', [], 'enter the network namespace', why);
}

/** A cgroup that somebody else makes for the instance: removed with it if it is there. */
export function ownCgroup(path: string, why: string): Step {
  return step('own-cgroup', [path], 'answer for a cgroup', why);
}

/** A network interface that is made for the instance: removed with it if it is there. */
export function ownLink(name: string, why: string): Step {
  return step('own-link', [name], 'answer for an interface', why);
}

/** The new process finds CONTENT in descriptor 4. */
export function memoryFile(content: Uint8Array, why: string): Step {
  return step('memory-file', [content], 'memory file', why);
}

export function noNewPrivs(why: string): Step {
  return step('no-new-privs', [], 'no_new_privs', why);
}

export function exec(path: string, argv: readonly string[], env: readonly string[], why: string): Step {
  return step('exec', [path, argv.length, ...argv, ...env], 'exec', why);
}

/** A step as a person would read it: `mount tmpfs /dev tmpfs 0x2 mode=755`. */
export function stepText(of: Step): string {
  if (of.op === 'exec') return ['exec', ...of.args.slice(2, 2 + Number(of.args[1]))].join(' ');
  const words = of.args.map((argument) => {
    if (typeof argument === 'string') return argument === '' ? "''" : argument;
    if (typeof argument === 'number') return of.op === 'descriptors' ? String(argument) : of.op === 'mkdir' || of.op === 'mknod' ? `0${argument.toString(8)}` : `0x${argument.toString(16)}`;
    return `<${argument.length} bytes>`;
  });
  return [of.op, ...words].join(' ');
}

/** The command line that a plan ends in: QEMU's for a virtual machine. */
export function execCommand(plan: Plan): readonly string[] {
  const last = plan.at(-1);
  return last?.op === 'exec' ? last.args.slice(2, 2 + Number(last.args[1])).map(String) : [];
}
