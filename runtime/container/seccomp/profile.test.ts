import { existsSync, readFileSync } from 'node:fs';
import test from 'ava';
import { TareError } from '../../errors.ts';
import { KEPT } from '../capabilities.ts';
import { verdict, X86_64 } from './plain-reading.fixture.ts';
import { DENIALS, defaultProfile } from './profile.ts';
import type { Action, FilterRules } from './rules.ts';
import { LAST_KNOWN, syscallNumber, SYSCALLS } from './syscalls.ts';

/** What moby's profiles/seccomp/default.json does not allow on x86-64 with the default capabilities, whatever the arguments. */
const DENIED_BY_DOCKER = `_sysctl acct add_key afs_syscall bpf clock_settime clone3 create_module delete_module fanotify_init finit_module
  fsconfig fsmount fsopen fspick get_kernel_syms get_mempolicy getpmsg init_module io_uring_enter io_uring_register io_uring_setup ioperm
  iopl kcmp kexec_file_load kexec_load keyctl lookup_dcookie lsm_get_self_attr lsm_list_modules lsm_set_self_attr mbind migrate_pages mount
  mount_setattr move_mount move_pages nfsservctl open_by_handle_at open_tree open_tree_attr perf_event_open pidfd_getfd pivot_root
  process_madvise putpmsg query_module quotactl quotactl_fd reboot request_key security set_mempolicy set_mempolicy_home_node
  setdomainname sethostname setns settimeofday swapoff swapon sysfs syslog tuxcall umount2 unshare uselib userfaultfd ustat vhangup
  vserver`.split(/\s+/);

/** Socket families that it allows. */
const FAMILIES_OF_DOCKER = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16, 17, 18, 21, 22, 24, 26, 27, 28, 29, 30, 31, 32, 33, 35, 36, 39, 41, 42, 43, 44, 45];

const DEFAULT = defaultProfile({ capabilities: KEPT.map(({ name }) => name), kernel: '6.1.0-28-amd64' });

function ask(rules: FilterRules, call: string, ...args: bigint[]): Action {
  return verdict(rules, { architecture: X86_64, number: syscallNumber(call) ?? -1, args });
}

function denied(rules: FilterRules, call: string, ...args: bigint[]): boolean {
  return ask(rules, call, ...args).do !== 'allow';
}

test('the default denies what Docker’s denies, no more and no less', (t) => {
  const whole = Object.keys(SYSCALLS).filter((call) => DEFAULT.rules.some(({ calls, when }) => calls.includes(call) && when.length === 0));
  t.deepEqual(whole.sort(), DENIED_BY_DOCKER);
  const families = Array.from({ length: 64 }, (_, family) => family).filter((family) => !denied(DEFAULT, 'socket', BigInt(family)));
  t.deepEqual(families, FAMILIES_OF_DOCKER);
});

test('every denial says why, and names calls that exist', (t) => {
  for (const { calls, why } of DENIALS) {
    t.regex(why, /^\S.{20,}[^.]$/, calls.join(' '));
    for (const call of calls) t.not(syscallNumber(call), undefined, call);
  }
  for (const { why } of DEFAULT.rules) t.not(why, undefined);
});

test('clone makes processes and threads, but no namespace', (t) => {
  for (const flags of [0x11n, 0x3d0f00n, 0x4111n]) t.false(denied(DEFAULT, 'clone', flags));
  for (const flag of [0x2_0000n, 0x0200_0000n, 0x0400_0000n, 0x0800_0000n, 0x1000_0000n, 0x2000_0000n, 0x4000_0000n]) t.deepEqual(ask(DEFAULT, 'clone', flag | 17n), { do: 'errno', errno: 1 });
  t.deepEqual(ask(DEFAULT, 'clone3'), { do: 'errno', errno: 38 });
});

test('upper bits, which the kernel drops, pass nothing that is denied', (t) => {
  for (const upper of [0n, 1n << 32n, 0xffff_ffff_0000_0000n]) {
    t.true(denied(DEFAULT, 'ioctl', 0n, 0x5412n | upper), 'TIOCSTI');
    t.true(denied(DEFAULT, 'ioctl', 0n, 0x541cn | upper), 'TIOCLINUX');
    t.true(denied(DEFAULT, 'socket', 40n | upper), 'AF_VSOCK');
    t.true(denied(DEFAULT, 'clone', 0x1000_0000n | upper), 'CLONE_NEWUSER');
    t.true(denied(DEFAULT, 'personality', 0x40_0000n | upper), 'READ_IMPLIES_EXEC');
    t.false(denied(DEFAULT, 'ioctl', 0n, 0x5413n | upper), 'TIOCGWINSZ');
    t.false(denied(DEFAULT, 'socket', 2n | upper), 'AF_INET');
  }
});

