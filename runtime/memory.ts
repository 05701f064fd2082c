/**
 * An instance on the scale: the same files for a process, a container and QEMU.
 */
import { readFileSync } from 'node:fs';
import type { CgroupHierarchy } from './cgroup/hierarchy.ts';
import { readCgroupMemory, type CgroupMemory } from './cgroup/memory.ts';
import { cgroupPath } from './cgroup/steps.ts';
import { TareError } from './errors.ts';
import type { Slot } from './launcher/prepared.ts';
import type { MemoryReading } from './runtime.ts';

/** Pss of one process in bytes, or 0 when it ended meanwhile. Source: proc(5), smaps_rollup. */
export function pssBytes(pid: number): number {
  try {
    const match = /^Pss:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
    return match === null ? 0 : Number(match[1]) * 1024;
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return 0;
    throw new TareError('host', `cannot read the memory map of process ${pid}: ${(error as Error).message}`, 'run it as root', { cause: error });
  }
}

/** What these processes and this charge weigh, in the terms of every runtime. */
export function reading(pids: readonly number[], charge: CgroupMemory): MemoryReading {
  return {
    pssBytes: pids.reduce((sum, pid) => sum + pssBytes(pid), 0),
    cgroupBytes: charge.anonymousBytes + charge.fileBytes + charge.kernelBytes,
    counterBytes: charge.counterBytes,
    anonymousBytes: charge.anonymousBytes,
    fileBytes: charge.fileBytes,
    kernelBytes: charge.kernelBytes,
    processes: pids.length,
  };
}

function members(directory: string): number[] {
  return readFileSync(`${directory}/cgroup.procs`, 'utf8').split('\n').filter(Boolean).map(Number);
}

/**
 * Weighs an instance that has a cgroup.
 * @throws {TareError} `host` when the host has no memory controller or a file cannot be read
 */
export function weigh(hierarchy: CgroupHierarchy, slot: Slot, pid: number): MemoryReading {
  const directory = cgroupPath(hierarchy, slot, 'memory');
  const version = hierarchy.controllers.get('memory')?.version;
  if (directory === null || version === undefined) {
    throw new TareError('host', 'the host has no memory cgroup controller to weigh an instance with', 'enable it: cgroup_enable=memory on the kernel command line');
  }
  let pids: number[];
  let charge: CgroupMemory;
  try {
    pids = members(directory);
    charge = readCgroupMemory(version, (file) => readFileSync(`${directory}/${file}`, 'utf8'));
  } catch (error) {
    throw new TareError('host', `cannot weigh process ${pid}: ${(error as Error).message}`, 'the instance was started without a cgroup, or has ended', { cause: error });
  }
  return reading(pids, charge);
}
