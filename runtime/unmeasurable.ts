/** What whoever is not root cannot have measured, and why: said in the report where the figures would stand. */

const WITHOUT_ROOT: Readonly<Record<string, string>> = {
  'idle-cpu': 'processor time is counted by cgroup, and cgroups belong to root here: run it with sudo',
  interference: 'a greedy neighbour is held in and ended by its cgroup, and cgroups belong to root here: run it with sudo',
  density: 'its boxes are those that are weighed for memory, by cgroup, and cgroups belong to root here: run it with sudo',
  growth: 'memory is weighed by cgroup, and cgroups belong to root here: run it with sudo',
  cold: 'only root may drop the page cache: run it with sudo',
  reclaim: 'memory is weighed by cgroup, and cgroups belong to root here: run it with sudo',
  memory: 'memory is weighed by cgroup, and cgroups belong to root here: run it with sudo',
};

/** @param uid the caller's */
export function unmeasurable(uid: number | undefined = process.getuid?.()): Readonly<Record<string, string>> {
  return uid === 0 ? {} : WITHOUT_ROOT;
}
