/** A bundle's `mounts`. Source: config.md#mounts. */
import { basename } from 'node:path';
import { ALWAYS, type CgroupHierarchy, type Controller } from '../cgroup/hierarchy.ts';
import type { ContainerMount } from '../container/spec.ts';
import { flags, MS } from '../steps.ts';
import type { OciMount } from './config.ts';
import type { BundleHost } from './host.ts';
import { FLAG_WORDS, PRIVATE_WORDS, REFUSED_WORDS } from './mount-options.ts';
import { hostPath, insidePath } from './paths.ts';
import { nearest, refusal } from './refusal.ts';

type MountType = ContainerMount['type'];

const TYPES: readonly MountType[] = ['bind', 'proc', 'sysfs', 'tmpfs', 'devpts', 'mqueue', 'cgroup', 'cgroup2'];

/** File systems that have options of their own; the kernel refuses those that it does not know. */
const WITH_OPTIONS: readonly MountType[] = ['proc', 'tmpfs', 'devpts'];

/** What can be set on a bind: the rest is the file system's, whose options are the host's. */
const BIND_FLAGS = flags(MS.rdonly, MS.nosuid, MS.nodev, MS.noexec);

export interface ReadMounts {
  readonly mounts: readonly ContainerMount[];
  /** Mount points that have to be made read-only when what they hold is in its place. */
  readonly readonlyPaths: readonly string[];
  /** The cgroup tree is shown, which only a cgroup namespace narrows to the container's own. */
  readonly needsCgroupNamespace: boolean;
}

/** @throws {TareError} `bad-file` */
export function readMounts(given: readonly OciMount[], bundle: string, host: BundleHost): ReadMounts {
  const read = given.map((mount, index) => readMount(mount, `mounts[${index}]`, bundle, host));
  const needsCgroupNamespace = read.some(({ type }) => type === 'cgroup' || type === 'cgroup2');
  const shown = read.map((mount, index) => (mount.type === 'cgroup' ? cgroupTree(mount, host.cgroups, `mounts[${index}].type`) : { mounts: [mount], readonlyPaths: [] }));
  return { mounts: shown.flatMap(({ mounts }) => mounts), readonlyPaths: shown.flatMap(({ readonlyPaths }) => readonlyPaths), needsCgroupNamespace };
}

function readMount(given: OciMount, place: string, bundle: string, host: BundleHost): ContainerMount {
  const target = insidePath(given.destination, `${place}.destination`);
  if (target === '/') throw refusal(`${place}.destination`, given.destination, 'is the root itself', 'give the root in root.path');
  const type = typeOf(given, place);
  if (type === 'cgroup2' && host.cgroups.mode !== 'v2') throw refusal(`${place}.type`, given.type, `this host’s controllers are ${host.cgroups.mode === 'none' ? 'missing' : 'of v1'}: its v2 tree is not the container’s`, 'write "cgroup", which is either');
  const { mountFlags, data } = optionsOf(given.options ?? [], type, `${place}.options`);
  if (type === 'bind') return { target, type, source: bindSource(given.source, `${place}.source`, bundle, host), flags: flags(mountFlags, MS.nodev), data: '', why: 'lent by the host: the bundle asks for it' };
  // Nodes that it makes itself are not to open: only on /dev, which holds those it is given, they have to.
  const closed = type === 'tmpfs' && target !== '/dev' ? MS.nodev : 0;
  return { target, type, source: given.source || type, flags: flags(mountFlags, closed), data, why: 'the bundle asks for it' };
}

function typeOf({ type = '', options = [] }: OciMount, place: string): MountType {
  const bind = options.some((word) => word === 'bind' || word === 'rbind');
  if (bind && ['', 'none', 'bind'].includes(type)) return 'bind';
  if (bind) throw refusal(`${place}.type`, type, 'has the option bind, which makes it no file system but a bind', 'write "bind", or leave the option out');
  const found = TYPES.find((each) => each === type);
  if (found === undefined) throw refusal(`${place}.type`, type, 'is nothing that tare mounts', nearest(type, TYPES));
  return found;
}

function optionsOf(words: readonly string[], type: MountType, place: string): { mountFlags: number; data: string } {
  let mountFlags = 0;
  const data: string[] = [];
  words.forEach((word, index) => {
    const at = `${place}[${index}]`;
    const known = FLAG_WORDS.find((each) => each.word === word);
    if (known !== undefined) {
      if (type === 'bind' && ((known.sets | known.clears) & ~BIND_FLAGS) !== 0) throw refusal(at, word, 'is not set on a bind: it is the file system’s', 'leave it out; a bind takes ro, nosuid, nodev and noexec');
      mountFlags = flags(mountFlags & ~known.clears, known.sets);
    } else if (type === 'bind' && (word === 'bind' || word === 'rbind')) mountFlags = flags(mountFlags, word === 'rbind' ? MS.rec : 0);
    else if (PRIVATE_WORDS.includes(word)) return;
    else if (Object.hasOwn(REFUSED_WORDS, word)) throw refusal(at, word, `is not supported: ${REFUSED_WORDS[word]}`, 'leave it out');
    else if (WITH_OPTIONS.includes(type) && word !== '' && !word.includes(',')) data.push(word);
    else throw refusal(at, word, `is no option of ${type}`, nearest(word, FLAG_WORDS.map((each) => each.word)));
  });
  return { mountFlags, data: data.join(',') };
}

function bindSource(source: string | undefined, place: string, bundle: string, host: BundleHost): string {
  if (source === undefined || source === '') throw refusal(place, source, 'names nothing to bind', 'name a file or directory of the host’s');
  const path = hostPath(bundle, source, place);
  if (host.kindOf(path) === 'device') throw refusal(place, source, 'is a device, and devices are not lent', 'leave it out');
  return path;
}

/**
 * The cgroup tree as a container sees it: on v2 one mount, on v1 one for each hierarchy in which every container
 * has a group. In the others it may be where its launcher is, and would see the host's groups.
 */
function cgroupTree(of: ContainerMount, { mode, controllers }: CgroupHierarchy, place: string): { mounts: ContainerMount[]; readonlyPaths: string[] } {
  if (mode === 'none') throw refusal(place, of.type, 'this host has no cgroups', 'leave the mount out');
  if (mode === 'v2') return { mounts: [{ ...of, type: 'cgroup2' }], readonlyPaths: [] };
  const hierarchies = new Map<string, Controller[]>();
  for (const [name, { mount, version }] of controllers) if (version === 1) hierarchies.set(mount, [...(hierarchies.get(mount) ?? []), name]);
  const own = [...hierarchies].filter(([, names]) => names.some((name) => ALWAYS.includes(name)));
  const readOnly = (of.flags & MS.rdonly) !== 0;
  return {
    mounts: [
      // Writable until its directories are there.
      { ...of, type: 'tmpfs', source: 'tmpfs', flags: flags(of.flags & ~MS.rdonly, MS.nodev), data: 'mode=755' },
      // A hierarchy is mounted by all its controllers or not at all.
      ...own.map(([mount, names]) => ({ ...of, target: `${of.target}/${basename(mount)}`, data: names.map((name) => (name === 'io' ? 'blkio' : name)).join(',') })),
    ],
    readonlyPaths: readOnly ? [of.target] : [],
  };
}
