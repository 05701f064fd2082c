/**
 * The same verdicts by asking for one call after the other, as filters are mostly written: what the search tree
 * is weighed against. No container is started with it.
 */
import { CODE, type Instruction, type Place } from './assembler.ts';
import { program, writeVerdict } from './compile.ts';
import { type Range, rangesOf } from './ranges.ts';
import type { FilterRules } from './rules.ts';

/** Longer ranges are numbers that no call has: nobody asks for these one by one. */
const ASKED_ONE_BY_ONE = 16;

/** Instructions of a linear filter. Errors as `compileFilter`. */
export function compileLinear(rules: FilterRules): Instruction[] {
  return program((to) => {
    const ranges = rangesOf(rules);
    const usual = mostUsual(ranges);
    let next = writeVerdict(to, usual.verdict);
    const leaves = new Map<string, Place>();
    const leaf = ({ key, verdict }: Range): Place => {
      const place = leaves.get(key) ?? writeVerdict(to, verdict);
      leaves.set(key, place);
      return place;
    };
    // From the end to the beginning, so that low numbers, the older and more frequent calls, are asked for first.
    for (const [index, range] of [...ranges.entries()].reverse()) {
      if (range.key === usual.key) continue;
      const end = ranges[index + 1]?.from ?? 2 ** 32;
      const found = leaf(range);
      if (end - range.from > ASKED_ONE_BY_ONE) {
        const below = end === 2 ** 32 ? found : to.branch(CODE.atLeast, end, next, found);
        next = to.branch(CODE.atLeast, range.from, below, next);
        continue;
      }
      for (let number = end - 1; number >= range.from; number--) next = to.branch(CODE.equal, number, found, next);
    }
    return next;
  });
}

/** The verdict of most known calls: what is left when nothing else was found. */
function mostUsual(ranges: readonly Range[]): Range {
  const counts = new Map<string, number>();
  const size = (index: number): number => (ranges[index + 1]?.from ?? Infinity) - (ranges[index]?.from ?? 0);
  ranges.forEach(({ key }, index) => {
    if (size(index) < 400) counts.set(key, (counts.get(key) ?? 0) + size(index));
  });
  return ranges.reduce((best, range) => ((counts.get(range.key) ?? 0) > (counts.get(best.key) ?? 0) ? range : best));
}
