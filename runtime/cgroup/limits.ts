/** What an instance may use, whatever the cgroup version. `null` leaves it to the host. */
export interface Limits {
  readonly memoryBytes: number | null;
  /** Memory and swap together are held to `memoryBytes` + this: 0 forbids swapping. */
  readonly swapBytes?: number | null;
  /** Processors' worth of time: 0.5 is half of one. */
  readonly cpus: number | null;
  /** Which processors it may run on, as the kernel writes lists: `0-3,6`. */
  readonly cpuset?: string | null;
  /** Which memory nodes it may use, written alike. */
  readonly memoryNodes?: string | null;
  readonly pids: number | null;
  /** Weight against its siblings when processors are short: 1 to 10000, 100 being the usual. */
  readonly cpuWeight?: number | null;
  /** Bounds on block devices. */
  readonly io?: readonly IoLimit[];
  /** What it has used is to be told, processor time included: on v1 that can take one more cgroup, so it has to be said. */
  readonly cpuTime?: boolean;
  /** It is to be frozen and thawed: on v1 that takes one more cgroup, so it has to be said. */
  readonly freezable?: boolean;
}

export interface IoLimit {
  readonly major: number;
  readonly minor: number;
  readonly readBytesPerSecond?: number;
  readonly writeBytesPerSecond?: number;
  readonly readsPerSecond?: number;
  readonly writesPerSecond?: number;
}

export const UNLIMITED: Limits = { memoryBytes: null, cpus: null, pids: null };
