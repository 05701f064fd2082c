/**
 * The default profile: what a container's programs may not ask of the kernel, each line with its reason.
 *
 * It denies what Docker's default profile denies (github.com/moby/profiles, seccomp/default.json, of 2025), written
 * the other way round: there the allowed calls are listed, here the denied ones. Calls younger than the
 * table get ENOSYS, so that nothing new is let in unseen. One thing is stricter: the two terminal
 * requests at the end. Namespaces and capabilities refuse most of this too; the filter holds when a bug in the kernel lets
 * one of them down, and keeps code out of reach that has had many.
 */
import { TareError } from '../../errors.ts';
import { type Condition, ERRNO, type FilterRules, LOW, type Rule } from './rules.ts';
import { LAST_KNOWN } from './syscalls.ts';

export interface Denial {
  readonly calls: readonly string[];
  readonly errno: keyof typeof ERRNO;
  /** What someone hostile could do with it. */
  readonly why: string;
  /** Any of these capabilities frees the calls: who holds it is meant to use them. */
  readonly freedBy?: readonly string[];
  /** From this version of the kernel on, the calls are harmless: major, minor. */
  readonly freedFrom?: readonly [number, number];
  /** Denied only when all of these hold. */
  readonly when?: readonly Condition[];
}

function deny(calls: string, why: string, more: Partial<Omit<Denial, 'calls' | 'why'>> = {}): Denial {
  return { calls: calls.split(' '), errno: 'EPERM', why, ...more };
}

function low(argument: number, op: Condition['op'], value: number): Condition {
  return { argument, mask: LOW, op, value: BigInt(value) };
}

const ADMIN = { freedBy: ['CAP_SYS_ADMIN'] };

/** All CLONE_NEW… flags that clone(2) takes: mnt, cgroup, uts, ipc, user, pid, net. */
const NEW_NAMESPACES = 0x7e02_0000n;

/** PER_LINUX and PER_LINUX32, with and without UNAME26; and all ones, which only asks. */
const PERSONALITIES = [0x0, 0x8, 0x2_0000, 0x2_0008, 0xffff_ffff];

/** Address families that hardly anyone has used for years. */
const FORGOTTEN_FAMILIES = { AF_DECnet: 12, AF_ECONET: 19, AF_ATMSVC: 20, AF_IRDA: 23, AF_WANPIPE: 25, AF_ISDN: 34, AF_CAIF: 37 };