test('personality: those that change the name of the machine, and the question', (t) => {
  for (const value of [0n, 8n, 0x2_0000n, 0x2_0008n, 0xffff_ffffn]) t.false(denied(DEFAULT, 'personality', value));
  for (const value of [1n, 0x4_0000n, 0x40_0000n, 0xffff_fffen]) t.true(denied(DEFAULT, 'personality', value));
});

const FREED: Record<string, readonly string[]> = {
  CAP_SYS_ADMIN: ['mount', 'umount2', 'fsopen', 'fsconfig', 'fsmount', 'fspick', 'open_tree', 'open_tree_attr', 'move_mount', 'mount_setattr', 'unshare', 'clone3', 'setns', 'sethostname', 'setdomainname', 'bpf', 'perf_event_open', 'lookup_dcookie', 'quotactl', 'quotactl_fd', 'syslog', 'fanotify_init', 'lsm_get_self_attr', 'lsm_set_self_attr', 'lsm_list_modules'],
  CAP_BPF: ['bpf'],
  CAP_PERFMON: ['perf_event_open'],
  CAP_SYSLOG: ['syslog'],
  CAP_DAC_READ_SEARCH: ['open_by_handle_at'],
  CAP_SYS_MODULE: ['init_module', 'finit_module', 'delete_module'],
  CAP_SYS_BOOT: ['reboot'],
  CAP_SYS_RAWIO: ['iopl', 'ioperm'],
  CAP_SYS_TIME: ['settimeofday', 'clock_settime'],
  CAP_SYS_PACCT: ['acct'],
  CAP_SYS_TTY_CONFIG: ['vhangup'],
  CAP_SYS_NICE: ['get_mempolicy', 'set_mempolicy', 'set_mempolicy_home_node', 'mbind'],
  CAP_SYS_PTRACE: ['kcmp', 'pidfd_getfd', 'process_madvise'],
  CAP_SYS_CHROOT: ['chroot'],
  CAP_NET_ADMIN: [],
};

for (const [capability, calls] of Object.entries(FREED)) {
  test(`${capability} frees ${calls.length === 0 ? 'nothing' : calls.join(', ')}`, (t) => {
    const [without, held] = [[], [capability]].map((capabilities) => defaultProfile({ capabilities, kernel: '6.1.0' }));
    const freed = Object.keys(SYSCALLS).filter((call) => without !== undefined && held !== undefined && denied(without, call) && !denied(held, call));
    t.deepEqual(freed.sort(), calls.toSorted());
    t.is(denied(held ?? DEFAULT, 'clone', 0x1000_0000n), capability !== 'CAP_SYS_ADMIN');
  });
}

test('ptrace is denied to kernels before 4.8, unless the capability is held', (t) => {
  const at = (kernel: string, ...capabilities: string[]): boolean => denied(defaultProfile({ capabilities, kernel }), 'ptrace');
  t.deepEqual(['3.10.0-1160.el7', '4.7.10', '4.8.0', '4.19.1', '5.0', '6.18.44'].map((kernel) => at(kernel)), [true, true, false, false, false, false]);
  t.false(at('4.4.0', 'CAP_SYS_PTRACE'));
});

test('a release that is none is refused with the value', (t) => {
  const error = t.throws(() => defaultProfile({ capabilities: [], kernel: 'unknown' }), { instanceOf: TareError });
  t.regex(error.message, /"unknown"/);
  t.regex(error.remedy, /uname -r/);
});

test('calls younger than the table do not exist', (t) => {
  t.is(Math.max(...Object.values(SYSCALLS)), LAST_KNOWN);
  for (const number of [336, 400, LAST_KNOWN + 1, 600]) t.deepEqual(verdict(DEFAULT, { architecture: X86_64, number, args: [] }), { do: 'errno', errno: 38 });
});

test('no number is given twice', (t) => {
  t.is(new Set(Object.values(SYSCALLS)).size, Object.keys(SYSCALLS).length);
});

const HEADER = '/usr/include/x86_64-linux-gnu/asm/unistd_64.h';
const headerTest = existsSync(HEADER) ? test : test.skip;

headerTest(`the table agrees with the kernel’s header${existsSync(HEADER) ? '' : ` (skipped: no ${HEADER})`}`, (t) => {
  const numbers = [...readFileSync(HEADER, 'utf8').matchAll(/^#define __NR_(\w+) (\d+)$/gm)].map(([, name, number]) => [String(name), Number(number)] as const);
  t.true(numbers.length > 300);
  // From 336 to 423 there was nothing up to Linux 6.16; a younger header may have calls there.
  for (const [name, number] of numbers.filter(([, number]) => number < 336 || (number > 423 && number <= LAST_KNOWN))) t.is(syscallNumber(name), number, name);
});
