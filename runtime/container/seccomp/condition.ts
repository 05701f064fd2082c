/** The code that tests one argument of a call. */
import { type Assembler, CODE, type Place } from './assembler.ts';
import type { Comparison, Condition } from './rules.ts';

/** struct seccomp_data: number, architecture, instruction pointer, then six arguments, each low word first. */
export const DATA = { number: 0, architecture: 4, arguments: 16 } as const;

const ALL = 0xffff_ffff;

/**
 * Where code begins. What loads its first word is written when it is first asked for: it need not be if all
 * come with the word in the accumulator already, as they do from a test of the same word.
 */
export interface Entry {
  place(): Place;
  readonly holding?: { readonly offset: number; readonly mask: number; readonly place: Place };
}

export function entryAt(place: Place): Entry {
  return { place: () => place };
}

/** A comparison is one of three instructions, or one with its outcomes exchanged. */
const TESTS: Record<Comparison, { readonly code: number; readonly exchanged: boolean }> = {
  '==': { code: CODE.equal, exchanged: false },
  '!=': { code: CODE.equal, exchanged: true },
  '>': { code: CODE.greater, exchanged: false },
  '<=': { code: CODE.greater, exchanged: true },
  '>=': { code: CODE.atLeast, exchanged: false },
  '<': { code: CODE.atLeast, exchanged: true },
};

interface Halves {
  readonly low: number;
  readonly high: number;
}

function halves(value: bigint): Halves {
  return { low: Number(value & 0xffff_ffffn), high: Number(value >> 32n) };
}

/** Writes the test of a condition; it goes on at `yes` or at `no`. */
export function testCondition(to: Assembler, condition: Condition, yes: Entry, no: Entry): Entry {
  const { code, exchanged } = TESTS[condition.op];
  const [holds, fails] = exchanged ? [no, yes] : [yes, no];
  const offset = DATA.arguments + 8 * condition.argument;
  const [mask, value] = [halves(condition.mask), halves(condition.value)];
  // The upper half decides unless it is equal.
  if (mask.high === 0 && value.high > 0) return fails;
  const low = testLow(to, code, offset, mask.low, value.low, holds, fails);
  if (mask.high === 0) return low;
  const equal = to.branch(CODE.equal, value.high, low.place(), fails.place());
  const test = code === CODE.equal ? equal : to.branch(CODE.greater, value.high, holds.place(), equal);
  return entryAt(loadMasked(to, offset + 4, mask.high, test));
}

function testLow(to: Assembler, code: number, offset: number, mask: number, value: number, holds: Entry, fails: Entry): Entry {
  if (mask === 0) return constantHolds(code, value) ? holds : fails;
  // "None of these bits" is one instruction, and leaves the whole word for the next test.
  const anyBit = code === CODE.equal && value === 0 && mask !== ALL;
  const held = anyBit ? ALL : mask;
  const [whenTrue, whenFalse] = anyBit ? [fails, holds] : [holds, fails];
  const enter = (entry: Entry): Place => (entry.holding?.offset === offset && entry.holding.mask === held ? entry.holding.place : entry.place());
  const test = to.branch(anyBit ? CODE.anyBit : code, anyBit ? mask : value, enter(whenTrue), enter(whenFalse));
  let loaded: Place | undefined;
  return { place: () => (loaded ??= loadMasked(to, offset, held, test)), holding: { offset, mask: held, place: test } };
}

function constantHolds(code: number, value: number): boolean {
  return code === CODE.greater ? false : value === 0;
}

function loadMasked(to: Assembler, offset: number, mask: number, then: Place): Place {
  return to.load(offset, mask === ALL ? then : to.and(mask, then));
}
