/**
 * A plan is the ordered list of steps that turns a runtime's options into a running instance.
 *
 * It is plain data: it can be printed, tested without root, explained to a class, and performed by the
 * launcher, which returns one CLOCK_MONOTONIC stamp a step. Steps before `clone` are done by the launcher
 * itself (what they make belongs to the instance and is removed with it); steps after it are done by the
 * new process; the last is `exec`.
 */

/** What a step does: the launcher's whole vocabulary. The number on the wire is in `launcher/wire.ts`. */
export type Operation =
  | 'descriptors'
  | 'cgroup-create'
  | 'write'
  | 'mkdir'
  | 'collect'
  | 'clone'
  | 'unshare'
  | 'mount'
  | 'umount'
  | 'mknod'
  | 'symlink'
  | 'chdir'
  | 'pivot-root'
  | 'hostname'
  | 'link-up'
  | 'setsid'
  | 'rlimit'
  | 'identity'
  | 'capabilities'
  | 'no-new-privs'
  | 'seccomp'
  | 'exec'
  | 'hand-over'
  | 'bounding'
  | 'id-map'
  | 'tree-open'
  | 'tree-attach'
  | 'veth'
  | 'join'
  | 'own-cgroup'
  | 'own-link'
  | 'memory-file'
  | 'network-begin'
  | 'network-enter';

export type Argument = string | number | Uint8Array;

export interface Step {
  readonly op: Operation;
  readonly args: readonly Argument[];
  /** A short name, unique enough to be found in a timeline: `mount /proc`. */
  readonly label: string;
  /** Why the step is there, one sentence for a class. */
  readonly why: string;
  /** A missing path (ENOENT, ENOTDIR) is no failure: for masking paths that not every kernel has. */
  readonly optional?: boolean;
  /** What is there already (EEXIST) is no failure. */
  readonly existing?: boolean;
  /** The step is not performed, and fails with this errno: how tests see to it that nothing is left behind. */
  readonly fault?: number;
  /** Which part of the box it belongs to, where the box has parts: see `container/parts.ts`. */
  readonly part?: string;
}

export type Plan = readonly Step[];

/** Where a standard stream of the new process leads. */
export type Stream = 'null' | 'inherit' | 'capture';

/** Standard error can go where standard output does: one stream, in the order in which it was written. */
export type ErrorStream = Stream | 'join';
