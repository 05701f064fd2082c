/**
 * The part of a plan that makes an instance's cgroup, limits it, and puts the new process into it.
 */
import { slotName, type Slot } from '../launcher/prepared.ts';
import type { Step } from '../plan.ts';
import { cgroupCreate, collect, write } from '../steps.ts';
import type { CgroupHierarchy, Controller } from './hierarchy.ts';
import type { Limits } from './limits.ts';

export interface CgroupSteps {
  /** For the launcher, before the clone. */
  readonly before: readonly Step[];
  /** The v2 cgroup to be born in, or ''. */
  readonly cloneInto: string;
  /** For the new process, first thing after the clone. */
  readonly inside: readonly Step[];
}

/** The directory of an instance's cgroup that has CONTROLLER, or null where the host lacks it. */
export function cgroupPath(hierarchy: CgroupHierarchy, slot: Slot, controller: Controller): string | null {
  const placement = hierarchy.controllers.get(controller);
  return placement === undefined ? null : `${placement.mount}/${slotName(slot)}`;
}

/** Every directory that `cgroupSteps` makes for an instance. */
export function cgroupDirectories(hierarchy: CgroupHierarchy, slot: Slot): string[] {
  return [...new Set([...hierarchy.controllers.values()].map(({ mount }) => `${mount}/${slotName(slot)}`))];
}

const PERIOD_US = 100_000;

function limitSteps(directory: string, controller: Controller, version: 1 | 2, limits: Limits): Step[] {
  const set = (file: string, value: number | string, why: string): Step => write(`${directory}/${file}`, String(value), `limit ${controller}`, why);
  switch (controller) {
    case 'memory': {
      if (limits.memoryBytes === null) return [];
      return [set(version === 2 ? 'memory.max' : 'memory.limit_in_bytes', limits.memoryBytes, 'what it may hold: beyond it, its own processes are killed and nobody else’s')];
    }
    case 'pids':
      return limits.pids === null ? [] : [set('pids.max', limits.pids, 'how many processes it may have: a fork bomb stops here')];
    case 'cpu': {
      if (limits.cpus === null) return [];
      const quota = Math.max(1000, Math.round(limits.cpus * PERIOD_US));
      const why = 'how much processor time it may take in each tenth of a second';
      return version === 2
        ? [set('cpu.max', `${quota} ${PERIOD_US}`, why)]
        : [set('cpu.cfs_quota_us', quota, why)];
    }
    case 'cpuacct':
      return [];
  }
}

/** Read when the instance ends, so that a killed one can be told from a finished one. */
function endOfLife(directory: string, controller: Controller, version: 1 | 2): Step[] {
  if (controller !== 'memory') return [];
  return [collect(`${directory}/${version === 2 ? 'memory.events' : 'memory.oom_control'}`, 'whether the memory limit killed it')];
}

/**
 * Steps for one instance on this host.
 *
 * v1: one directory a hierarchy, joined by the new process itself writing 0 to `tasks`. That takes some 20 µs,
 * where any write to `cgroup.procs`, or another process writing the PID, waits for an RCU grace period of
 * 10 ms and more. v2: the process is born inside (CLONE_INTO_CGROUP).
 */
export function cgroupSteps(hierarchy: CgroupHierarchy, slot: Slot, limits: Limits): CgroupSteps {
  const before: Step[] = [];
  const inside: Step[] = [];
  let cloneInto = '';
  if (hierarchy.toEnable.length > 0) {
    const names = hierarchy.toEnable.map((controller) => `+${controller}`).join(' ');
    before.push(write(`${hierarchy.unified ?? ''}/cgroup.subtree_control`, names, 'hand down controllers', 'the root hands its controllers down to the cgroups below it'));
  }
  const made = new Set<string>();
  for (const [controller, { mount, version }] of hierarchy.controllers) {
    const directory = `${mount}/${slotName(slot)}`;
    if (!made.has(mount)) {
      made.add(mount);
      before.push(cgroupCreate(directory, version === 2 ? 'v2' : controller, 'a group that the kernel accounts and limits as one'));
      if (version === 2) cloneInto = directory;
      else inside.push(write(`${directory}/tasks`, '0', `join ${controller}`, 'from here on what it uses is charged to its group'));
    }
    before.push(...limitSteps(directory, controller, version, limits), ...endOfLife(directory, controller, version));
  }
  return { before, cloneInto, inside };
}
