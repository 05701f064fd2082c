/** What whoever is not root cannot have measured, and why: said in the report where the figures would stand. */

const WITHOUT_ROOT: Readonly<Record<string, string>> = {
  memory: 'memory is weighed by cgroup, and cgroups belong to root here: run it with sudo',
};

/** @param uid the caller's */
export function unmeasurable(uid: number | undefined = process.getuid?.()): Readonly<Record<string, string>> {
  return uid === 0 ? {} : WITHOUT_ROOT;
}
