/** The container that one gets without asking for anything else: what Docker's users expect. */
import { release } from 'node:os';
import type { Image } from '../image/image.ts';
import { IMAGE_PATH } from '../image/lookup.ts';
import { flags, MS } from '../steps.ts';
import { CAPABILITIES, KEPT } from './capabilities.ts';
import { MASKED_DIRECTORIES, MASKED_FILES, READ_ONLY } from './paths.ts';
import { compileFilter } from './seccomp/compile.ts';
import { defaultProfile } from './seccomp/profile.ts';
import type { CapabilitySets, ContainerMount, ContainerSpec } from './spec.ts';

/** Processes a container may have: far more than a service needs, far fewer than hurt the host. */
export const PIDS = 1024;
export const HOSTNAME = 'tare';

export const INERT = flags(MS.nosuid, MS.nodev, MS.noexec);

export const DEFAULT_MOUNTS: readonly ContainerMount[] = [
  { target: '/proc', type: 'proc', source: 'proc', flags: INERT, data: '', why: 'its own processes, as files' },
  { target: '/sys', type: 'sysfs', source: 'sysfs', flags: flags(INERT, MS.rdonly), data: '', why: 'the kernel’s devices, to look at' },
  { target: '/dev', type: 'tmpfs', source: 'tmpfs', flags: flags(MS.nosuid, MS.strictatime), data: 'mode=755,size=65536k', why: 'a /dev of its own: no disk of the host in it' },
  { target: '/dev/pts', type: 'devpts', source: 'devpts', flags: flags(MS.nosuid, MS.noexec), data: 'newinstance,ptmxmode=0666,mode=0620', why: 'terminals of its own' },
  { target: '/dev/shm', type: 'tmpfs', source: 'shm', flags: INERT, data: 'mode=1777,size=65536k', why: 'POSIX shared memory of its own' },
  { target: '/dev/mqueue', type: 'mqueue', source: 'mqueue', flags: INERT, data: '', why: 'POSIX message queues of its own' },
];

/** What a program run as root gets: the kept capabilities, now and after any exec. */
export function rootCapabilities(kept: readonly number[] = KEPT.map(({ number }) => number)): CapabilitySets {
  return { bounding: kept, effective: kept, permitted: kept, inheritable: [], ambient: [] };
}

const filters = new Map<string, Uint8Array>();

/** The default seccomp filter for who may have these capabilities, on this host's kernel. Compiled once. */
export function defaultFilter(bounding: readonly number[]): Uint8Array {
  const names = CAPABILITIES.filter(({ number }) => bounding.includes(number)).map(({ name }) => name);
  const key = names.join();
  const known = filters.get(key) ?? compileFilter(defaultProfile({ capabilities: names, kernel: release() }));
  filters.set(key, known);
  return known;
}

/** @param memoryBytes its limit, which also bounds the writable layer: that lies in memory */
export function defaultSpec(image: Image, limits: { readonly memoryBytes: number | null; readonly cpus: number | null }): ContainerSpec {
  return {
    root: { kind: 'layers', layers: image.layers.map(({ directory }) => directory), at: image.mountpoint },
    readonlyRoot: false,
    namespaces: ['mnt', 'pid', 'net', 'ipc', 'uts', 'cgroup'],
    idMaps: null,
    hostname: HOSTNAME,
    mounts: DEFAULT_MOUNTS,
    masked: [...MASKED_FILES.map((path) => ({ path, kind: 'file' as const })), ...MASKED_DIRECTORIES.map((path) => ({ path, kind: 'directory' as const }))],
    readonlyPaths: READ_ONLY,
    capabilities: rootCapabilities(),
    noNewPrivileges: true,
    seccomp: defaultFilter(KEPT.map(({ number }) => number)),
    rlimits: [],
    user: { uid: 0, gid: 0, groups: [] },
    environment: [`PATH=${IMAGE_PATH}`, 'HOME=/root', `HOSTNAME=${HOSTNAME}`],
    workdir: '/',
    network: 'loopback',
    limits: { memoryBytes: limits.memoryBytes, cpus: limits.cpus, pids: PIDS },
    sysctl: {},
    oomScoreAdjust: null,
    selinux: { process: null, mount: null },
    apparmor: null,
  };
}
