/**
 * Which accelerator virtual machines get on this host. A device that opens is not KVM that works: it is proven
 * by running a guest against a deadline.
 *
 * Everything that touches the host is handed in, so that each branch can be tested anywhere.
 */
import { TareError } from '../../errors.ts';
import type { Accelerator } from '../../runtime.ts';
import { kvmAdvice } from './advice.ts';
import { deviceLack, type KvmFacts } from './facts.ts';
import type { HostKey, VerdictStore } from './remembered.ts';
import type { Trace } from './trace.ts';
import { reached, verdict } from './verdict.ts';

export interface Proof {
  readonly accelerator: Accelerator;
  /** One sentence for reports and `doctor`. */
  readonly reason: string;
  /** Of the probe, when it was run just now. */
  readonly trace: Trace | null;
}

/** The real guest kernel, started once under KVM. */
export type Confirmation = { readonly works: true; readonly ms: number } | { readonly works: false; readonly reason: string };

export interface ProofParts {
  readonly facts: KvmFacts;
  readonly store: VerdictStore;
  readonly key: HostKey;
  /** Runs the probe; ends at its own deadline. */
  readonly probe: () => Promise<Trace>;
  /** Boots the real guest kernel; ends at its own deadline. Absent where there is no guest kernel yet. */
  readonly confirm?: () => Promise<Confirmation>;
}

interface Tried {
  readonly works: boolean;
  readonly reason: string;
  readonly trace: Trace;
}

async function attempt({ probe, confirm }: ProofParts): Promise<Tried> {
  const trace = await probe();
  const decided = verdict(trace);
  if (!decided.works || confirm === undefined) return { ...decided, trace };
  const confirmed = await confirm();
  if (confirmed.works) return { works: true, reason: `${decided.reason}; the guest kernel was ready in ${confirmed.ms.toFixed(0)} ms`, trace };
  return { works: false, reason: `${decided.reason}, but the guest kernel did not start: ${confirmed.reason}`, trace };
}

/**
 * @param wanted `auto` decides; `tcg` is taken at its word; `kvm` is the user's word against a remembered
 * verdict, but not against a probe that fails now: what would then be measured is nothing
 * @throws {TareError} `no-kvm` when KVM was asked for and cannot be had, naming the marks reached and the remedy
 */
export async function proveAccelerator(wanted: Accelerator | 'auto', parts: ProofParts): Promise<Proof> {
  if (wanted === 'tcg') return { accelerator: 'tcg', reason: 'asked for: --accelerator tcg', trace: null };

  const lack = deviceLack(parts.facts);
  if (lack !== null) {
    if (wanted === 'kvm') throw new TareError('no-kvm', `--accelerator kvm: ${lack}`, `${kvmAdvice(parts.facts).remedy}; or use --accelerator tcg`);
    return { accelerator: 'tcg', reason: lack, trace: null };
  }

  if (wanted === 'auto') {
    const remembered = await parts.store.recall(parts.key);
    if (remembered !== null) return { accelerator: remembered.works ? 'kvm' : 'tcg', reason: remembered.reason, trace: null };
  }

  const tried = await attempt(parts);
  // A good verdict that the guest kernel has not confirmed is not final.
  if (!tried.works || parts.confirm !== undefined) await parts.store.remember(parts.key, tried);
  if (wanted === 'kvm' && !tried.works) {
    throw new TareError('no-kvm', `--accelerator kvm: /dev/kvm opens and does not work: ${tried.reason}; ${reached(tried.trace)}`, `${kvmAdvice(parts.facts).remedy}; or use --accelerator tcg`);
  }
  return { accelerator: tried.works ? 'kvm' : 'tcg', reason: tried.reason, trace: tried.trace };
}
