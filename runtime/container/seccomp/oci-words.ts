/** The words of `linux.seccomp` and what they mean to us. Source: the OCI runtime specification, config-linux.md. */
import type { Action, Comparison } from './rules.ts';

/** SCMP_ACT_KILL is the older name of killing the thread. */
export const ACTIONS: Readonly<Record<string, Action['do']>> = {
  SCMP_ACT_ALLOW: 'allow',
  SCMP_ACT_ERRNO: 'errno',
  SCMP_ACT_KILL: 'kill-thread',
  SCMP_ACT_KILL_THREAD: 'kill-thread',
  SCMP_ACT_KILL_PROCESS: 'kill-process',
  SCMP_ACT_TRAP: 'trap',
  SCMP_ACT_LOG: 'log',
};

export const UNSUPPORTED_ACTIONS: Readonly<Record<string, string>> = {
  SCMP_ACT_TRACE: 'it needs a tracer, and a container here has none',
  SCMP_ACT_NOTIFY: 'it needs a supervisor that answers for the kernel, and there is none here',
};

/** SCMP_CMP_MASKED_EQ besides: its `value` is the mask, `valueTwo` what must come out. */
export const COMPARISONS: Readonly<Record<string, Comparison>> = {
  SCMP_CMP_NE: '!=',
  SCMP_CMP_LT: '<',
  SCMP_CMP_LE: '<=',
  SCMP_CMP_EQ: '==',
  SCMP_CMP_GE: '>=',
  SCMP_CMP_GT: '>',
};

export const MASKED_EQ = 'SCMP_CMP_MASKED_EQ';

export interface OciArgument {
  readonly index: number;
  readonly value: number | bigint;
  readonly valueTwo?: number | bigint;
  readonly op: string;
}

export interface OciSyscall {
  readonly names: readonly string[];
  readonly action: string;
  readonly errnoRet?: number;
  readonly args?: readonly OciArgument[];
}

export interface OciSeccomp {
  readonly defaultAction: string;
  readonly defaultErrnoRet?: number;
  readonly architectures: readonly string[];
  readonly syscalls: readonly OciSyscall[];
}
