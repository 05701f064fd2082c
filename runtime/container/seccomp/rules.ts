/**
 * What a filter is to do, as data: read by the compiler, by `explain`, and by the writer of OCI bundles.
 *
 * A verdict is found so: a call by another architecture's door kills the process; a number that is not in the
 * table, or greater than `last`, gets `beyond`; otherwise the first rule that names the call and whose
 * conditions all hold decides, and `otherwise` if none does. Calls of the x32 ABI always get ENOSYS.
 */

/** `errno` is the number that the caller sees, 1 to 4095; it is not read by other actions. */
export type Action =
  | { readonly do: 'allow' | 'log' | 'trap' | 'kill-thread' | 'kill-process' }
  | { readonly do: 'errno'; readonly errno: number };

export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';

/** Holds when `(argument & mask) op value`, all unsigned 64-bit. */
export interface Condition {
  /** Which argument of the call: 0 to 5. */
  readonly argument: number;
  readonly mask: bigint;
  readonly op: Comparison;
  readonly value: bigint;
}

export interface Rule {
  /** Names of `SYSCALLS`. */
  readonly calls: readonly string[];
  readonly action: Action;
  /** All must hold; none: always. */
  readonly when: readonly Condition[];
  /** What someone hostile could do with the call; absent in rules that came with a bundle. */
  readonly why?: string;
}

export interface FilterRules {
  readonly rules: readonly Rule[];
  /** For known calls that no rule decides. */
  readonly otherwise: Action;
  /** The greatest number that the rules know of. */
  readonly last: number;
  /** For greater numbers, and for those that no call of the table has. */
  readonly beyond: Action;
}

export const ERRNO = { EPERM: 1, ENOSYS: 38 } as const;

/** All bits of an argument. */
export const WHOLE = 0xffff_ffff_ffff_ffffn;

/**
 * The low 32 bits. The kernel takes an `int` from a 64-bit register by dropping the rest, so a rule that denies
 * a value must drop it as well: a comparison of all 64 bits is passed by setting any of the upper ones.
 */
export const LOW = 0xffff_ffffn;
