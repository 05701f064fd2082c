/** The machines that a guest may believe it runs on, each with its reason. */
import { TareError } from '../../errors.ts';
import type { MachineName } from '../../runtime.ts';

export interface Machine {
  readonly type: string;
  readonly why: string;
  /** How virtio devices are attached; what follows it in their names, and in the guest's list of modules. */
  readonly bus: 'mmio' | 'pci';
  /** What QEMU loads to enter a kernel: told with the disk that it takes. */
  readonly firmware: readonly string[];
  /** What its firmware and its devices take of the guest's memory, beyond what the least of them takes. */
  readonly extraMebibytes: number;
}

export const MACHINES: Readonly<Record<MachineName, Machine>> = {
  microvm: {
    type: 'microvm',
    why: 'almost no virtual hardware: no PCI, no ACPI tables to walk; the quickest machine that boots a stock kernel (1.0 s, where pc takes 1.2)',
    bus: 'mmio',
    firmware: ['bios-microvm.bin', 'pvh.bin'],
    extraMebibytes: 0,
  },
  q35: {
    type: 'q35',
    why: 'a PC of 2009, with PCI Express: what a virtual machine gets that shall have new hardware',
    bus: 'pci',
    firmware: ['bios-256k.bin', 'kvmvapic.bin', 'pvh.bin'],
    extraMebibytes: 4,
  },
  pc: {
    type: 'pc',
    why: 'a PC of 1996, with PCI and ISA: QEMU’s default, and what most virtual machines still are',
    bus: 'pci',
    firmware: ['bios-256k.bin', 'kvmvapic.bin', 'pvh.bin'],
    extraMebibytes: 4,
  },
};

export const MACHINE_NAMES = Object.keys(MACHINES) as MachineName[];

/** @throws {TareError} `usage` for a machine that is none of ours */
export function machineNamed(name: string): MachineName {
  const found = MACHINE_NAMES.find((each) => each === name);
  if (found === undefined) throw new TareError('usage', `--machine: there is no machine "${name}" for virtual machines`, `one of ${MACHINE_NAMES.join(', ')}`);
  return found;
}
