/** Reads the values inside `linux.seccomp`, each with its place, so that what is wrong can be found. */
import { TareError } from '../../errors.ts';
import { ACTIONS, COMPARISONS, MASKED_EQ, UNSUPPORTED_ACTIONS } from './oci-words.ts';
import { type Action, type Condition, ERRNO, WHOLE } from './rules.ts';

const LARGEST_ERRNO = 4095;

export type Fields = Readonly<Record<string, unknown>>;

export function refuse(message: string, remedy: string): never {
  throw new TareError('bad-file', message, remedy);
}

/** A value as it stood in the file. */
export function shown(value: unknown): string {
  return value === undefined ? 'missing' : typeof value === 'bigint' ? String(value) : JSON.stringify(value);
}

export function readFields(value: unknown, place: string): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) refuse(`${place} is ${shown(value)}, not an object`, 'write it as the OCI runtime specification has it');
  return value as Fields;
}

/** Nothing at all counts as an empty list. */
export function readList(value: unknown, place: string): readonly unknown[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) refuse(`${place} is ${shown(value)}, not a list`, 'write it as the OCI runtime specification has it');
  return value;
}

export function readNames(value: unknown, place: string): string[] {
  return readList(value, place).map((name, index) => (typeof name === 'string' ? name : refuse(`${place}[${index}] is ${shown(name)}, not a name`, 'put it in quotation marks')));
}

/** @param errno where the number that goes with SCMP_ACT_ERRNO is: EPERM if it is not given */
export function readAction(value: unknown, place: string, errno: { readonly value: unknown; readonly place: string }): Action {
  const unsupported = typeof value === 'string' && Object.hasOwn(UNSUPPORTED_ACTIONS, value) ? UNSUPPORTED_ACTIONS[value] : undefined;
  if (unsupported !== undefined) refuse(`${place} is ${shown(value)}, which is not supported: ${unsupported}`, 'take SCMP_ACT_ERRNO or SCMP_ACT_LOG');
  const action = typeof value === 'string' && Object.hasOwn(ACTIONS, value) ? ACTIONS[value] : undefined;
  if (action === undefined) refuse(`${place} is ${shown(value)}, which is no action`, `take one of ${Object.keys(ACTIONS).join(', ')}`);
  if (action !== 'errno') return { do: action };
  return { do: 'errno', errno: errno.value === undefined ? ERRNO.EPERM : Number(readNumber(errno.value, errno.place, LARGEST_ERRNO)) };
}

/** An unsigned whole number; a `bigint` is taken too, for what JSON's numbers cannot hold exactly. */
export function readNumber(value: unknown, place: string, largest: number | bigint): bigint {
  if (typeof value === 'number' && Number.isInteger(value) && !Number.isSafeInteger(value)) {
    refuse(`${place} is about ${value}: numbers of this size cannot be read exactly from JSON`, 'write the condition so that it does with less than 2^53');
  }
  const number = typeof value === 'bigint' ? value : Number.isSafeInteger(value) ? BigInt(value as number) : null;
  if (number === null || number < 0n || number > largest) refuse(`${place} is ${shown(value)}, not a whole number from 0 to ${largest}`, 'correct the number');
  return number;
}

/** The conditions of an entry, as alternatives: inside one all must hold. Without arguments: one, always true. */
export function readArguments(value: unknown, place: string): (readonly Condition[])[] {
  const conditions = readList(value, place).map((argument, index) => readCondition(argument, `${place}[${index}]`));
  const onOneArgument = new Set(conditions.map(({ argument }) => argument)).size < conditions.length;
  return onOneArgument ? conditions.map((condition) => [condition]) : [conditions];
}

function readCondition(given: unknown, place: string): Condition {
  const { index, value, valueTwo, op } = readFields(given, place);
  const argument = Number(readNumber(index, `${place}.index`, 5));
  const first = readNumber(value, `${place}.value`, WHOLE);
  const second = readNumber(valueTwo ?? 0, `${place}.valueTwo`, WHOLE);
  if (op === MASKED_EQ) return { argument, mask: first, op: '==', value: second };
  const comparison = typeof op === 'string' && Object.hasOwn(COMPARISONS, op) ? COMPARISONS[op] : undefined;
  if (comparison === undefined) refuse(`${place}.op is ${shown(op)}, which is no comparison`, `take one of ${[...Object.keys(COMPARISONS), MASKED_EQ].join(', ')}`);
  return { argument, mask: WHOLE, op: comparison, value: first };
}
