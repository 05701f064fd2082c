/** Filters for real: loaded by the launcher's own step, judged by the kernel, tried by a program inside. */
import { execFileSync } from 'node:child_process';
import { constants, release } from 'node:os';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { startInstance } from '../../instance.ts';
import { Launcher } from '../../launcher/client.ts';
import type { Ended } from '../../runtime.ts';
import { clone, descriptors, exec, noNewPrivs, seccomp, setsid } from '../../steps.ts';
import { KEPT } from '../capabilities.ts';
import { compileFilter } from './compile.ts';
import { fromOci, toOci } from './oci.ts';
import { defaultProfile } from './profile.ts';
import type { FilterRules } from './rules.ts';
import { syscallNumber } from './syscalls.ts';

const root = process.getuid?.() === 0;
const rootTest = root ? test : test.skip;
const needsRoot = root ? '' : ' (skipped: needs root)';

const FIXTURE = fileURLToPath(new URL('../../../fixtures/seccomp-probe', import.meta.url));
const PROBE = fileURLToPath(new URL('../../../fixtures/.built/seccomp-probe/probe', import.meta.url));

const PROFILE = defaultProfile({ capabilities: KEPT.map(({ name }) => name), kernel: release() });

test.before(() => {
  execFileSync('make', ['-s', '-C', FIXTURE]);
});

/** Runs the probe under these rules, or none, as root with all capabilities: nothing but the filter is in its way. */
async function probe(rules: FilterRules | null, calls: readonly string[]): Promise<Ended> {
  const why = 'for the test';
  const launcher = await Launcher.open();
  try {
    const instance = await startInstance(launcher, () => [
      descriptors({ stdin: 'null', stdout: 'capture', stderr: 'capture', mark: false }, why),
      clone(['uts', 'mnt', 'ipc'], '', why),
      setsid(why),
      noNewPrivs(why),
      ...(rules === null ? [] : [seccomp(compileFilter(rules), why)]),
      exec(PROBE, [PROBE, ...calls], [], why),
    ]);
    return await instance.ended;
  } finally {
    await launcher.close();
  }
}

/** The errno of each call, in order. */
function errnos({ output }: Ended): number[] {
  return output.trim().split('\n').map((line) => Number(line.split(' ')[1]));
}

function written(call: string, ...args: readonly (number | bigint)[]): string {
  return [syscallNumber(call) ?? -1, ...args].join(':');
}

const [EPERM, ENOSYS] = [1, 38];

/** Arguments with which the calls do nothing if no filter stops them; else all ones, which are none of anything. */
const HARMLESS: Record<string, readonly (number | bigint)[]> = {
  acct: [1],
  clone: [0x0400_0011],
  ioctl: [0, 0x5412, 0],
  iopl: [4],
  kexec_load: [0, 17],
  pivot_root: [1, 1],
  personality: [0x40_0000],
  reboot: [0, 0, 0],
  socket: [40, 1, 0],
  swapoff: [1],
  swapon: [1],
  unshare: [0],
};
const NOTHING = [-1, -1, -1, -1, -1, -1].map((word) => BigInt.asUintN(64, BigInt(word)));

/** Hangs up a terminal whatever its arguments are. */
const NEVER_TRIED = ['vhangup'];

rootTest(`what the profile denies is denied by the filter, and by nothing else here${needsRoot}`, async (t) => {
  const calls = [...new Set(PROFILE.rules.flatMap((rule) => rule.calls))].filter((call) => !NEVER_TRIED.includes(call));
  const tried = calls.map((call) => written(call, ...(HARMLESS[call] ?? NOTHING)));
  const [inside, outside] = [errnos(await probe(PROFILE, tried)), errnos(await probe(null, tried))];
  t.true(calls.length > 70);
  for (const [index, call] of calls.entries()) {
    t.is(inside[index], call === 'clone3' ? ENOSYS : EPERM, call);
    t.not(outside[index], EPERM, `${call} without a filter`);
  }
});

rootTest(`what programs need goes through, by the very same arguments as without a filter${needsRoot}`, async (t) => {
  const calls = [
    written('getpid'),
    written('clone', 17),
    written('chroot', 1),
    written('ptrace', 16, 0x7fff_ffff),
    written('socket', 1, 1),
    written('socket', 16, 3),
    written('ioctl', 0, 0x5401),
    written('ioctl', 0, 0x8000_5413n | (0xffff_ffffn << 32n)),
    written('personality', 0xffff_ffff),
    written('memfd_create', 1),
    written('clock_adjtime', 0, 1),
    written('seccomp', 99),
  ];
  const [inside, outside] = [errnos(await probe(PROFILE, calls)), errnos(await probe(null, calls))];
  t.deepEqual(inside, outside);
  t.false(inside.includes(EPERM));
  t.is(inside.length, calls.length);
});

rootTest(`upper bits of a register do not get past it${needsRoot}`, async (t) => {
  const upper = 1n << 32n;
  const calls = [written('ioctl', 0, upper | 0x5412n), written('ioctl', 0, upper | 0x541cn), written('socket', upper | 40n, 1), written('clone', upper | 0x0400_0011n), written('personality', upper | 0x40_0000n)];
  t.deepEqual(errnos(await probe(PROFILE, calls)), calls.map(() => EPERM));
  t.false(errnos(await probe(null, calls)).includes(EPERM));
});

rootTest(`numbers that are not known, and those of x32, do not exist${needsRoot}`, async (t) => {
  // Not 336: from Linux 6.18 that is uprobe, which the kernel lets past every filter.
  const calls = ['337', '400', '500', '9999', String(0x4000_0000 + 39), String(0x4000_0000 + 520)];
  t.deepEqual(errnos(await probe(PROFILE, calls)), calls.map(() => ENOSYS));
});

rootTest(`a call by the door of 32-bit programs kills${needsRoot}`, async (t) => {
  const [inside, outside] = [await probe(PROFILE, ['39', 'int80']), await probe(null, ['39', 'int80'])];
  t.is(inside.output, '39 0\n');
  // A kernel without that door (CONFIG_IA32_EMULATION) ends whoever knocks by itself.
  t.deepEqual([inside.how, inside.status], ['signalled', outside.how === 'exited' ? constants.signals.SIGSYS : outside.status]);
});

rootTest(`a bundle’s profile is loaded and obeyed: an errno, a kill, a trap${needsRoot}`, async (t) => {
  const rules = fromOci({
    defaultAction: 'SCMP_ACT_ALLOW',
    syscalls: [
      { names: ['getppid'], action: 'SCMP_ACT_ERRNO', errnoRet: 71 },
      { names: ['kill'], action: 'SCMP_ACT_KILL_PROCESS', args: [{ index: 1, value: 10, op: 'SCMP_CMP_GE' }] },
    ],
  });
  const ended = await probe(rules, [written('getppid'), written('kill', 0, 0), written('kill', 0, 10), '39']);
  t.is(ended.output, `${syscallNumber('getppid')} 71\n${syscallNumber('kill')} 0\n`);
  t.deepEqual([ended.how, ended.status], ['signalled', constants.signals.SIGSYS]);
});

rootTest(`written for a bundle and read again, the profile does the same to a program${needsRoot}`, async (t) => {
  const calls = [written('mount'), written('unshare', 0), written('socket', 40, 1), written('socket', 38, 5), written('socket', 1, 1), written('ioctl', 0, 0x5412), written('ioctl', 0, 0x5401), written('clone3'), '500'];
  t.deepEqual(errnos(await probe(fromOci(toOci(PROFILE)), calls)), errnos(await probe(PROFILE, calls)));
});
