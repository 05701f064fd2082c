/**
 * What of the host's kernel the programs in a box can ask directly: system calls, counted. It is no measure of
 * safety, but of how much code has to be without fault for the box to hold.
 */
import { release } from 'node:os';
import { CAPABILITIES } from './container/capabilities.ts';
import { defaultFilter } from './container/defaults.ts';
import { defaultProfile } from './container/seccomp/profile.ts';
import { verdicts } from './container/seccomp/ranges.ts';
import { SYSCALLS } from './container/seccomp/syscalls.ts';
import type { ContainerSpec } from './container/spec.ts';

export interface Reach {
  /** Calls of the host's kernel that are let through whatever their arguments. */
  readonly calls: number;
  /** Calls that are let through with some arguments and not with others. */
  readonly conditional: number;
  /** All that x86-64 has, see container/seccomp/syscalls.ts. */
  readonly of: number;
  /** One sentence. */
  readonly text: string;
}

const ALL = Object.keys(SYSCALLS).length;

export const UNFILTERED: Reach = { calls: ALL, conditional: 0, of: ALL, text: `All ${ALL} system calls of x86-64: no filter stands between its programs and the host’s kernel.` };

/** Of a virtual machine whose hypervisor runs unconfined, as ours does. */
export const BY_HYPERVISOR: Reach = {
  calls: 0,
  conditional: 0,
  of: ALL,
  text: `None directly: its programs ask the guest’s kernel, and the guest reaches what QEMU emulates for it. QEMU itself runs without a filter here, so whoever breaks out into QEMU has all ${ALL} system calls.`,
};

/** @returns `null` for a filter that is not ours, which nobody has counted */
export function reachOf(spec: Pick<ContainerSpec, 'seccomp' | 'capabilities'>): Reach | null {
  if (spec.seccomp === null) return UNFILTERED;
  const bounding = spec.capabilities?.bounding ?? CAPABILITIES.map(({ number }) => number);
  if (spec.seccomp !== defaultFilter(bounding)) return null;
  const names = CAPABILITIES.filter(({ number }) => bounding.includes(number)).map(({ name }) => name);
  const all = [...verdicts(defaultProfile({ capabilities: names, kernel: release() })).values()];
  const conditional = all.filter(({ rules }) => rules.length > 0).length;
  const calls = all.filter(({ rules, otherwise }) => rules.length === 0 && otherwise.do === 'allow').length;
  return { calls, conditional, of: ALL, text: `${calls} of ${ALL} system calls of x86-64, and ${conditional} more with some arguments and not with others: its seccomp filter refuses the rest.` };
}
