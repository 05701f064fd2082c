import test from 'ava';
import { TareError } from '../../errors.ts';
import { run } from './bpf-machine.fixture.ts';
import { compileListing } from './compile.ts';
import { fromOci, toOci } from './oci.ts';
import { callsToTry, verdict, X86_64 } from './plain-reading.fixture.ts';
import { defaultProfile } from './profile.ts';
import { type FilterRules, LOW, type Rule } from './rules.ts';
import { syscallNumber, SYSCALLS } from './syscalls.ts';
import { returnValue } from './verdict.ts';

/** What a filter made from a bundle answers. */
function answer(seccomp: object, call: string | number, ...args: bigint[]): number {
  const number = typeof call === 'number' ? call : (syscallNumber(call) ?? -1);
  return run(compileListing(fromOci(seccomp)), { architecture: X86_64, number, args }).value;
}

const [ALLOW, EPERM, ENOSYS] = [0x7fff0000, 0x50001, 0x50026];

test('a bundle’s profile, read', (t) => {
  const seccomp = {
    defaultAction: 'SCMP_ACT_ERRNO',
    defaultErrnoRet: 38,
    architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'],
    flags: ['SECCOMP_FILTER_FLAG_TSYNC'],
    syscalls: [
      { names: ['read', 'write', 'chown32', 'no_such_call_yet'], action: 'SCMP_ACT_ALLOW' },
      { names: ['mount'], action: 'SCMP_ACT_ERRNO', errnoRet: 13 },
      { names: ['kill'], action: 'SCMP_ACT_ALLOW', args: [{ index: 1, value: 9, op: 'SCMP_CMP_EQ' }, { index: 0, value: 1, op: 'SCMP_CMP_GT' }] },
      { names: ['kill'], action: 'SCMP_ACT_ALLOW', args: [{ index: 1, value: 15, op: 'SCMP_CMP_EQ' }] },
    ],
  };
  t.deepEqual(fromOci(seccomp).rules[0], { calls: ['read', 'write'], action: { do: 'allow' }, when: [] });
  t.is(answer(seccomp, 'read'), ALLOW);
  t.is(answer(seccomp, 'open'), ENOSYS);
  t.is(answer(seccomp, 'mount'), 0x5000d);
  // All conditions of an entry, any entry of a call.
  t.is(answer(seccomp, 'kill', 2n, 9n), ALLOW);
  t.is(answer(seccomp, 'kill', 1n, 9n), ENOSYS);
  t.is(answer(seccomp, 'kill', 1n, 15n), ALLOW);
});

const ACTIONS = { SCMP_ACT_ALLOW: ALLOW, SCMP_ACT_ERRNO: EPERM, SCMP_ACT_KILL: 0, SCMP_ACT_KILL_THREAD: 0, SCMP_ACT_KILL_PROCESS: 0x80000000, SCMP_ACT_TRAP: 0x30000, SCMP_ACT_LOG: 0x7ffc0000 };

for (const [action, value] of Object.entries(ACTIONS)) {
  test(`${action}, by default and for a call`, (t) => {
    t.is(answer({ defaultAction: action }, 'read'), value);
    const other = action === 'SCMP_ACT_TRAP' ? 'SCMP_ACT_LOG' : 'SCMP_ACT_TRAP';
    t.is(answer({ defaultAction: other, syscalls: [{ names: ['read'], action }] }, 'read'), value);
  });
}

const HUGE = 0x8000_0000_0000_0000n;

