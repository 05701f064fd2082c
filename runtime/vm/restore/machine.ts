/** The machines of a snapshot: the one that is booted and saved, and those that are resumed. Pure. */
import type { MachineOptions } from '../qemu/arguments.ts';
import { ramFile, type Snapshot } from './snapshot.ts';

/** What the workload reads from its port: go on waiting, or make the mark and then do this. */
const ANSWERS = { wait: 0, exit: 0x78, idle: 0x69 } as const;

/** @param booted vm-micro's machine with a workload that waits */
export function machineToSave(booted: MachineOptions, directory: string): MachineOptions {
  return { ...booted, ram: { file: ramFile(directory), written: true }, markAnswer: ANSWERS.wait };
}

/**
 * The same hardware, less what a boot alone needs. What it answers on the mark's port is what differs, and is how
 * the workload learns that it has been resumed.
 */
export function resumedMachine({ monitor, ...booted }: MachineOptions, snapshot: Snapshot, then: 'exit' | 'idle'): MachineOptions {
  return {
    ...booted,
    boot: { from: 'snapshot', state: snapshot.state, commands: snapshot.commands },
    ram: { file: snapshot.ram, written: false },
    markAnswer: ANSWERS[then],
    ...(then === 'idle' && monitor !== undefined ? { monitor } : {}),
  };
}
