/** The seventy steps of a container gathered into a handful that can be drawn, and told to a class. */

export interface StepGroup {
  readonly name: string;
  /** Steps whose label it matches belong to it; the first group that matches has them. */
  readonly labels: RegExp;
}

/** In the order in which a label is tried against them. */
const GROUPS: readonly StepGroup[] = [
  { name: 'request', labels: /^(received|descriptors)$/ },
  { name: 'cgroup', labels: /^(cgroup|limit|collect|join|unshare cgroup)\b/ },
  { name: 'network', labels: /network namespace|^lo up$|veth/ },
  { name: 'fork', labels: /^clone$/ },
  { name: 'namespaces', labels: /^(clone|unshare|id map|identity)\b/ },
  { name: 'masks', labels: /^(mask|read-only)\b|^mount \/(proc|sys)\// },
  { name: 'devices', labels: /\/dev\b|^no other devices$/ },
  { name: 'root', labels: /^(make mounts private|mount|mkdir|pivot_root|let the old root go|attach|bind)\b/ },
  { name: 'rights', labels: /^(bounding|capabilities|no_new_privs|hand over|seccomp|rlimit)/ },
  { name: 'exec', labels: /^exec$/ },
  { name: 'program', labels: /^ready$/ },
];

/** What each group is, for a table. */
export const GROUP_WORDS: Readonly<Record<string, string>> = {
  request: 'the request reaches the launcher',
  cgroup: 'a cgroup is made, limited and joined',
  network: 'a network namespace is made and entered',
  fork: 'a new process',
  namespaces: 'a process is cloned into namespaces of its own',
  root: 'layers are stacked to a root file system, and the host’s is let go',
  devices: 'a handful of devices is put in place',
  masks: 'what of /proc and /sys says too much is covered or made read-only',
  rights: 'capabilities are dropped, system calls filtered',
  exec: 'the program’s file is loaded',
  program: 'the program runs up to its first byte',
};

export interface Segment {
  readonly name: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Too small to be a part: they go with whatever stands before them. */
const ALONG = /^(setsid|hostname|chdir)\b/;

function groupOf(label: string, before: string | undefined): string {
  if (before !== undefined && ALONG.test(label)) return before;
  return GROUPS.find(({ labels }) => labels.test(label))?.name ?? 'further';
}

/** Neighbours of one group become one segment; what lies after the workload's first byte is left out: the clock has stopped. */
export function gathered(steps: readonly { readonly label: string; readonly fromMs: number; readonly toMs: number }[]): Segment[] {
  const segments: Segment[] = [];
  for (const { label, fromMs, toMs } of steps) {
    const last = segments.at(-1);
    const name = groupOf(label, last?.name);
    if (last?.name === name) segments[segments.length - 1] = { ...last, toMs };
    else segments.push({ name, fromMs, toMs });
    if (label === 'ready') break;
  }
  return segments;
}
