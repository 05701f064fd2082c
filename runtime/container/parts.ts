/**
 * What a container is made of, part by part: what each is for, and what could be done to the host or to a
 * neighbour without it. `tare explain container` tells it to a class, `--without` leaves parts out, and the
 * ladder adds them one by one.
 */
import type { Operation } from '../plan.ts';
import type { ContainerSpec, NamespaceName } from './spec.ts';

export interface Part {
  readonly name: PartName;
  /** For a chart: short. */
  readonly title: string;
  readonly why: string;
  /** What could happen without it. */
  readonly risk: string;
  /** Parts that are meaningless, or dangerous to the host, without this one: left out with it. */
  readonly carries: readonly PartName[];
  /** The same container without this part. */
  without(spec: ContainerSpec): ContainerSpec;
}

export type PartName =
  | 'mnt' | 'pid' | 'ipc' | 'uts' | 'net' | 'cgroupns' | 'user'
  | 'cgroup' | 'root' | 'filesystems' | 'devices' | 'masks'
  | 'capabilities' | 'nnp' | 'seccomp';

function withoutNamespace(name: NamespaceName): (spec: ContainerSpec) => ContainerSpec {
  return (spec) => ({ ...spec, namespaces: spec.namespaces.filter((each) => each !== name) });
}

/** In the order in which the ladder adds them. */
export const PARTS: readonly Part[] = [
  {
    name: 'mnt', title: 'mount namespace', why: 'its own table of mounts',
    risk: 'what it mounts and unmounts, it mounts and unmounts on the host',
    carries: ['root', 'filesystems', 'devices', 'masks'], without: withoutNamespace('mnt'),
  },
  {
    name: 'pid', title: 'PID namespace', why: 'its own process numbers: it is process 1 and sees no other',
    risk: 'it sees every process of the host with its arguments, and can signal those of its user; and what it leaves behind lives on',
    carries: [], without: withoutNamespace('pid'),
  },
  {
    name: 'ipc', title: 'IPC namespace', why: 'its own System V IPC and POSIX message queues',
    risk: 'it reads and writes the shared memory of databases on the host',
    carries: [], without: withoutNamespace('ipc'),
  },
  {
    name: 'uts', title: 'UTS namespace', why: 'its own host name',
    risk: 'it bears, and can change, the name under which the host is known',
    carries: [], without: (spec) => ({ ...withoutNamespace('uts')(spec), hostname: null }),
  },
  {
    name: 'net', title: 'network namespace', why: 'its own network interfaces, routes and ports',
    risk: 'it listens on the host’s ports, reaches services that listen on the host alone, and takes ports from its neighbours',
    carries: [], without: withoutNamespace('net'),
  },
  {
    name: 'cgroup', title: 'cgroup', why: 'its share of memory, processors and processes, accounted and limited',
    risk: 'one container takes all memory, all processors or all process numbers, and everything else starves',
    carries: [], without: (spec) => ({ ...spec, limits: null }),
  },
  {
    name: 'cgroupns', title: 'cgroup namespace', why: 'its own view of the cgroup tree, with itself as the root',
    risk: 'it learns from /proc/self/cgroup what else runs on the host, and under which names',
    carries: [], without: withoutNamespace('cgroup'),
  },
  {
    name: 'root', title: 'overlay root', why: 'a complete file system of its own: code, runtime, system tools and libraries, in shared layers',
    risk: 'it reads and writes the host’s files',
    carries: ['filesystems', 'devices', 'masks'], without: (spec) => ({ ...spec, root: { kind: 'host' }, readonlyRoot: false }),
  },
  {
    name: 'filesystems', title: '/proc and /sys', why: 'the kernel’s files about its own processes',
    risk: 'programs that look into /proc or /sys find nothing there and fail',
    carries: ['masks', 'devices'], without: (spec) => ({ ...spec, mounts: spec.mounts.filter(({ target }) => !/^\/(proc|sys|dev)(\/|$)/.test(target)) }),
  },
  {
    name: 'devices', title: '/dev', why: 'the six devices that every program may have, terminals and shared memory of its own',
    risk: 'programs find no /dev/null; with the host’s /dev instead, they would find its disks',
    carries: [], without: (spec) => ({ ...spec, mounts: spec.mounts.filter(({ target }) => !/^\/dev(\/|$)/.test(target)) }),
  },
  {
    name: 'masks', title: 'masked paths', why: 'files of the kernel that tell of the host, or change it, are hidden or read-only',
    risk: 'its root changes the host’s kernel settings in /proc/sys, reboots it through sysrq-trigger, and reads its memory in /proc/kcore',
    carries: [], without: (spec) => ({ ...spec, masked: [], readonlyPaths: [] }),
  },
  {
    name: 'capabilities', title: 'capabilities', why: 'root inside is less than root: of 41 capabilities it keeps 14',
    risk: 'root inside is root: it mounts the host’s disks, loads kernel modules, sets the clock',
    carries: [], without: (spec) => ({ ...spec, capabilities: null }),
  },
  {
    name: 'nnp', title: 'no_new_privs', why: 'no program it runs can gain more than it has',
    risk: 'a setuid program with a fault gives its caller back what had been dropped',
    carries: [], without: (spec) => ({ ...spec, noNewPrivileges: false }),
  },
  {
    name: 'seccomp', title: 'seccomp', why: 'system calls that no service needs are refused before the kernel runs any of their code',
    risk: 'every one of the kernel’s system calls is within reach, and a fault in any of them leads to the host',
    carries: [], without: (spec) => ({ ...spec, seccomp: null }),
  },
  {
    name: 'user', title: 'user namespace', why: 'root inside is nobody of consequence outside',
    risk: 'root inside has the user id of the host’s root: if anything else gives way, it is root on the host',
    carries: [], without: (spec) => ({ ...withoutNamespace('user')(spec), idMaps: null }),
  },
];

/** The same for steps that belong to no part: they go with every container. */
export const STEP_RISKS: Partial<Readonly<Record<Operation, string>>> = {
  setsid: 'it could type into the terminal of whoever started it',
  'hand-over': 'a directory left open leads out of the container (CVE-2024-21626)',
  rlimit: 'one of its processes could take more than its share of files or memory',
  identity: 'every fault of the program would be a fault of root’s',
};

export const PART_NAMES: readonly PartName[] = PARTS.map(({ name }) => name);

export function partNamed(name: PartName): Part {
  const part = PARTS.find((each) => each.name === name);
  if (part === undefined) throw new RangeError(`no part ${name}`);
  return part;
}

/** What goes when these go: a root without a mount namespace would be the host's. */
export function withCarried(names: readonly PartName[]): ReadonlySet<PartName> {
  const all = new Set(names);
  for (const name of all) for (const carried of partNamed(name).carries) all.add(carried);
  return all;
}

/** The same container without some of its parts, and without what these carry. */
export function without(spec: ContainerSpec, names: readonly PartName[]): ContainerSpec {
  return [...withCarried(names)].reduce((left, name) => partNamed(name).without(left), spec);
}
