/** A step as the system call that performs it, in the notation of strace(1): for `tare explain`. */
import type { Step } from './plan.ts';
import { MOUNT_ATTR, MS, NAMESPACE } from './steps.ts';

const CLONE_NAMES: Readonly<Record<keyof typeof NAMESPACE, string>> = {
  mnt: 'CLONE_NEWNS', cgroup: 'CLONE_NEWCGROUP', uts: 'CLONE_NEWUTS', ipc: 'CLONE_NEWIPC', user: 'CLONE_NEWUSER', pid: 'CLONE_NEWPID', net: 'CLONE_NEWNET',
};

const MS_NAMES: Readonly<Record<keyof typeof MS, string>> = {
  rdonly: 'MS_RDONLY', nosuid: 'MS_NOSUID', nodev: 'MS_NODEV', noexec: 'MS_NOEXEC', remount: 'MS_REMOUNT', bind: 'MS_BIND', rec: 'MS_REC', private: 'MS_PRIVATE', strictatime: 'MS_STRICTATIME',
};

const ATTRIBUTE_NAMES: Readonly<Record<keyof typeof MOUNT_ATTR, string>> = { rdonly: 'MOUNT_ATTR_RDONLY', nosuid: 'MOUNT_ATTR_NOSUID', nodev: 'MOUNT_ATTR_NODEV', noexec: 'MOUNT_ATTR_NOEXEC' };

/** Resources in the order of their numbers. */
const RESOURCES = ['CPU', 'FSIZE', 'DATA', 'STACK', 'CORE', 'RSS', 'NPROC', 'NOFILE', 'MEMLOCK', 'AS', 'LOCKS', 'SIGPENDING', 'MSGQUEUE', 'NICE', 'RTPRIO', 'RTTIME'];

function flagNames(value: number, bits: Readonly<Record<string, number>>, names: Readonly<Record<string, string>>): string {
  const set = Object.entries(bits).filter(([, bit]) => Math.floor(value / bit) % 2 === 1).map(([key]) => names[key] ?? key);
  return set.length === 0 ? '0' : set.join(' | ');
}

function quoted(value: unknown): string {
  return JSON.stringify(String(value));
}

function orNull(value: unknown): string {
  return value === '' ? 'NULL' : quoted(value);
}

function octal(value: unknown): string {
  return `0${Number(value).toString(8)}`;
}

function limitText(value: unknown): string {
  return value === Infinity ? 'RLIM_INFINITY' : String(value);
}

function namespaces(value: unknown): string {
  return flagNames(Number(value), NAMESPACE, CLONE_NAMES);
}

function hex(value: unknown): string {
  return `0x${BigInt(Number(value)).toString(16)}`;
}

function address(value: unknown): string {
  return [24, 16, 8, 0].map((shift) => (Number(value) >>> shift) & 0xff).join('.');
}

