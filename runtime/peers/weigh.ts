/** A peer's container on the scale: by the same files as every instance, what the tool adds shown apart. */
import { readFileSync } from 'node:fs';
import { readCgroupMemory } from '../cgroup/memory.ts';
import { TareError } from '../errors.ts';
import { hierarchy } from '../instance.ts';
import { reading } from '../memory.ts';
import type { MemoryReading } from '../runtime.ts';
import { sortProcesses, weighHelpers } from './processes.ts';

/**
 * Pss is the container's own; the charge is its cgroup's. Where a tool has no cgroups and shares its container's
 * (bwrap, unshare, nspawn), the charge holds the tool's memory as well.
 * @throws {TareError} `host` when there is no cgroup to be weighed by, or a file cannot be read
 */
export function weighContainer(name: string, cgroup: string | null, words: readonly string[], program: string): MemoryReading {
  const version = hierarchy().controllers.get('memory')?.version;
  if (cgroup === null || version === undefined) throw new TareError('host', `cannot weigh ${name}: it has no memory cgroup`, 'it has ended, or the host has no memory controller: tare doctor');
  const { container, helpers } = sortProcesses(cgroup, words, program);
  let charge: ReturnType<typeof readCgroupMemory>;
  try {
    charge = readCgroupMemory(version, (file) => readFileSync(`${cgroup}/${file}`, 'utf8'));
  } catch (error) {
    throw new TareError('host', `cannot weigh ${name}: ${(error as Error).message}`, 'it has ended meanwhile', { cause: error });
  }
  return { ...reading(container, charge), helpers: weighHelpers(helpers) };
}
