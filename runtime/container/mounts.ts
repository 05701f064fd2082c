/** What is mounted inside the container: the kernel's file systems, /dev, and files of the host's by request. */
import { existsSync, lstatSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { TareError } from '../errors.ts';
import type { Step } from '../plan.ts';
import { characterDevice, existing, flags, mkdir, mount, MOUNT_ATTR, MS, optional, regularFile, symlink, treeAttach, treeOpen } from '../steps.ts';
import { INERT } from './defaults.ts';
import { labelled } from './labels.ts';
import type { ContainerMount, ContainerSpec } from './spec.ts';

const DEVICES = [
  { name: 'null', minor: 3, major: 1, why: 'swallows what is written' },
  { name: 'zero', minor: 5, major: 1, why: 'endless zeroes' },
  { name: 'full', minor: 7, major: 1, why: 'a disk that is always full' },
  { name: 'random', minor: 8, major: 1, why: 'randomness' },
  { name: 'urandom', minor: 9, major: 1, why: 'randomness' },
  { name: 'tty', minor: 0, major: 5, why: 'the terminal of whoever asks' },
] as const;

const LINKS = [
  ['/proc/self/fd', '/dev/fd'],
  ['/proc/self/fd/0', '/dev/stdin'],
  ['/proc/self/fd/1', '/dev/stdout'],
  ['/proc/self/fd/2', '/dev/stderr'],
  ['pts/ptmx', '/dev/ptmx'],
] as const;

const LABELLED: readonly ContainerMount['type'][] = ['tmpfs', 'devpts'];

export interface MountSteps {
  /** While the host's files are still in sight. */
  readonly before: readonly Step[];
  /** In the new root, before the old one is gone: /proc and /sys. */
  readonly between: readonly Step[];
  /** Once the container's root is all there is. */
  readonly after: readonly Step[];
}

/** In a user namespace the kernel gives these only while an older one is in sight. */
function needsSight({ type, target }: ContainerMount): boolean {
  return (type === 'proc' || type === 'sysfs') && /^\/[^/]+$/.test(target);
}

/**
 * Whether the root has a directory from the start, so that it need not be made each time. Links are not followed: here
 * they would be looked up on the host.
 */
function inRoot(spec: ContainerSpec, path: string): boolean {
  const roots = spec.root.kind === 'layers' ? spec.root.layers : spec.root.kind === 'directory' ? [spec.root.path] : [];
  const parts = path.split('/').filter(Boolean);
  return roots.some((root) =>
    parts.every((_, index) => {
      try {
        return lstatSync(join(root, ...parts.slice(0, index + 1))).isDirectory();
      } catch {
        return false;
      }
    }));
}

function directories(spec: ContainerSpec, path: string): Step[] {
  if (path === '/' || inRoot(spec, path)) return [];
  return [...directories(spec, dirname(path)), existing(mkdir(path, 0o755, 'a place to mount on'))];
}

/**
 * Device nodes: made where that is allowed, else the host's own, seen through a bind.
 *
 * Root inside may make nodes too (CAP_MKNOD, one of Docker's fourteen), and must not get at the host's disks by
 * them. Docker has a device cgroup against that; here no mount lets a node be opened but the six that are
 * mounts of their own, which costs less and needs no controller.
 */
function deviceSteps(user: boolean, firstTree: number): Omit<MountSteps, 'between'> {
  const links = LINKS.map(([target, path]) => symlink(target, path, 'where programs expect it'));
  if (!user) {
    return {
      before: [],
      after: [
        ...DEVICES.map(({ name, major, minor, why }) => characterDevice(`/dev/${name}`, 0o666, major, minor, why)),
        ...DEVICES.map(({ name }) => mount(`/dev/${name}`, `/dev/${name}`, '', MS.bind, '', 'a mount of its own, on which it may be opened', `bind /dev/${name}`)),
        mount('', '/dev', '', flags(MS.bind, MS.remount, MS.nosuid, MS.nodev), '', 'a node that root inside makes for a disk of the host’s cannot be opened', 'no other devices'),
        ...links,
      ],
    };
  }
  return {
    before: DEVICES.map(({ name }, index) => treeOpen(`/dev/${name}`, firstTree + index, false, 0, 'in a user namespace nobody makes device nodes: the host’s own is lent')),
    after: [...DEVICES.flatMap(({ name, why }, index) => [regularFile(`/dev/${name}`, 0o666, 'a place to mount on'), treeAttach(firstTree + index, `/dev/${name}`, why)]), ...links],
  };
}

const ATTRIBUTES = [[MS.rdonly, MOUNT_ATTR.rdonly], [MS.nosuid, MOUNT_ATTR.nosuid], [MS.nodev, MOUNT_ATTR.nodev], [MS.noexec, MOUNT_ATTR.noexec]] as const;

/** @throws {TareError} `missing-file` when the host has no such file */
function isDirectory(source: string): boolean {
  try {
    return statSync(source).isDirectory();
  } catch (error) {
    throw new TareError('missing-file', `cannot bind ${source} into the container: ${(error as Error).message}`, 'name a file or directory of this host by its absolute path', { cause: error });
  }
}

function bindSteps(spec: ContainerSpec, of: ContainerMount, tree: number): Omit<MountSteps, 'between'> {
  const attributes = flags(MOUNT_ATTR.nodev, ...ATTRIBUTES.filter(([flag]) => (of.flags & flag) !== 0).map(([, attribute]) => attribute));
  const place = isDirectory(of.source)
    ? directories(spec, of.target)
    : [...directories(spec, dirname(of.target)), existing(regularFile(of.target, 0o644, 'a place to mount on'))];
  return {
    before: [treeOpen(of.source, tree, (of.flags & MS.rec) !== 0, attributes, 'taken hold of while the host’s files are in sight')],
    after: [...place, treeAttach(tree, of.target, of.why)],
  };
}

function fileSystemSteps(spec: ContainerSpec, of: ContainerMount): Step[] {
  const data = LABELLED.includes(of.type) ? labelled(of.data, spec.selinux.mount) : of.data;
  // Wherever it can write, it could make device nodes: none may be opened, whatever was asked for.
  const inert = of.target === '/dev' || of.type === 'devpts' ? of.flags : flags(of.flags, MS.nodev);
  return [...directories(spec, of.target), mount(of.source, of.target, of.type, inert, data, of.why)];
}

/** sysfs shows the network namespace's devices, and is given in a user namespace only to who owns that. */
function substitute(spec: ContainerSpec, of: ContainerMount): ContainerMount {
  if (of.type !== 'sysfs' || !spec.namespaces.includes('user') || spec.namespaces.includes('net')) return of;
  return { ...of, type: 'bind', source: '/sys', flags: flags(of.flags, MS.rec) };
}

/** @param firstTree number of the first open mount that is free */
export function mountSteps(spec: ContainerSpec, firstTree: number): MountSteps {
  const before: Step[] = [];
  const between: Step[] = [];
  const after: Step[] = [];
  if (spec.root.kind === 'host') return { before, between, after };
  let tree = firstTree;
  const add = (steps: Omit<MountSteps, 'between'>): void => {
    before.push(...steps.before);
    after.push(...steps.after);
    tree += steps.before.length;
  };
  for (const given of spec.mounts) {
    const of = substitute(spec, given);
    const part = of.target === '/dev' || of.target.startsWith('/dev/') ? 'devices' : 'filesystems';
    if (of.type === 'bind') add(bindSteps(spec, of, tree));
    else (needsSight(of) ? between : after).push(...fileSystemSteps(spec, of).map((step) => ({ ...step, part })));
    if (of.target === '/dev' && of.type === 'tmpfs') {
      const devices = deviceSteps(spec.namespaces.includes('user'), tree);
      add({ before: devices.before, after: devices.after.map((step) => ({ ...step, part })) });
    }
  }
  return { before, between, after };
}

/** Files below /proc and /sys are the kernel's, the same inside and outside: those it lacks need not be tried. */
function worthTrying(path: string, has: (path: string) => boolean): boolean {
  return !/^\/(proc|sys)\//.test(path) || has(path);
}

/** @param has whether the host has a path; injected for other hosts */
export function maskSteps(spec: ContainerSpec, has: (path: string) => boolean = existsSync): Step[] {
  if (spec.root.kind === 'host') return [];
  const why = 'tells of the host, or reaches it: hidden';
  return [
    ...spec.masked.filter(({ path }) => worthTrying(path, has)).map(({ path, kind }) =>
      optional(kind === 'file' ? mount('/dev/null', path, '', MS.bind, '', why, `mask ${path}`) : mount('tmpfs', path, 'tmpfs', flags(MS.rdonly), 'size=0k', why, `mask ${path}`))),
    ...spec.readonlyPaths.filter((path) => worthTrying(path, has)).flatMap((path) => [
      optional(mount(path, path, '', flags(MS.bind, MS.rec), '', 'a mount of its own, so that it can be made read-only')),
      optional(mount('', path, '', flags(MS.bind, MS.remount, MS.rdonly, INERT), '', 'settings of the kernel are the host’s', `read-only ${path}`)),
    ]),
  ];
}
