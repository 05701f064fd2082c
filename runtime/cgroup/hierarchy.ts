/**
 * Where this host keeps its cgroup controllers.
 *
 * Found per controller, not as one global switch: on a hybrid host some are v1 and some v2, and `cpu` and
 * `cpuacct` may share a mount or not. Source: proc(5) on mountinfo, cgroups(7).
 */
import { readFileSync } from 'node:fs';

export type Controller = 'memory' | 'pids' | 'cpu' | 'cpuacct' | 'cpuset' | 'io' | 'freezer';

/** What every instance is accounted and limited by; the others only where they are asked for. */
export const ALWAYS: readonly Controller[] = ['memory', 'pids', 'cpu'];

export type CgroupMode = 'v1' | 'v2' | 'hybrid' | 'none';

export interface Placement {
  readonly version: 1 | 2;
  /** Mount point of the hierarchy that has the controller. */
  readonly mount: string;
}

export interface CgroupHierarchy {
  readonly mode: CgroupMode;
  readonly controllers: ReadonlyMap<Controller, Placement>;
  /** Mount point of the v2 tree, or null. */
  readonly unified: string | null;
  /** v2 controllers that exist at the root and are not yet handed down to its children. Freezing needs none in v2. */
  readonly toEnable: readonly Controller[];
}

/** By the names that v1 has for them. */
const V1: readonly (readonly [Controller, string])[] = [...ALWAYS.map((name) => [name, name] as const), ['cpuacct', 'cpuacct'], ['cpuset', 'cpuset'], ['io', 'blkio'], ['freezer', 'freezer']];
const V2: readonly Controller[] = ['memory', 'pids', 'cpu', 'cpuset', 'io'];

interface CgroupMount {
  readonly version: 1 | 2;
  readonly point: string;
  readonly controllers: readonly string[];
}

/** mountinfo writes space, tab, newline and backslash as octal. */
function unescape(path: string): string {
  return path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

function cgroupMounts(mountinfo: string): CgroupMount[] {
  return mountinfo.split('\n').flatMap((line) => {
    const [left, right] = line.split(' - ');
    const point = left?.split(' ')[4];
    const [type, , superOptions] = right?.split(' ') ?? [];
    if (point === undefined || (type !== 'cgroup' && type !== 'cgroup2')) return [];
    return [{ version: type === 'cgroup' ? 1 : 2, point: unescape(point), controllers: superOptions?.split(',') ?? [] } as const];
  });
}

/**
 * @param mountinfo content of /proc/self/mountinfo
 * @param read reads a file of the v2 root, or returns null; injected for recorded trees
 */
export function parseHierarchy(mountinfo: string, read: (path: string) => string | null): CgroupHierarchy {
  const mounts = cgroupMounts(mountinfo);
  const controllers = new Map<Controller, Placement>();
  for (const mount of mounts.filter((each) => each.version === 1)) {
    for (const [controller, name] of V1) {
      if (mount.controllers.includes(name) && !controllers.has(controller)) controllers.set(controller, { version: 1, mount: mount.point });
    }
  }
  const hasV1 = controllers.size > 0;
  const unified = mounts.find((mount) => mount.version === 2)?.point ?? null;
  const words = (file: string): string[] => (unified === null ? [] : (read(`${unified}/${file}`) ?? '').split(/\s+/).filter(Boolean));
  const offered = words('cgroup.controllers');
  const handedDown = words('cgroup.subtree_control');
  const toEnable: Controller[] = [];
  if (unified !== null) {
    for (const controller of V2) {
      if (!offered.includes(controller) || controllers.has(controller)) continue;
      controllers.set(controller, { version: 2, mount: unified });
      if (!handedDown.includes(controller)) toEnable.push(controller);
    }
  }
  const hasV2 = [...controllers.values()].some((placement) => placement.version === 2);
  const mode = hasV1 ? (unified === null ? 'v1' : 'hybrid') : hasV2 || unified !== null ? 'v2' : 'none';
  return { mode, controllers, unified, toEnable };
}

/** This host's, read anew: it takes well under a millisecond. */
export function cgroupHierarchy(): CgroupHierarchy {
  const read = (path: string): string | null => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return null;
    }
  };
  return parseHierarchy(read('/proc/self/mountinfo') ?? '', read);
}
