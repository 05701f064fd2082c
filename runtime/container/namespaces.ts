/** Which namespaces a container gets, each with its reason. Source: namespaces(7). */
import type { NAMESPACE } from '../steps.ts';

export const NAMESPACES: Readonly<Partial<Record<keyof typeof NAMESPACE, string>>> = {
  mnt: 'its own table of mounts: nothing of the host’s files is in reach',
  pid: 'its own process numbers: it is process 1 and sees no other',
  net: 'its own network interfaces, routes and ports',
  ipc: 'its own System V IPC and POSIX message queues',
  uts: 'its own host name',
  cgroup: 'its own view of the cgroup tree, with itself as the root',
};
