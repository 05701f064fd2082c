/**
 * The container's root file system, as steps: the image's layers under an overlay, a private writable layer
 * on top, the host's root gone, and /proc, /dev and /sys of its own.
 *
 * The writable layer lies on a tmpfs inside the container's own mount namespace: it vanishes with the
 * namespace, so nothing is left behind even if everything of ours is killed at once, and taking it away
 * costs a third of what an upper directory on disk does.
 *
 * New mounts come after pivot_root, when the container's root is already "/": a symbolic link in an image
 * then leads to a place inside it, never to the host. They come before the old root is let go of, because
 * the kernel allows a new /proc in a user namespace only while an older one is still in sight.
 */
import type { Image } from '../image/image.ts';
import type { Step } from '../plan.ts';
import { MASKED_DIRECTORIES, MASKED_FILES, READ_ONLY } from './paths.ts';
import { characterDevice, chdir, flags, linkUp, mkdir, MNT_DETACH, mount, MS, optional, pivotRoot, symlink, umount } from '../steps.ts';

const INERT = flags(MS.nosuid, MS.nodev, MS.noexec);

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

/** A path inside overlay's options, where a colon separates layers and a comma options. Source: overlayfs.rst. */
function quoted(path: string): string {
  return path.replace(/[\\:,]/g, '\\$&');
}

function overlaySteps(image: Image, memoryBytes: number): Step[] {
  const at = image.mountpoint;
  const lower = image.layers.map((layer) => quoted(layer.directory)).reverse().join(':');
  return [
    mount('', '/', '', flags(MS.private, MS.rec), '', 'mounts made from here on stay in this namespace', 'make mounts private'),
    mount('tmpfs', at, 'tmpfs', flags(MS.nosuid, MS.nodev), `mode=755,size=${memoryBytes}`, 'a place in memory for the container’s own writes; it vanishes with the namespace', 'mount tmpfs for writes'),
    mkdir(`${at}/upper`, 0o755, 'the writable layer', 'mkdir upper'),
    mkdir(`${at}/work`, 0o700, 'where overlay prepares a change before it shows', 'mkdir work'),
    mkdir(`${at}/root`, 0o755, 'where the layers are seen as one', 'mkdir root'),
    mount('overlay', `${at}/root`, 'overlay', flags(MS.nodev), `lowerdir=${lower},upperdir=${quoted(at)}/upper,workdir=${quoted(at)}/work`, 'the image’s layers, shared and read-only, under one writable layer', 'mount overlay'),
    pivotRoot(`${at}/root`, 'the overlay becomes the root of everything it sees'),
  ];
}

function deviceSteps(): Step[] {
  return [
    mount('tmpfs', '/dev', 'tmpfs', flags(MS.nosuid, MS.strictatime), 'mode=755,size=65536k', 'a /dev of its own: no disk of the host in it'),
    ...DEVICES.map(({ name, major, minor, why }) => characterDevice(`/dev/${name}`, 0o666, major, minor, why)),
    mkdir('/dev/pts', 0o755, 'terminals'),
    mount('devpts', '/dev/pts', 'devpts', flags(MS.nosuid, MS.noexec), 'newinstance,ptmxmode=0666,mode=0620', 'terminals of its own'),
    mkdir('/dev/shm', 0o1777, 'shared memory'),
    mount('shm', '/dev/shm', 'tmpfs', INERT, 'mode=1777,size=65536k', 'POSIX shared memory of its own'),
    mkdir('/dev/mqueue', 0o755, 'message queues'),
    mount('mqueue', '/dev/mqueue', 'mqueue', INERT, '', 'POSIX message queues of its own'),
    ...LINKS.map(([target, path]) => symlink(target, path, 'where programs expect it')),
  ];
}

function maskSteps(): Step[] {
  return [
    ...MASKED_FILES.map((path) => optional(mount('/dev/null', path, '', MS.bind, '', 'tells of the host, or reaches it: hidden', `mask ${path}`))),
    ...MASKED_DIRECTORIES.map((path) => optional(mount('tmpfs', path, 'tmpfs', flags(MS.rdonly), 'size=0k', 'tells of the host, or reaches it: hidden', `mask ${path}`))),
    ...READ_ONLY.flatMap((path) => [
      optional(mount(path, path, '', flags(MS.bind, MS.rec), '', 'a mount of its own, so that it can be made read-only')),
      optional(mount('', path, '', flags(MS.bind, MS.remount, MS.rdonly, INERT), '', 'settings of the kernel are the host’s', `read-only ${path}`)),
    ]),
  ];
}

/** @param memoryBytes what the writable layer may grow to: the memory that holds it is limited anyway */
export function rootSteps(image: Image, memoryBytes: number): Step[] {
  return [
    ...overlaySteps(image, memoryBytes),
    mount('proc', '/proc', 'proc', INERT, '', 'its own processes, as files'),
    mount('sysfs', '/sys', 'sysfs', flags(INERT, MS.rdonly), '', 'the kernel’s devices, to look at'),
    ...deviceSteps(),
    ...maskSteps(),
    umount('.', MNT_DETACH, 'let the old root go', 'the host’s files are out of reach for good'),
    chdir('/', 'the working directory lies inside the new root'),
    linkUp('lo', 'the loopback interface: a fresh network namespace has it switched off'),
  ];
}
