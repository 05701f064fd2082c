/** Rules read one after the other, as their definition says: what a compiled filter is compared with. */
import type { Call } from './bpf-machine.fixture.ts';
import type { Action, Condition, FilterRules } from './rules.ts';
import { SYSCALLS } from './syscalls.ts';

export const X86_64 = 0xc000_003e;

const NAMES = new Map(Object.entries(SYSCALLS).map(([name, number]) => [number, name]));

function holds({ argument, mask, op, value }: Condition, args: readonly bigint[]): boolean {
  const seen = (args[argument] ?? 0n) & mask;
  return { '==': seen === value, '!=': seen !== value, '<': seen < value, '<=': seen <= value, '>': seen > value, '>=': seen >= value }[op];
}

export function verdict(rules: FilterRules, { architecture, number, args }: Call): Action {
  if (architecture !== X86_64) return { do: 'kill-process' };
  if (number >= 0x4000_0000) return { do: 'errno', errno: 38 };
  const name = NAMES.get(number);
  if (name === undefined || number > rules.last) return rules.beyond;
  return rules.rules.find(({ calls, when }) => calls.includes(name) && when.every((condition) => holds(condition, args)))?.action ?? rules.otherwise;
}

const WORD = 0xffff_ffff_ffff_ffffn;

/** Values at which a condition on this call may change its mind: around each bound, each bit, with upper bits and without. */
function boundaries(conditions: readonly Condition[]): bigint[] {
  const values = new Set([0n, 1n, 0x7fff_ffffn, 0x8000_0000n, 0xffff_ffffn, 0x1_0000_0000n, WORD - 1n, WORD]);
  for (const { mask, value } of conditions) {
    for (const near of [value - 1n, value, value + 1n, value ^ mask]) {
      for (const upper of [0n, 1n << 32n, 1n << 63n, WORD ^ 0xffff_ffffn]) values.add((near ^ upper) & WORD);
    }
    for (let bit = 1n; bit <= WORD; bit <<= 1n) values.add((value ^ bit) & WORD);
  }
  return [...values];
}

/** Calls to try: every number from 0 to 600, some of x32, some by other doors, with arguments at every bound. */
export function* callsToTry(rules: FilterRules): Generator<Call> {
  const numbers = [...Array.from({ length: 601 }, (_, number) => number), 0x3fff_ffff, 0x4000_0000, 0x4000_0001, 0x4000_0208, 0x7fff_ffff, 0x8000_0000, 0xffff_ffff];
  for (const number of numbers) {
    for (const architecture of [0x4000_0003, 0xc000_00b7, 0]) yield { architecture, number, args: [] };
    yield* calls(rules, number);
  }
}

/** One argument at a time goes over its bounds, the others lying where each of them could change the outcome too. */
function* calls(rules: FilterRules, number: number): Generator<Call> {
  const name = NAMES.get(number) ?? '';
  const conditions = rules.rules.filter((rule) => rule.calls.includes(name)).flatMap(({ when }) => when);
  const tested = [...new Set(conditions.map(({ argument }) => argument))];
  const of = (argument: number): Condition[] => conditions.filter((condition) => condition.argument === argument);
  yield { architecture: X86_64, number, args: [WORD, 0n, WORD, 0n, WORD, 0n] };
  for (const argument of tested) {
    for (const rest of [[], ...conditions.map(({ value }) => value)]) {
      for (const value of boundaries(of(argument))) {
        const others = typeof rest === 'bigint' ? rest : 0n;
        yield { architecture: X86_64, number, args: Array.from({ length: 6 }, (_, index) => (index === argument ? value : others)) };
      }
    }
  }
}
