import test from 'ava';
import { TareError } from '../../errors.ts';
import { CODE } from './assembler.ts';
import { decode, fault, run, text } from './bpf-machine.fixture.ts';
import { compileFilter, compileListing } from './compile.ts';
import { compileLinear } from './linear.ts';
import { callsToTry, verdict, X86_64 } from './plain-reading.fixture.ts';
import { defaultProfile } from './profile.ts';
import { type Action, type Comparison, type Condition, type FilterRules, LOW, type Rule, WHOLE } from './rules.ts';
import { SYSCALLS } from './syscalls.ts';
import { returnValue } from './verdict.ts';

const ALLOW: Action = { do: 'allow' };
const EPERM: Action = { do: 'errno', errno: 1 };
const ENOSYS: Action = { do: 'errno', errno: 38 };

function profile(...capabilities: string[]): FilterRules {
  return defaultProfile({ capabilities, kernel: '6.1.0' });
}

/** The same numbers each time (Lehmer, Park and Miller 1988). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => (state = (state * 48_271) % 0x7fff_ffff) % below;
}

/** Rules as nobody would write them: every call tests arguments, in all ways. */
function tangle(seed: number, calls: readonly string[], depth: number): FilterRules {
  const next = numbers(seed);
  const pick = <T>(from: readonly T[]): T => from[next(from.length)] as T;
  const condition = (): Condition => ({
    argument: next(6),
    mask: pick([WHOLE, LOW, 0xffn, 0xffff_0000_0000n, 0x8000_0000_0000_0001n, 0n]),
    op: pick<Comparison>(['==', '!=', '<', '<=', '>', '>=']),
    value: pick([0n, 1n, 5n, 0xffn, 0xffff_ffffn, 0x1_0000_0000n, 0x1_0000_0005n, 0x8000_0000_0000_0000n, WHOLE]),
  });
  const rule = (call: string): Rule => ({
    calls: [call],
    action: pick<Action>([ALLOW, { do: 'errno', errno: 1 + next(200) }, { do: 'kill-process' }, { do: 'kill-thread' }, { do: 'trap' }, { do: 'log' }]),
    when: Array.from({ length: next(3) }, condition),
  });
  return { rules: calls.flatMap((call) => Array.from({ length: depth }, () => rule(call))), otherwise: pick([ALLOW, EPERM]), last: 300 + next(167), beyond: ENOSYS };
}

const ALL_CALLS = Object.keys(SYSCALLS);

const PROFILES: Record<string, FilterRules> = {
  'the default profile': profile('CAP_SYS_CHROOT'),
  'no capabilities, an old kernel': defaultProfile({ capabilities: [], kernel: '4.4.0' }),
  'all capabilities that free something': profile('CAP_SYS_ADMIN', 'CAP_SYS_MODULE', 'CAP_SYS_CHROOT', 'CAP_SYS_PTRACE', 'CAP_SYS_NICE', 'CAP_SYS_TIME', 'CAP_SYS_BOOT', 'CAP_SYS_RAWIO'),
  'no rules': { rules: [], otherwise: ALLOW, last: 467, beyond: ALLOW },
  'a tangle': tangle(1, ALL_CALLS.filter((_, index) => index % 7 === 0), 3),
  'a tangle of all calls': tangle(2, ALL_CALLS, 1),
  'another': tangle(3, ALL_CALLS, 1),
};

for (const [name, rules] of Object.entries(PROFILES)) {
  for (const [shape, listing] of [['tree', compileListing(rules)], ['linear', compileLinear(rules)]] as const) {
    test(`${name}, ${shape}: every call gets what the rules say, whatever its arguments`, (t) => {
      t.is(fault(listing), null);
      for (const call of callsToTry(rules)) {
        const [got, wanted] = [run(listing, call).value, returnValue(verdict(rules, call))];
        if (got !== wanted) t.fail(`call ${call.number} of 0x${call.architecture.toString(16)} with ${call.args.join(', ')}: 0x${got.toString(16)} instead of 0x${wanted.toString(16)}`);
      }
    });
  }
}

test('far jumps occur in those tests', (t) => {
  const tangled = compileListing(tangle(2, ALL_CALLS, 1));
  t.true(tangled.length > 1000, String(tangled.length));
  t.true(tangled.some(({ code, k }) => code === CODE.jump && k > 255));
});

test('a small filter, instruction by instruction', (t) => {
  const deny = (call: string, ...when: Condition[]): Rule => ({ calls: [call], action: EPERM, when });
  const rules: FilterRules = {
    rules: [
      deny('ioctl', { argument: 1, mask: LOW, op: '==', value: 0x5412n }),
      deny('ioctl', { argument: 1, mask: LOW, op: '==', value: 0x541cn }),
      deny('clone', { argument: 0, mask: 0x7e02_0000n, op: '!=', value: 0n }),
      deny('kill', { argument: 0, mask: WHOLE, op: '>=', value: 0x1_0000_0002n }, { argument: 1, mask: 0xffn, op: '==', value: 9n }),
      deny('uname'),
    ],
    otherwise: ALLOW,
    last: 63,
    beyond: ENOSYS,
  };
  t.deepEqual(compileListing(rules).map(text), [
    'load 0x4', // the architecture
    'equal 0xc000003e 1 0',
    'return 0x80000000',
    'load 0x0', // the number
    'atLeast 0x39 8 0',
    'atLeast 0x11 4 0',
    'atLeast 0x10 0 16',
    'load 0x18', // 16, ioctl: loaded once for both
    'equal 0x5412 16 0',
    'equal 0x541c 15 13',
    'atLeast 0x38 0 12',
    'load 0x10', // 56, clone
    'anyBit 0x7e020000 12 10',
    'atLeast 0x3f 10 0',
    'atLeast 0x3e 0 8',
    'load 0x14', // 62, kill: the upper half, then the lower
    'greater 0x1 3 0',
    'equal 0x1 0 5',
    'load 0x10',
    'atLeast 0x2 0 3',
    'load 0x18',
    'and 0xff',
    'equal 0x9 2 0',
    'return 0x7fff0000',
    'atLeast 0x40 1 0', // 63 is uname; above it, x32 too, nothing is known
    'return 0x50001',
    'return 0x50026',
  ]);
});

