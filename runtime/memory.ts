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

/** Text of a file of one process, or nothing when it ended meanwhile. */
function fileOf(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw new TareError('host', `cannot read the memory map of process ${pid}: ${(error as Error).message}`, 'run it as root', { cause: error });
  }
}

/** A field that proc(5) gives in kB, in bytes; 0 where there is none, as of a process that has ended. */
function field(text: string, name: string): number {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) * 1024;
}

/** Pss of one process in bytes, or 0 when it ended meanwhile. Source: proc(5), smaps_rollup. */
export function pssBytes(pid: number): number {
  return field(fileOf(pid, 'smaps_rollup'), 'Pss');
}

/** What the kernel says of one process's memory, in bytes. */
export interface ProcessMemory {
  /** Its private pages, and its share of those that others map too. */
  readonly pssBytes: number;
  /** All of its pages that are in memory, whoever else maps them. */
  readonly rssBytes: number;
  /** All that it has mapped, touched or not. */
  readonly vszBytes: number;
}

/**
 * Rss is of smaps_rollup, like Pss: VmRSS in status comes from counters that each processor updates in batches, and is
 * off by some hundred KiB. Sources: proc(5), smaps_rollup and status.
 */
export function processMemory(pid: number): ProcessMemory {
  const rollup = fileOf(pid, 'smaps_rollup');
  return { pssBytes: field(rollup, 'Pss'), rssBytes: field(rollup, 'Rss'), vszBytes: field(fileOf(pid, 'status'), 'VmSize') };
}

/** What these processes and this charge weigh, in the terms of every runtime. */
export function reading(pids: readonly number[], charge: CgroupMemory): MemoryReading {
  const each = pids.map(processMemory);
  return {
    pssBytes: each.reduce((sum, { pssBytes }) => sum + pssBytes, 0),
    rssBytes: each.reduce((sum, { rssBytes }) => sum + rssBytes, 0),
    vszBytes: each.reduce((sum, { vszBytes }) => sum + vszBytes, 0),
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
