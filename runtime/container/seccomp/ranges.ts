/** Rules, seen from the side of the system-call numbers: ranges of numbers whose verdict is the same. */
import { type Action, ERRNO, type FilterRules, type Rule } from './rules.ts';
import { LAST_KNOWN, SYSCALLS, syscallNumber } from './syscalls.ts';

/** Calls of the x32 ABI carry this bit: they are 64-bit calls under other numbers, and would pass a filter by number. */
export const X32_BIT = 0x4000_0000;

export interface Verdict {
  /** Those with conditions, in the order in which they are asked. */
  readonly rules: readonly Rule[];
  readonly otherwise: Action;
}

/** Numbers from here to the next range's beginning. */
export interface Range {
  readonly from: number;
  readonly verdict: Verdict;
  /** Equal for equal verdicts. */
  readonly key: string;
}

/**
 * All ranges of 32-bit numbers, ascending, the first from 0; neighbours differ.
 * @throws {RangeError} when a rule names a call that the table lacks, or an argument that no call has
 */
export function rangesOf(rules: FilterRules): Range[] {
  const byNumber = rulesByNumber(rules);
  const known = new Set(Object.values(SYSCALLS));
  const beyond: Verdict = { rules: [], otherwise: rules.beyond };
  const ranges: Range[] = [];
  const add = (from: number, verdict: Verdict): void => {
    const key = keyOf(verdict);
    if (ranges.at(-1)?.key !== key) ranges.push({ from, verdict, key });
  };
  const last = Math.min(rules.last, LAST_KNOWN);
  for (let number = 0; number <= last; number++) add(number, known.has(number) ? verdictOf(byNumber.get(number) ?? [], rules.otherwise) : beyond);
  add(last + 1, beyond);
  add(X32_BIT, { rules: [], otherwise: { do: 'errno', errno: ERRNO.ENOSYS } });
  return ranges;
}

/**
 * What is decided on each call that the rules know of, by name.
 * @throws {RangeError} as `rangesOf`
 */
export function verdicts(rules: FilterRules): Map<string, Verdict> {
  const byNumber = rulesByNumber(rules);
  const known = Object.entries(SYSCALLS).filter(([, number]) => number <= rules.last);
  return new Map(known.map(([name, number]) => [name, verdictOf(byNumber.get(number) ?? [], rules.otherwise)]));
}

function rulesByNumber(rules: FilterRules): Map<number, Rule[]> {
  const byNumber = new Map<number, Rule[]>();
  for (const rule of rules.rules) {
    for (const { argument } of rule.when) {
      if (!Number.isInteger(argument) || argument < 0 || argument > 5) throw new RangeError(`a rule on ${rule.calls.join(', ')} tests argument ${argument}: a call has 0 to 5`);
    }
    for (const call of rule.calls) {
      const number = syscallNumber(call);
      if (number === undefined) throw new RangeError(`a rule names the call ${call}, which x86-64 does not have`);
      const sofar = byNumber.get(number);
      if (sofar === undefined) byNumber.set(number, [rule]);
      else sofar.push(rule);
    }
  }
  return byNumber;
}

/** What stands behind a rule without conditions is never asked. */
function verdictOf(rules: readonly Rule[], otherwise: Action): Verdict {
  const final = rules.findIndex(({ when }) => when.length === 0);
  return final < 0 ? { rules, otherwise } : { rules: rules.slice(0, final), otherwise: rules[final]?.action ?? otherwise };
}

function keyOf({ rules, otherwise }: Verdict): string {
  const word = (action: Action): string => (action.do === 'errno' ? `errno ${action.errno}` : action.do);
  return [...rules.map(({ when, action }) => `${when.map(({ argument, mask, op, value }) => `${argument}&${mask}${op}${value}`).join(' ')}: ${word(action)}`), word(otherwise)].join('; ');
}