export const DENIALS: readonly Denial[] = [
  // Mounts and namespaces: the walls of the container itself.
  deny('mount umount2', 'mount over what is masked or read-only, or unmount what covers it', ADMIN),
  deny('fsopen fsconfig fsmount fspick', 'the same as mount, step by step: a filter on mount alone is walked around', ADMIN),
  deny('open_tree open_tree_attr move_mount', 'clone a mount tree and put it where its flags no longer hold', ADMIN),
  deny('mount_setattr', 'make a read-only mount writable again', ADMIN),
  deny('pivot_root', 'exchange the root for one without masks'),
  deny('chroot', 'leave a chroot by a second one, the oldest way out there is', { freedBy: ['CAP_SYS_CHROOT'] }),
  deny('unshare', 'become root of a new user namespace, and reach kernel code that is written for root', ADMIN),
  deny('clone', 'the same with the making of a process: flags for new namespaces are denied, processes and threads are not', {
    ...ADMIN,
    when: [{ argument: 0, mask: NEW_NAMESPACES, op: '!=', value: 0n }],
  }),
  deny('clone3', 'its flags lie in memory, where no filter can look; told that it does not exist, a C library takes clone', { ...ADMIN, errno: 'ENOSYS' }),
  deny('setns', 'enter a namespace of the host’s by a descriptor that leaked in', ADMIN),
  deny('sethostname setdomainname', 'a name is only the container’s own while its UTS namespace is', ADMIN),
  deny('open_by_handle_at', 'open any file of the file system by its inode number, outside the root too (the Shocker escape of 2014)', { freedBy: ['CAP_DAC_READ_SEARCH'] }),

  // Code in the kernel.
  deny('init_module finit_module delete_module', 'load code into the kernel that all share', { freedBy: ['CAP_SYS_MODULE'] }),
  deny('create_module query_module get_kernel_syms', 'module loading of Linux 2.4: no program needs it, old kernels leak addresses by it'),
  deny('kexec_load kexec_file_load', 'put another kernel in the place of this one'),
  deny('bpf', 'run programs in the kernel, past a verifier that has been fooled often', { freedBy: ['CAP_SYS_ADMIN', 'CAP_BPF'] }),
  deny('perf_event_open', 'watch other processes and the kernel at work, and leak their secrets', { freedBy: ['CAP_SYS_ADMIN', 'CAP_PERFMON'] }),
  deny('lookup_dcookie', 'turn a profiler’s cookies into path names of the host', ADMIN),
  deny('io_uring_setup io_uring_enter io_uring_register', 'have the kernel do calls that no filter sees, by code with many escalations to its name'),
  deny('userfaultfd', 'stop the kernel in the middle of a copy, which makes races in it easy to win'),

  // The machine.
  deny('reboot', 'restart or halt the host', { freedBy: ['CAP_SYS_BOOT'] }),
  deny('iopl ioperm', 'talk to hardware ports directly', { freedBy: ['CAP_SYS_RAWIO'] }),
  deny('swapon swapoff', 'swap to a file of one’s own, and read others’ memory in it'),
  deny('settimeofday clock_settime', 'set the clock of the whole host: time has no namespace that covers it', { freedBy: ['CAP_SYS_TIME'] }),
  deny('acct', 'have the host log every process to a file of one’s choice', { freedBy: ['CAP_SYS_PACCT'] }),
  deny('quotactl quotactl_fd', 'lift the disk quotas of the host’s file systems', ADMIN),
  deny('syslog', 'read the kernel’s log: addresses, and other tenants’ faults', { freedBy: ['CAP_SYS_ADMIN', 'CAP_SYSLOG'] }),
  deny('vhangup', 'hang up the terminal of whoever sits there', { freedBy: ['CAP_SYS_TTY_CONFIG'] }),
  deny('fanotify_init', 'watch, and hold up, every opening of a file on the host’s file system', ADMIN),
  deny('lsm_get_self_attr lsm_set_self_attr lsm_list_modules', 'look at the security label that confines it and try to change it', ADMIN),
  deny('get_mempolicy set_mempolicy set_mempolicy_home_node mbind', 'crowd the neighbours off a memory node', { freedBy: ['CAP_SYS_NICE'] }),
  deny('move_pages migrate_pages', 'move memory between nodes, of other processes as well'),

  // Other processes.
  deny('ptrace process_vm_readv process_vm_writev', 'before Linux 4.8 a tracer could change a call after the filter had passed it', {
    freedBy: ['CAP_SYS_PTRACE'],
    freedFrom: [4, 8],
  }),
  deny('kcmp pidfd_getfd process_madvise', 'look into other processes: compare, take their descriptors, drop their pages', { freedBy: ['CAP_SYS_PTRACE'] }),
  deny('add_key request_key keyctl', 'the kernel’s keyring has no namespace: take keys of the host’s users'),
  deny('personality', 'bring back the layout of old programs, where addresses are easy to guess (READ_IMPLIES_EXEC, no randomisation)', {
    when: PERSONALITIES.map((value) => low(0, '!=', value)),
  }),

  // Doors that nobody uses, or nobody should.
  deny('_sysctl sysfs uselib ustat nfsservctl', 'long obsolete, little tested, and of use to attackers alone'),
  deny('afs_syscall getpmsg putpmsg security tuxcall vserver', 'reserved numbers that no kernel of Linus’s ever had behind them'),
  deny('socket', 'AF_VSOCK: talk to the hypervisor and to the host’s agents, past every network namespace', { when: [low(0, '==', 40)] }),
  deny('socket', 'AF_ALG: the kernel’s cryptography, never meant for this many hands, with escalations to its name', { when: [low(0, '==', 38)] }),
  ...Object.entries(FORGOTTEN_FAMILIES).map(([name, family]) => deny('socket', `${name}: a forgotten protocol, whose module the kernel would load just for the asking`, { when: [low(0, '==', family)] })),
  deny('socket', 'address families that are younger than this profile', { when: [low(0, '>=', 46)] }),
  // The kernel reads 32 bits of the request. A comparison of all 64 is passed by setting an upper one (CVE-2019-10063).
  deny('ioctl', 'TIOCSTI: type commands into the terminal of whoever started the container', { when: [low(1, '==', 0x5412)] }),
  deny('ioctl', 'TIOCLINUX: the same on a text console, by selecting and pasting (CVE-2023-1523)', { when: [low(1, '==', 0x541c)] }),
];

export interface ProfileOptions {
  /** Names of the capabilities that the container keeps: `CAP_CHOWN`. */
  readonly capabilities: Iterable<string>;
  /** The kernel's release, as `os.release()` has it: `6.1.0-28-amd64`. */
  readonly kernel: string;
}

/**
 * The rules in force for a container with these capabilities on this kernel.
 * @throws {TareError} `host` when the release does not begin with two numbers
 */
export function defaultProfile({ capabilities, kernel }: ProfileOptions): FilterRules {
  const held = new Set(capabilities);
  const version = parseRelease(kernel);
  const inForce = DENIALS.filter(({ freedBy = [], freedFrom }) => !freedBy.some((capability) => held.has(capability)) && !(freedFrom !== undefined && reaches(version, freedFrom)));
  return {
    rules: inForce.map(({ calls, errno, why, when = [] }): Rule => ({ calls, action: { do: 'errno', errno: ERRNO[errno] }, when, why })),
    otherwise: { do: 'allow' },
    last: LAST_KNOWN,
    beyond: { do: 'errno', errno: ERRNO.ENOSYS },
  };
}

function parseRelease(release: string): readonly [number, number] {
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(release) ?? [];
  if (major === undefined || minor === undefined) throw new TareError('host', `the kernel's release is ${JSON.stringify(release)}: no version to choose the seccomp profile by`, 'give it as uname -r prints it, like 6.1.0');
  return [Number(major), Number(minor)];
}

function reaches([major, minor]: readonly [number, number], [wantedMajor, wantedMinor]: readonly [number, number]): boolean {
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}
