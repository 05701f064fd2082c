/**
 * The launcher reports `{step, errno, path}`; here it becomes the sentence that a person reads.
 */
import { getSystemErrorMap } from 'node:util';
import { StartFailure } from '../errors.ts';
import type { Plan, Step } from '../plan.ts';

/** "no such file or directory (ENOENT)" */
export function errnoText(errno: number): string {
  const known = getSystemErrorMap().get(-errno);
  return known === undefined ? `error ${errno}` : `${known[1]} (${known[0]})`;
}

function errnoName(errno: number): string {
  return getSystemErrorMap().get(-errno)?.[0] ?? String(errno);
}

/** What to do about it, where experience has an answer. First match wins. */
const REMEDIES: readonly { readonly op: Step['op'] | '*'; readonly errno: readonly string[]; readonly remedy: string }[] = [
  { op: 'exec', errno: ['ENOENT', 'ENOTDIR'], remedy: 'name a program that exists in the image; tare run container -- ls /bin shows what it has' },
  { op: 'exec', errno: ['EACCES'], remedy: 'the file is not executable, or lies on a file system mounted noexec' },
  { op: 'exec', errno: ['ENOEXEC'], remedy: 'the file is no program for this processor; a script needs a first line with #!' },
  { op: 'chdir', errno: ['ENOENT', 'ENOTDIR', 'EACCES'], remedy: 'name a directory that exists in the container: --workdir' },
  { op: 'chdir', errno: ['EXDEV'], remedy: 'it leads out of the container: name a directory inside' },
  { op: 'identity', errno: ['EINVAL'], remedy: 'the id is not mapped into the user namespace: choose one that is' },
  { op: 'id-map', errno: ['EPERM', 'EINVAL'], remedy: 'the kernel refuses the map, or to shift the layers’ owners: that takes root and Linux 5.19' },
  { op: 'veth', errno: ['EOPNOTSUPP', 'ENODEV'], remedy: 'this kernel has no veth: modprobe veth, or use --network none' },
  { op: 'veth', errno: ['EPERM'], remedy: 'a cable to the host needs root: run it with sudo, or use --network none' },
  { op: 'tree-attach', errno: ['ENOTDIR', 'EISDIR', 'EINVAL'], remedy: 'a file is bound over a file and a directory over a directory: see what lies at the target' },
  { op: 'rlimit', errno: ['EPERM'], remedy: 'raising a hard limit needs root: ask for less' },
  { op: 'write', errno: ['ENOENT'], remedy: 'this kernel has no such file or setting: leave it out' },
  { op: 'write', errno: ['EINVAL', 'ERANGE'], remedy: 'the kernel refuses the value: see the file and what it may hold' },
  { op: 'clone', errno: ['EPERM'], remedy: 'namespaces need root: run it with sudo' },
  { op: 'clone', errno: ['ENOSPC', 'EUSERS'], remedy: 'a limit on namespaces is reached: see /proc/sys/user/max_*_namespaces' },
  { op: 'clone', errno: ['EINVAL'], remedy: 'this kernel lacks one of the namespaces, or is older than 5.7: tare doctor tells' },
  { op: 'clone', errno: ['ENOSYS'], remedy: 'a seccomp filter keeps clone3 away, as in a container that is not privileged: start that one with --privileged, or use Linux 5.7 or newer' },
  { op: 'mount', errno: ['ENODEV'], remedy: 'this kernel does not have the file system: modprobe overlay, or see tare doctor' },
  { op: 'cgroup-create', errno: ['EROFS'], remedy: 'cgroups are read-only here, as in a container that is not privileged: start that one with --privileged' },
  { op: 'cgroup-create', errno: ['EACCES', 'EPERM'], remedy: 'cgroups need root, or a delegated cgroup: run it with sudo' },
  { op: 'write', errno: ['EBUSY'], remedy: 'processes are in the very cgroup that hands controllers down, as in a container: start tare there by fixtures/fleet/entrypoint.sh, which moves them' },
  { op: 'write', errno: ['EACCES', 'EPERM', 'EROFS'], remedy: 'cgroup files need root: run it with sudo' },
  { op: '*', errno: ['EMFILE', 'ENFILE'], remedy: 'too many open files: raise ulimit -n' },
  { op: '*', errno: ['ENOMEM', 'EAGAIN'], remedy: 'the host is out of memory or processes: stop something, or start fewer instances' },
  { op: '*', errno: ['ENOSPC'], remedy: 'no space left: free some, or start fewer instances' },
  { op: '*', errno: ['EPERM', 'EACCES'], remedy: 'it needs root: run it with sudo' },
];

/** @returns the failure with a sentence naming the step, the path and what to do */
export function stepFailure(plan: Plan, index: number, errno: number, path: string): StartFailure {
  const step = plan[index];
  const name = errnoName(errno);
  const remedy = REMEDIES.find((each) => (each.op === '*' || each.op === step?.op) && each.errno.includes(name))?.remedy ?? 'tare doctor tells what this host can do';
  const place = path === '' || step?.label.includes(path) === true ? '' : ` on ${path}`;
  return new StartFailure('step', `step ${index + 1} of ${plan.length}, ${step?.label ?? 'unknown'}, failed${place}: ${errnoText(errno)}`, remedy, '');
}