test('what the kernel reads: 8 bytes an instruction, little-endian', (t) => {
  const program = compileFilter({ rules: [], otherwise: ALLOW, last: 467, beyond: ALLOW });
  t.deepEqual(
    [...program.subarray(0, 16)],
    [0x20, 0, 0, 0, 4, 0, 0, 0, /* if equal, the next but one */ 0x15, 0, 1, 0, 0x3e, 0, 0, 0xc0],
  );
  t.deepEqual(decode(program), compileListing({ rules: [], otherwise: ALLOW, last: 467, beyond: ALLOW }));
});

test('return values are those of linux/seccomp.h', (t) => {
  const actions: readonly Action[] = [ALLOW, { do: 'log' }, EPERM, ENOSYS, { do: 'trap' }, { do: 'kill-thread' }, { do: 'kill-process' }];
  t.deepEqual(actions.map(returnValue), [0x7fff0000, 0x7ffc0000, 0x00050001, 0x00050026, 0x00030000, 0, 0x80000000]);
});

/** What seccomp_is_const_allow of the kernel can follow; anything else makes every such call pay. */
const FOLLOWED: readonly number[] = [CODE.load, CODE.jump, CODE.equal, CODE.atLeast, CODE.greater, CODE.anyBit, CODE.and, CODE.return];

test('calls that are allowed whatever their arguments are decided by number alone, in few steps', (t) => {
  const rules = profile('CAP_SYS_CHROOT');
  const listing = compileListing(rules);
  t.true(listing.every(({ code }) => FOLLOWED.includes(code)));
  t.true(listing.length < 256, String(listing.length));
  const about = new Set(rules.rules.flatMap(({ calls }) => calls));
  for (const [name, number] of Object.entries(SYSCALLS).filter(([name]) => !about.has(name))) {
    const { value, read, steps } = run(listing, { architecture: X86_64, number, args: [] });
    t.deepEqual({ value, read }, { value: 0x7fff0000, read: [4, 0] }, name);
    t.true(steps <= 12, `${name}: ${steps} steps`);
  }
});

test('argument checks add few steps for the calls that programs make most', (t) => {
  const listing = compileListing(profile('CAP_SYS_CHROOT'));
  const steps = (number: number | undefined, ...args: bigint[]): number => run(listing, { architecture: X86_64, number: number ?? -1, args }).steps;
  t.true(steps(SYSCALLS['ioctl'], 1n, 0x5401n) <= 15);
  t.true(steps(SYSCALLS['clone'], 0x3d0f00n) <= 15);
  t.true(steps(SYSCALLS['socket'], 2n) <= 25);
});

test('one word is loaded once, however many conditions are on it', (t) => {
  const when = Array.from({ length: 10 }, (_, value): Condition => ({ argument: 0, mask: LOW, op: '!=', value: BigInt(value) }));
  const listing = compileListing({ rules: [{ calls: ['read'], action: EPERM, when }], otherwise: ALLOW, last: 467, beyond: ENOSYS });
  t.is(listing.filter(({ code, k }) => code === CODE.load && k === 16).length, 1);
});

test('longer than the kernel takes: said so', (t) => {
  const rules = Array.from({ length: 2100 }, (_, value): Rule => ({ calls: ['read'], action: EPERM, when: [{ argument: value % 2, mask: LOW, op: '==', value: BigInt(value) }] }));
  const error = t.throws(() => compileFilter({ rules, otherwise: ALLOW, last: 467, beyond: ENOSYS }), { instanceOf: TareError });
  t.regex(error.message, /^the seccomp rules make a filter of \d{4,} instructions; the kernel takes 4096$/);
  t.not(error.remedy, '');
});

test('a call or an argument that does not exist is refused by name', (t) => {
  const rules = (call: string, argument: number): FilterRules => ({ rules: [{ calls: [call], action: EPERM, when: [{ argument, mask: LOW, op: '==', value: 0n }] }], otherwise: ALLOW, last: 467, beyond: ENOSYS });
  t.throws(() => compileFilter(rules('chown32', 0)), { instanceOf: RangeError, message: /chown32/ });
  t.throws(() => compileFilter(rules('toString', 0)), { instanceOf: RangeError, message: /toString/ });
  t.throws(() => compileFilter(rules('read', 6)), { instanceOf: RangeError, message: /read tests argument 6/ });
});