/** Operator, values for which it holds and for which not, compared with 2^63. */
const COMPARED: Record<string, [bigint[], bigint[]]> = {
  SCMP_CMP_NE: [[HUGE - 1n, HUGE + 1n, 0n], [HUGE]],
  SCMP_CMP_LT: [[0n, HUGE - 1n], [HUGE, HUGE + 1n]],
  SCMP_CMP_LE: [[HUGE - 1n, HUGE], [HUGE + 1n]],
  SCMP_CMP_EQ: [[HUGE], [0n, HUGE - 1n, HUGE + 1n]],
  SCMP_CMP_GE: [[HUGE, HUGE + 1n], [HUGE - 1n, 1n]],
  SCMP_CMP_GT: [[HUGE + 1n], [HUGE, 1n]],
  SCMP_CMP_MASKED_EQ: [[7n, 7n | 1n], [6n, HUGE | 7n]],
};

for (const [op, [holds, fails]] of Object.entries(COMPARED)) {
  test(`${op}, unsigned and of 64 bits`, (t) => {
    const argument = op === 'SCMP_CMP_MASKED_EQ' ? { value: HUGE | 7n, valueTwo: 7 } : { value: HUGE };
    const seccomp = { defaultAction: 'SCMP_ACT_ERRNO', syscalls: [{ names: ['lseek'], action: 'SCMP_ACT_ALLOW', args: [{ index: 1, op, ...argument }] }] };
    t.deepEqual(holds.map((value) => answer(seccomp, 'lseek', 0n, value)), holds.map(() => ALLOW));
    t.deepEqual(fails.map((value) => answer(seccomp, 'lseek', 0n, value)), fails.map(() => EPERM));
  });
}

test('as runc and libseccomp do: an entry without arguments wins, one with the default action says nothing', (t) => {
  const five = [{ index: 0, value: 5, op: 'SCMP_CMP_EQ' }];
  const entries = [{ names: ['socket'], action: 'SCMP_ACT_ERRNO', errnoRet: 22, args: five }, { names: ['socket'], action: 'SCMP_ACT_ALLOW' }];
  for (const syscalls of [entries, entries.toReversed()]) t.is(answer({ defaultAction: 'SCMP_ACT_ERRNO', syscalls }, 'socket', 5n), ALLOW);
  const redundant = [{ names: ['socket'], action: 'SCMP_ACT_ERRNO' }, { names: ['socket'], action: 'SCMP_ACT_ALLOW', args: five }];
  t.is(answer({ defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: 1, syscalls: redundant }, 'socket', 5n), ALLOW);
});

test('as runc does: conditions on one argument are alternatives', (t) => {
  const args = [{ index: 0, value: 3, op: 'SCMP_CMP_EQ' }, { index: 0, value: 7, op: 'SCMP_CMP_EQ' }];
  const seccomp = { defaultAction: 'SCMP_ACT_ERRNO', syscalls: [{ names: ['close'], action: 'SCMP_ACT_ALLOW', args }] };
  t.deepEqual([3n, 7n, 5n].map((value) => answer(seccomp, 'close', value)), [ALLOW, ALLOW, EPERM]);
});

test('as runc does: calls younger than a denying profile do not exist; a permissive one lets them in', (t) => {
  const syscalls = [{ names: ['openat2'], action: 'SCMP_ACT_ALLOW' }];
  t.is(answer({ defaultAction: 'SCMP_ACT_ERRNO', syscalls }, 'open'), EPERM);
  t.is(answer({ defaultAction: 'SCMP_ACT_ERRNO', syscalls }, 'mseal'), ENOSYS);
  t.is(answer({ defaultAction: 'SCMP_ACT_KILL_PROCESS', syscalls }, 500), ENOSYS);
  t.is(answer({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [] }, 500), ALLOW);
  t.is(answer({ defaultAction: 'SCMP_ACT_ALLOW', syscalls: [] }, 0x4000_0000), ENOSYS);
});

const READ = { names: ['read'], action: 'SCMP_ACT_ALLOW' };

function withEntry(entry: object): object {
  return { defaultAction: 'SCMP_ACT_ERRNO', syscalls: [READ, READ, READ, { ...READ, ...entry }] };
}

function withArgument(argument: object): object {
  return withEntry({ args: [{ index: 0, value: 1, op: 'SCMP_CMP_EQ', ...argument }] });
}

