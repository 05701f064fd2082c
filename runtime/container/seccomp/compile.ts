/**
 * Compiles rules to the classic BPF that seccomp(2) loads.
 *
 * The filter is a balanced search tree over ranges of system-call numbers, arguments being tested at its
 * leaves. The path through it is what costs: since Linux 5.11 the kernel walks a new filter once for every
 * system call, to remember those that are allowed whatever their arguments, so a filter that asks for one call
 * after the other makes each start slower, and every call whose arguments are tested besides.
 */
import { TareError } from '../../errors.ts';
import { Assembler, CODE, encode, type Instruction, type Place } from './assembler.ts';
import { DATA, entryAt, testCondition } from './condition.ts';
import { type Range, rangesOf, type Verdict } from './ranges.ts';
import type { FilterRules } from './rules.ts';
import { KILL_PROCESS, returnValue } from './verdict.ts';

/** Instructions of 8 bytes, struct sock_filter, little-endian: what the launcher's `seccomp` step takes. */
export type SeccompProgram = Uint8Array;

/** linux/audit.h. A number means another call by the door of 32-bit programs, so this is asked first. */
export const AUDIT_ARCH_X86_64 = 0xc000_003e;

/** BPF_MAXINSNS: the kernel takes no longer filter. */
const LONGEST = 4096;

/**
 * The program for these rules.
 * @throws {RangeError} when a rule names a call that the table lacks, or an argument that no call has
 * @throws {TareError} `usage` when it is longer than the kernel takes
 */
export function compileFilter(rules: FilterRules): SeccompProgram {
  return encode(compileListing(rules));
}

/** The same, instruction by instruction. Errors as `compileFilter`. */
export function compileListing(rules: FilterRules): Instruction[] {
  return program((to) => new Tree(to, rangesOf(rules)).place);
}

/**
 * Puts what every filter begins with before a body that finds the call's number in the accumulator.
 * @throws {TareError} `usage` when it is longer than the kernel takes
 */
export function program(body: (to: Assembler) => Place): Instruction[] {
  const to = new Assembler();
  const numbers = to.load(DATA.number, body(to));
  to.load(DATA.architecture, to.branch(CODE.equal, AUDIT_ARCH_X86_64, numbers, to.returns(KILL_PROCESS)));
  const listing = to.listing();
  if (listing.length > LONGEST) {
    throw new TareError('usage', `the seccomp rules make a filter of ${listing.length} instructions; the kernel takes ${LONGEST}`, 'give fewer rules that test arguments');
  }
  return listing;
}

/** Writes what decides on a call whose number is known. */
export function writeVerdict(to: Assembler, { rules, otherwise }: Verdict): Place {
  let next = entryAt(to.returns(returnValue(otherwise)));
  for (const { when, action } of rules.toReversed()) {
    let entry = entryAt(to.returns(returnValue(action)));
    for (const condition of when.toReversed()) entry = testCondition(to, condition, entry, next);
    next = entry;
  }
  return next.place();
}

class Tree {
  readonly place: Place;
  readonly #to: Assembler;
  readonly #ranges: readonly Range[];
  readonly #leaves = new Map<string, Place>();

  constructor(to: Assembler, ranges: readonly Range[]) {
    this.#to = to;
    this.#ranges = ranges;
    this.place = this.#write(0, ranges.length - 1);
  }

  #write(first: number, last: number): Place {
    const middle = (first + last + 1) >> 1;
    const range = this.#ranges[middle];
    if (range === undefined) throw new RangeError('a filter without ranges');
    if (first === last) return this.#leaf(range);
    const upper = this.#write(middle, last);
    const lower = this.#write(first, middle - 1);
    return this.#to.branch(CODE.atLeast, range.from, upper, lower);
  }

  #leaf({ key, verdict }: Range): Place {
    // A bare return is the assembler's to share: it knows which one is near.
    const place = (verdict.rules.length > 0 ? this.#leaves.get(key) : undefined) ?? writeVerdict(this.#to, verdict);
    this.#leaves.set(key, place);
    return place;
  }
}
