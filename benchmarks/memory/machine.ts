/** Figures of memory that only a virtual machine has: what its PSS consists of, and what its guest sees. */
import type { GuestMemory } from '../../runtime/guest-memory.ts';
import type { MachineMemory } from '../../runtime/runtime.ts';
import { metric } from '../benchmark.ts';
import type { Metric } from '../result/schema.ts';

type Text = Pick<Metric, 'title' | 'definition'>;

function part(name: string, text: Text): Metric {
  return metric('memory', name, { ...text, unit: 'bytes', anchor: 'memory-machine', kinds: ['vm'] });
}

function seen(name: string, text: Text): Metric {
  return metric('memory', name, { ...text, unit: 'bytes', anchor: 'memory-inside', kinds: ['vm'], sparse: true });
}

/** They add up to PSS. */
export const MACHINE_PARTS: readonly Metric[] = [
  part('ram', { title: 'PSS, guest RAM', definition: 'The part of PSS that is RAM of this guest’s own: what it has touched, or, of RAM that was mapped from a snapshot, what it has written since.' }),
  part('snapshot', { title: 'PSS, guest RAM still the snapshot’s', definition: 'The part of PSS that is guest RAM read from the snapshot and not yet written: pages of its file, shared by all that were resumed from it. 0 for a machine that was booted.' }),
  part('hypervisor', { title: 'PSS, the hypervisor’s own', definition: 'The part of PSS with no file behind it that is not guest RAM: QEMU’s heap and stacks, and under emulation the code that it has translated.' }),
  part('program', { title: 'PSS, files', definition: 'The part of PSS that lies in files: QEMU’s program and libraries, and the kernel and initramfs that it has mapped to load the guest from. Shared by all that use them.' }),
];

export const SEEN_INSIDE: readonly Metric[] = [
  seen('taken', { title: 'taken by the guest’s kernel', definition: 'Memory set aside for the machine less what the guest’s kernel has to give out (MemTotal): its code and data, its table of pages, what the firmware keeps.' }),
  seen('free', { title: 'free inside', definition: 'MemFree in the idle guest: what is used for nothing, once the kernel and all that runs beside the workload have theirs.' }),
  seen('available', { title: 'available inside', definition: 'MemAvailable in the idle guest: what a program can still have, as its kernel estimates it.' }),
];

/** @returns nothing for what is no machine */
export function machineParts(machine: MachineMemory | undefined): Readonly<Record<string, number>> {
  return machine === undefined ? {} : { ram: machine.ramBytes, snapshot: machine.snapshotBytes, hypervisor: machine.hypervisorBytes, program: machine.programBytes };
}

export function seenInside(inside: GuestMemory | null, configuredBytes: number | null): Readonly<Record<string, number>> {
  return inside === null || configuredBytes === null ? {} : { taken: configuredBytes - inside.totalBytes, free: inside.freeBytes, available: inside.availableBytes };
}
