/**
 * Our rules written as `linux.seccomp` of the OCI runtime specification, so that crun and runc run their
 * containers under the profile of ours.
 *
 * A bundle cannot say "unless" or "the low 32 bits are greater than": where our rules test an argument, its
 * values are divided into blocks in which some bits are fixed, each with one verdict, and each block becomes an
 * entry of SCMP_CMP_MASKED_EQ. Blocks do not overlap, so their order does not matter.
 */
import { ACTIONS, MASKED_EQ, type OciSeccomp, type OciSyscall } from './oci-words.ts';
import { type Verdict, verdicts } from './ranges.ts';
import { type Action, type Condition, ERRNO, type FilterRules } from './rules.ts';

/** Bits that are fixed, and what they are. */
interface Block {
  readonly mask: bigint;
  readonly value: bigint;
}

const DEFAULT: Action = { do: 'errno', errno: ERRNO.EPERM };

/**
 * The profile for a bundle: EPERM by default, everything else by name. Calls that the rules do not know get
 * ENOSYS from ours and from runc, EPERM from crun; names that their libseccomp does not know they leave out.
 * @throws {RangeError} when the rules on one call test more than one argument: blocks are of one
 */
export function toOci(rules: FilterRules): OciSeccomp {
  const whole = new Map<string, { action: Action; names: string[] }>();
  const divided: OciSyscall[] = [];
  for (const [name, verdict] of verdicts(rules)) {
    if (verdict.rules.length > 0) {
      divided.push(...divide(name, verdict));
      continue;
    }
    const key = JSON.stringify(verdict.otherwise);
    const group = whole.get(key);
    if (group === undefined) whole.set(key, { action: verdict.otherwise, names: [name] });
    else group.names.push(name);
  }
  return {
    defaultAction: word(DEFAULT),
    defaultErrnoRet: ERRNO.EPERM,
    architectures: ['SCMP_ARCH_X86_64'],
    syscalls: [...[...whole.values()].map(({ action, names }) => ({ names, ...written(action) })), ...divided],
  };
}

function divide(name: string, verdict: Verdict): OciSyscall[] {
  const conditions = verdict.rules.flatMap(({ when }) => when);
  const [index = 0, ...more] = new Set(conditions.map(({ argument }) => argument));
  if (more.length > 0) throw new RangeError(`the rules on ${name} test arguments ${[index, ...more].join(' and ')}: a bundle is written for one`);
  return blocks(verdict, { mask: 0n, value: 0n })
    .filter(({ action }) => word(action) !== word(DEFAULT) || (action.do === 'errno' && action.errno !== ERRNO.EPERM))
    .map(({ mask, value, action }) => ({ names: [name], ...written(action), args: [{ index, value: plain(mask), valueTwo: plain(value), op: MASKED_EQ }] }));
}

/**
 * Halves a block until one verdict holds for all of it: by the highest bit that the first undecided condition
 * looks at, for halving by bits that nothing looks at would have no end.
 */
function blocks(verdict: Verdict, block: Block): (Block & { action: Action })[] {
  const judged = judge(verdict, block);
  if (judged.action !== null) return [{ ...block, action: judged.action }];
  const bit = 1n << BigInt((judged.undecided & ~block.mask).toString(2).length - 1);
  return [0n, bit].flatMap((set) => blocks(verdict, { mask: block.mask | bit, value: block.value | set }));
}

/** The verdict on all values of a block, or the bits that it hangs on. */
function judge({ rules, otherwise }: Verdict, block: Block): { readonly action: Action } | { readonly action: null; readonly undecided: bigint } {
  for (const { when, action } of rules) {
    const answers = when.map((condition) => holds(condition, block));
    if (answers.every((answer) => answer === true)) return { action };
    if (!answers.includes(false)) return { action: null, undecided: when[answers.indexOf(null)]?.mask ?? 0n };
  }
  return { action: otherwise };
}

/** Whether a condition holds for all values of a block, or for none, or (`null`) for some. */
function holds({ mask, op, value }: Condition, block: Block): boolean | null {
  const least = block.value & mask;
  const most = least | (mask & ~block.mask);
  switch (op) {
    case '==':
      return within(value, least, most, block, mask) ? (least === most ? true : null) : false;
    case '!=':
      return within(value, least, most, block, mask) ? (least === most ? false : null) : true;
    case '<':
      return most < value ? true : least >= value ? false : null;
    case '>=':
      return least >= value ? true : most < value ? false : null;
    case '<=':
      return most <= value ? true : least > value ? false : null;
    case '>':
      return least > value ? true : most <= value ? false : null;
  }
}

/** Whether some value of the block comes to this one under the mask. */
function within(value: bigint, least: bigint, most: bigint, block: Block, mask: bigint): boolean {
  return value >= least && value <= most && ((value ^ least) & mask & block.mask) === 0n && (value & ~mask) === 0n;
}

function word(action: Action): string {
  const found = Object.entries(ACTIONS).findLast(([, ours]) => ours === action.do);
  if (found === undefined) throw new RangeError(`no word for ${action.do}`);
  return found[0];
}

function written(action: Action): Pick<OciSyscall, 'action' | 'errnoRet'> {
  return action.do === 'errno' ? { action: word(action), errnoRet: action.errno } : { action: word(action) };
}

/** JSON has no big integers, and needs none here while 53 bits will do. */
function plain(value: bigint): number | bigint {
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : value;
}