/** @returns one line; `open … = fd; write(fd, …)` where a step takes several calls */
export function systemCall({ op, args }: Step): string {
  const [a, b, c, d, e] = args;
  switch (op) {
    case 'descriptors':
      return 'pipe2(ends, O_CLOEXEC) for each stream that is captured';
    case 'cgroup-create':
      return `mkdir(${quoted(a)}, 0755)`;
    case 'write':
      return `write(open(${quoted(a)}, O_WRONLY), ${quoted(b)})`;
    case 'mkdir':
      return `mkdir(${quoted(a)}, ${octal(b)})`;
    case 'collect':
      return `read(open(${quoted(a)}, O_RDONLY)), when it has ended`;
    case 'clone':
      return `clone3({flags=CLONE_VM | CLONE_VFORK | CLONE_FILES${Number(a) === 0 ? '' : ` | ${namespaces(a)}`}${b === '' ? '' : ` | CLONE_INTO_CGROUP, cgroup=${quoted(b)}`}})`;
    case 'unshare':
      return `unshare(${namespaces(a)})`;
    case 'mount':
      return `mount(${orNull(a)}, ${quoted(b)}, ${orNull(c)}, ${flagNames(Number(d), MS, MS_NAMES)}, ${orNull(e)})`;
    case 'umount':
      return `umount2(${quoted(a)}, ${Number(b) === 2 ? 'MNT_DETACH' : String(b)})`;
    case 'mknod':
      return `mknod(${quoted(a)}, ${Number(b) & 0o020000 ? 'S_IFCHR' : 'S_IFREG'} | ${octal(Number(b) & 0o7777)}, makedev(${Number(c) >> 8}, ${Number(c) & 0xff}))`;
    case 'symlink':
      return `symlink(${quoted(a)}, ${quoted(b)})`;
    case 'chdir':
      return `chdir(${quoted(a)})`;
    case 'pivot-root':
      return `chdir(${quoted(a)}); pivot_root(".", ".")`;
    case 'hostname':
      return `sethostname(${quoted(a)})`;
    case 'link-up':
      return `ioctl(socket, SIOCSIFFLAGS, {ifr_name=${quoted(a)}, ifr_flags=IFF_UP})`;
    case 'setsid':
      return 'setsid()';
    case 'rlimit':
      return `setrlimit(RLIMIT_${RESOURCES[Number(a)] ?? String(a)}, {${limitText(b)}, ${limitText(c)}})`;
    case 'identity':
      return `setgroups([${args.slice(2).map(String).join(', ')}]); setresgid(${String(b)} ×3); setresuid(${String(a)} ×3)`;
    case 'bounding':
      return `prctl(PR_CAPBSET_DROP, each that is not in ${hex(a)})`;
    case 'capabilities':
      return `capset({effective=${hex(a)}, permitted=${hex(b)}, inheritable=${hex(c)}})`;
    case 'no-new-privs':
      return 'prctl(PR_SET_NO_NEW_PRIVS, 1)';
    case 'seccomp':
      return `seccomp(SECCOMP_SET_MODE_FILTER, 0, {${a instanceof Uint8Array ? a.length / 8 : 0} instructions})`;
    case 'hand-over':
      return 'dup2(each stream); close_range(4, ~0); prctl(PR_SET_PDEATHSIG, SIGKILL)';
    case 'id-map':
      return `write(open("/proc/PID/uid_map"), ${quoted(a)}); the same for gid_map; open_tree and mount_setattr(MOUNT_ATTR_IDMAP) for ${args.length - 2} layers`;
    case 'tree-open':
      return `mount_setattr(open_tree(${quoted(a)}, OPEN_TREE_CLONE${Number(c) === 0 ? '' : ' | AT_RECURSIVE'}), ${flagNames(Number(d), MOUNT_ATTR, ATTRIBUTE_NAMES)})`;
    case 'tree-attach':
      return `move_mount(tree ${String(a)}, ${quoted(b)})`;
    case 'veth':
      return `netlink: RTM_NEWLINK veth ${quoted(b)} to ${quoted(a)}; RTM_NEWADDR ${address(d)} and ${address(c)}/${String(e)}; RTM_NEWROUTE default`;
    case 'join':
      return `setns(open(${quoted(a)}), ${namespaces(b)})`;
    case 'own-cgroup':
    case 'own-link':
      return 'none: noted, to be removed at the end';
    case 'network-begin':
      return 'send(helper); the helper: unshare(CLONE_NEWNET); ioctl(socket, SIOCSIFFLAGS, {ifr_name="lo", ifr_flags=IFF_UP})';
    case 'network-enter':
      return 'setns(recvmsg(helper), CLONE_NEWNET)';
    case 'memory-file':
      return `write(memfd_create("tare-plan"), ${a instanceof Uint8Array ? a.length : 0} bytes)`;
    case 'exec':
      return `execve(${quoted(a)}, [${args.slice(2, 2 + Number(b)).map(quoted).join(', ')}], …)`;
  }
}
