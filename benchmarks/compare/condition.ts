/** `--fail-if "startup.ready container > 1.1"`: read, and held against what was found. */
import { TareError } from '../../runtime/errors.ts';
import type { Change, ConditionOutcome } from './document.ts';

export type Condition = Omit<ConditionOutcome, 'outcomes'>;

const FORM = 'METRIC RUNTIME >|>=|<|<= NUMBER [at 95%]';
const EXAMPLE = '--fail-if "startup.ready container > 1.1"';

/** One word of a condition, with where it stands. */
interface Word {
  readonly text: string;
  /** From 1, as people count. */
  readonly column: number;
}

/** `a>1` is three words, as is `a > 1`. */
function words(text: string): Word[] {
  return [...text.matchAll(/[<>]=?|[^\s<>]+/g)].map((match) => ({ text: match[0], column: match.index + 1 }));
}

/** @throws {TareError} `usage` with the column of the first word that cannot be there */
export function parseCondition(text: string): Condition {
  const found = words(text);
  const [metric, runtime, operator, limit, at, level] = found;
  const refuse = (word: Word | undefined, wanted: string): TareError => {
    const place = word === undefined ? `after column ${text.trimEnd().length}` : `at column ${word.column}`;
    const seen = word === undefined ? 'nothing stands' : `"${word.text}" stands`;
    return new TareError('usage', `--fail-if "${text}": ${seen} ${place}, where ${wanted} belongs`, `write ${FORM}, for example: ${EXAMPLE}`);
  };
  if (metric === undefined || isOperator(metric)) throw refuse(metric, 'a metric');
  if (runtime === undefined || isOperator(runtime)) throw refuse(runtime, 'a runtime');
  if (operator === undefined || !isOperator(operator)) throw refuse(operator, 'one of > >= < <=');
  if (limit === undefined || !/^\d+(\.\d+)?$/.test(limit.text) || Number(limit.text) <= 0) throw refuse(limit, 'a ratio above 0, such as 1.1,');
  if (at !== undefined && at.text !== 'at') throw refuse(at, '"at 95%" or the end');
  if (at !== undefined && level?.text !== '95%') throw refuse(level, '95%');
  if (found[6] !== undefined) throw refuse(found[6], 'the end');
  return { text, metric: metric.text, runtime: runtime.text, operator: operator.text as Condition['operator'], limit: Number(limit.text), certain: at !== undefined };
}

function isOperator({ text }: Word): boolean {
  return /^[<>]=?$/.test(text);
}

/** @param others numbers of the results that are held against the baseline: each has to hold */
export function examine(condition: Condition, changes: readonly Change[], others: readonly number[]): ConditionOutcome {
  const outcomes = others.map((result) => {
    const change = changes.find((each) => each.result === result && each.metric === condition.metric && each.runtime === condition.runtime);
    return { result, ...outcomeOf(condition, change) };
  });
  return { ...condition, outcomes };
}

function outcomeOf({ operator, limit, certain }: Condition, change: Change | undefined): Omit<ConditionOutcome['outcomes'][number], 'result'> {
  const ratio = change?.ratio ?? null;
  if (change === undefined) return { state: 'no-data', reason: 'neither result has a figure of it' };
  if (ratio === null) return { state: 'no-data', reason: change.reason === '' ? 'a median is not above 0, so there is no ratio' : change.reason };
  const told = `the ratio is ${figure(ratio.value)}`;
  if (!certain) return { state: beyond(ratio.value, operator, limit) ? 'broken' : 'held', reason: told };
  if (ratio.low === null || ratio.high === null) return { state: 'no-data', reason: `${told}, and has no interval: ${change.reason}` };
  // The end of the interval that is nearest to being allowed decides.
  const nearest = operator.startsWith('>') ? ratio.low : ratio.high;
  return { state: beyond(nearest, operator, limit) ? 'broken' : 'held', reason: `${told}, 95 % interval ${figure(ratio.low)} to ${figure(ratio.high)}` };
}

function beyond(value: number, operator: Condition['operator'], limit: number): boolean {
  switch (operator) {
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
  }
}

/** Four significant digits: a ratio of 1.1004 must not read as the 1.1 that it breaks. */
function figure(ratio: number): string {
  return String(Number(ratio.toPrecision(4)));
}

/** Whether nothing was broken, and nothing lacked its data. */
export function allHeld(conditions: readonly ConditionOutcome[]): boolean {
  return conditions.every(({ outcomes }) => outcomes.every(({ state }) => state === 'held'));
}
