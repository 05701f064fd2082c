/**
 * What a container is to be, as plain data: the one thing that our own runtime, an OCI bundle and the peers'
 * configurations are made from. `plan.ts` turns it into steps; `../oci/` reads and writes it as config.json.
 */
import type { Limits } from '../cgroup/limits.ts';
import type { NAMESPACE } from '../steps.ts';

export type NamespaceName = keyof typeof NAMESPACE;

/** `count` ids from `inside` on are, to the host, those from `outside` on. Source: user_namespaces(7). */
export interface IdMap {
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

export interface IdMaps {
  readonly uids: readonly IdMap[];
  readonly gids: readonly IdMap[];
}

/** Where the root file system comes from. Paths are the host's. */
export type RootSource =
  /** None of its own: it sees the host's files. For the ladder and for `tare explain --without root`. */
  | { readonly kind: 'host' }
  /** Layers seen as one under overlay, lowest first; `at` is an empty directory to mount on. */
  | { readonly kind: 'layers'; readonly layers: readonly string[]; readonly at: string }
  /** A directory as it is: an OCI bundle's. What the container writes stays in it. */
  | { readonly kind: 'directory'; readonly path: string };

/** A mount inside the container, in the order in which they are made. */
export interface ContainerMount {
  /** Absolute, inside the container. Made if it is missing. */
  readonly target: string;
  /** A file system type, or `bind` for a file or directory of the host's. */
  readonly type: 'bind' | 'proc' | 'sysfs' | 'tmpfs' | 'devpts' | 'mqueue' | 'cgroup' | 'cgroup2';
  /** Of a bind: an absolute path of the host's. Else what /proc/mounts shows. */
  readonly source: string;
  /** MS_* of mount(2). For a bind: `MS.rec` takes the mounts below along, the rest are set on the bind. */
  readonly flags: number;
  /** Options of the file system, as mount(2) takes them. */
  readonly data: string;
  readonly why: string;
}

/** A path to be hidden: a file behind /dev/null, a directory behind an empty one. Missing ones are passed over. */
export interface Masked {
  readonly path: string;
  readonly kind: 'file' | 'directory';
}

/** Capability numbers by set. Source: capabilities(7). */
export interface CapabilitySets {
  readonly bounding: readonly number[];
  readonly effective: readonly number[];
  readonly permitted: readonly number[];
  readonly inheritable: readonly number[];
  readonly ambient: readonly number[];
}

export interface Rlimit {
  /** Number of the resource, see `rlimits.ts`. */
  readonly resource: number;
  readonly soft: number;
  readonly hard: number;
}

export interface ContainerSpec {
  readonly root: RootSource;
  readonly readonlyRoot: boolean;
  /** Every namespace it gets of its own. */
  readonly namespaces: readonly NamespaceName[];
  /** Namespaces that exist already and are entered, by their files. Absent: none. */
  readonly joined?: readonly { readonly namespace: NamespaceName; readonly path: string }[];
  /** With a user namespace: who is who. `null` without one. */
  readonly idMaps: IdMaps | null;
  /** `null`: the host's (needs no `uts` namespace). */
  readonly hostname: string | null;
  readonly mounts: readonly ContainerMount[];
  readonly masked: readonly Masked[];
  readonly readonlyPaths: readonly string[];
  /** `null`: all that the caller has. */
  readonly capabilities: CapabilitySets | null;
  readonly noNewPrivileges: boolean;
  /** A compiled filter, 8 bytes an instruction; `null` for none. */
  readonly seccomp: Uint8Array | null;
  readonly rlimits: readonly Rlimit[];
  readonly user: { readonly uid: number; readonly gid: number; readonly groups: readonly number[] };
  /** `NAME=value`. */
  readonly environment: readonly string[];
  /** Absolute, inside the container. */
  readonly workdir: string;
  /** What it has for a network when `net` is among its namespaces: loopback alone, or a pair of veth to the host as well. */
  readonly network: 'loopback' | 'veth';
  /** `null`: no cgroup at all. */
  readonly limits: Limits | null;
  /** The kernel's settings inside its namespaces: `net.ipv4.ip_unprivileged_port_start` → `0`. */
  readonly sysctl: Readonly<Record<string, string>>;
  /** −1000 to 1000: how gladly the kernel kills it when memory runs out; `null` leaves it. */
  readonly oomScoreAdjust: number | null;
  readonly selinux: { readonly process: string | null; readonly mount: string | null };
  readonly apparmor: string | null;
}
