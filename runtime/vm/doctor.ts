/** What this host lacks for virtual machines, and how their accelerator was decided. */
import { TareError } from '../errors.ts';
import type { Check } from '../host/doctor.ts';
import type { Image } from '../image/image.ts';
import { Launcher } from '../launcher/client.ts';
import { decideAccelerator } from './accelerator/decide.ts';
import { kvmAdvice } from './accelerator/advice.ts';
import { kvmFacts } from './accelerator/facts.ts';
import { vmAvailability } from './availability.ts';
import { findQemu, openQemu, QEMU } from './qemu/program.ts';

async function qemuCheck(): Promise<Check> {
  const path = findQemu();
  return {
    id: 'qemu',
    title: 'QEMU',
    state: path === null ? 'lack' : 'ok',
    finding: path === null ? `no ${QEMU} on PATH` : `${(await openQemu()).version} (${path})`,
    remedy: path === null ? 'run: make setup (or apt-get install qemu-system-x86)' : null,
    unlocks: 'virtual machines',
  };
}

/** Runs the probe guest unless its verdict is remembered. */
async function acceleratorCheck(image: Image | null): Promise<Check> {
  const base = { id: 'accelerator', title: 'accelerator', unlocks: 'virtual machines at hardware speed; without it they are emulated, and their figures say nothing about hardware virtualisation' };
  const facts = kvmFacts();
  const state = await vmAvailability();
  if (state.state === 'unavailable') {
    return { ...base, state: 'lack', finding: `not decided, since no guest can be run: ${state.reason}; /dev/kvm: ${facts.device}`, remedy: state.remedy, ...(facts.device === 'openable' ? {} : { background: [`For KVM: ${kvmAdvice(facts).remedy}.`, ...kvmAdvice(facts).background] }) };
  }
  const launcher = await Launcher.open();
  try {
    const proof = await decideAccelerator('auto', launcher, await openQemu(), image);
    return proof.accelerator === 'kvm'
      ? { ...base, state: 'ok', finding: `kvm: ${proof.reason}`, remedy: null }
      : { ...base, state: 'warn', finding: `tcg (emulated): ${proof.reason}`, ...kvmAdvice(facts) };
  } catch (error) {
    if (!(error instanceof TareError)) throw error;
    return { ...base, state: 'lack', finding: `not decided: ${error.message}`, remedy: error.remedy };
  } finally {
    await launcher.close();
  }
}

/** @param image confirms a good verdict with its kernel; null when none is built */
export async function examineVms(image: Image | null): Promise<Check[]> {
  return [await qemuCheck(), await acceleratorCheck(image)];
}