const REFUSED: readonly [string, unknown, string][] = [
  ['no object', 'unconfined', 'linux.seccomp is "unconfined"'],
  ['no default', {}, 'linux.seccomp.defaultAction is missing'],
  ['an unknown default', { defaultAction: 'SCMP_ACT_DENY' }, 'linux.seccomp.defaultAction is "SCMP_ACT_DENY", which is no action'],
  ['a name of every object', { defaultAction: 'constructor' }, 'linux.seccomp.defaultAction is "constructor"'],
  ['a tracer', withEntry({ action: 'SCMP_ACT_TRACE' }), 'linux.seccomp.syscalls[3].action is "SCMP_ACT_TRACE", which is not supported'],
  ['a supervisor', withEntry({ action: 'SCMP_ACT_NOTIFY' }), 'linux.seccomp.syscalls[3].action is "SCMP_ACT_NOTIFY", which is not supported'],
  ['an unknown action', withEntry({ action: 'allow' }), 'linux.seccomp.syscalls[3].action is "allow", which is no action'],
  ['an errno that is none', withEntry({ action: 'SCMP_ACT_ERRNO', errnoRet: 4096 }), 'linux.seccomp.syscalls[3].errnoRet is 4096'],
  ['an errno that is a word', { defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: 'EPERM' }, 'linux.seccomp.defaultErrnoRet is "EPERM"'],
  ['an unknown comparison', withArgument({ op: '==' }), 'linux.seccomp.syscalls[3].args[0].op is "==", which is no comparison'],
  ['a seventh argument', withArgument({ index: 6 }), 'linux.seccomp.syscalls[3].args[0].index is 6'],
  ['a negative value', withArgument({ value: -1 }), 'linux.seccomp.syscalls[3].args[0].value is -1'],
  ['a value that JSON cannot hold', withArgument({ value: 2 ** 64 }), 'linux.seccomp.syscalls[3].args[0].value is about 18446744073709552000'],
  ['a value of 65 bits', withArgument({ valueTwo: 1n << 64n }), 'linux.seccomp.syscalls[3].args[0].valueTwo is 18446744073709551616'],
  ['no value', withArgument({ value: undefined }), 'linux.seccomp.syscalls[3].args[0].value is missing'],
  ['no names', withEntry({ names: [] }), 'linux.seccomp.syscalls[3].names is empty'],
  ['names that are none', withEntry({ names: [0] }), 'linux.seccomp.syscalls[3].names[0] is 0'],
  ['one name alone', withEntry({ names: 'read' }), 'linux.seccomp.syscalls[3].names is "read", not a list'],
  ['Docker’s own form', withEntry({ includes: { caps: ['CAP_SYS_ADMIN'] } }), 'linux.seccomp.syscalls[3].includes is not supported'],
  ['another machine', { defaultAction: 'SCMP_ACT_ALLOW', architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_AARCH64'] }, 'linux.seccomp.architectures[1] is "SCMP_ARCH_AARCH64"'],
  ['only 32 bits', { defaultAction: 'SCMP_ACT_ALLOW', architectures: ['SCMP_ARCH_X86'] }, 'linux.seccomp.architectures is ["SCMP_ARCH_X86"]'],
  ['a flag', { defaultAction: 'SCMP_ACT_ALLOW', flags: ['SECCOMP_FILTER_FLAG_LOG'] }, 'linux.seccomp.flags has "SECCOMP_FILTER_FLAG_LOG"'],
  ['a listener', { defaultAction: 'SCMP_ACT_ALLOW', listenerPath: '/run/listener' }, 'linux.seccomp.listenerPath is not supported'],
];

for (const [what, seccomp, beginning] of REFUSED) {
  test(`refused with value, place and remedy: ${what}`, (t) => {
    const error = t.throws(() => fromOci(seccomp), { instanceOf: TareError });
    t.is(error.message.slice(0, beginning.length), beginning);
    t.is(error.code, 'bad-file');
    t.not(error.remedy, '');
  });
}

test('our profile written for a bundle and read again gives the same verdict on every call', (t) => {
  const ours = defaultProfile({ capabilities: ['CAP_SYS_CHROOT'], kernel: '6.1.0' });
  const theirs = fromOci(JSON.parse(JSON.stringify(toOci(ours))));
  const listing = compileListing(theirs);
  let compared = 0;
  for (const call of callsToTry(ours)) {
    const [wanted, got] = [returnValue(verdict(ours, call)), run(listing, call).value];
    if (wanted !== got) t.fail(`call ${call.number} with ${call.args.join(', ')}: 0x${got.toString(16)} instead of 0x${wanted.toString(16)}`);
    compared++;
  }
  t.true(compared > 3000);
});

test('blocks of a written profile do not overlap, so that their order does not matter', (t) => {
  const { syscalls } = toOci(defaultProfile({ capabilities: [], kernel: '6.1.0' }));
  const blocks = syscalls.flatMap(({ names, args = [] }) => args.map(({ value, valueTwo }) => ({ name: names[0], mask: BigInt(value), value: BigInt(valueTwo ?? 0) })));
  t.true(blocks.length > 40);
  for (const [index, one] of blocks.entries()) {
    for (const other of blocks.slice(index + 1).filter(({ name }) => name === one.name)) t.not((one.value ^ other.value) & one.mask & other.mask, 0n, `${one.name} ${one.value} ${other.value}`);
  }
  const whole = syscalls.filter(({ args }) => args === undefined).flatMap(({ names }) => names);
  t.is(new Set(whole).size, whole.length);
  t.deepEqual(Object.keys(SYSCALLS).filter((name) => !whole.includes(name)).sort(), [...new Set(blocks.map(({ name }) => name))].sort());
});

test('all comparisons can be written for a bundle', (t) => {
  for (const [op, value] of (['==', '!=', '<', '<=', '>', '>='] as const).flatMap((each) => [1000n, 1001n].map((bound) => [each, bound] as const))) {
    const rules: FilterRules = { rules: [{ calls: ['close'], action: { do: 'errno', errno: 9 }, when: [{ argument: 0, mask: LOW, op, value }] }], otherwise: { do: 'allow' }, last: 467, beyond: { do: 'errno', errno: 38 } };
    const listing = compileListing(fromOci(toOci(rules)));
    for (const call of callsToTry(rules)) t.is(run(listing, call).value, returnValue(verdict(rules, call)), `${op} ${value}: ${call.args[0] ?? ''}`);
  }
});

test('conditions that look at different bits of one argument can be written for a bundle', (t) => {
  const deny = (errno: number, mask: bigint, value: bigint): Rule => ({ calls: ['close'], action: { do: 'errno', errno }, when: [{ argument: 0, mask, op: '==', value }] });
  const rules: FilterRules = { rules: [deny(9, 0xffn, 5n), deny(10, 0x7n << 60n, 6n << 60n), deny(11, 0xf00n, 0n), deny(12, 0x10fn, 0x101n)], otherwise: { do: 'allow' }, last: 467, beyond: { do: 'errno', errno: 38 } };
  const listing = compileListing(fromOci(toOci(rules)));
  for (const call of callsToTry(rules)) t.is(run(listing, call).value, returnValue(verdict(rules, call)), String(call.args[0]));
});

test('rules on two arguments of one call cannot be written, and that is said', (t) => {
  const when = [0, 1].map((argument) => ({ argument, mask: LOW, op: '==' as const, value: 1n }));
  const rules: FilterRules = { rules: [{ calls: ['kill'], action: { do: 'trap' }, when }], otherwise: { do: 'allow' }, last: 467, beyond: { do: 'allow' } };
  t.throws(() => toOci(rules), { instanceOf: RangeError, message: /kill test arguments 0 and 1/ });
});
