/** A virtual machine on the scale: what every instance is weighed by, and the parts of which its memory consists. */
import { readFileSync, realpathSync } from 'node:fs';
import { TareError } from '../errors.ts';
import type { MemoryReading } from '../runtime.ts';
import { MEBIBYTE } from './memory.ts';
import { mappings, memoryParts, pssOf, type RamPlace } from './memory-parts.ts';
import type { MachineOptions } from './qemu/arguments.ts';

/** Looks at one whose memory changes in between; an idle guest needs one. */
const LOOKS = 3;

export function ramPlace({ ram, mergeable, memoryMebibytes }: Pick<MachineOptions, 'ram' | 'mergeable' | 'memoryMebibytes'>): RamPlace {
  if (mergeable === true) return { is: 'anonymous', sizeBytes: memoryMebibytes * MEBIBYTE };
  return ram === undefined ? { is: 'memfd' } : { is: 'file', path: ram.file };
}

/** As the kernel names it in the list of mappings, where no link is left. */
function resolved(place: RamPlace): RamPlace {
  if (place.is !== 'file') return place;
  try {
    return { ...place, path: realpathSync(place.path) };
  } catch {
    return place; // it has been removed, and is mapped all the same
  }
}

function smapsOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/smaps`, 'utf8');
  } catch (error) {
    throw new TareError('host', `cannot read the memory map of QEMU (process ${pid}): ${(error as Error).message}`, 'run it as root; if QEMU has ended, see its log', { cause: error });
  }
}

/**
 * PSS and its parts are two looks at the kernel's figures. Where the guest is at work they do not agree: the last look
 * at the parts then gives the sum as well.
 * @param weigh reads what every instance is weighed by
 * @param pid QEMU's
 * @throws {TareError} `host` when the parts cannot be told
 */
export async function weighMachine(weigh: () => Promise<MemoryReading>, pid: number, place: RamPlace): Promise<MemoryReading> {
  const ram = resolved(place);
  for (let look = 1; ; look++) {
    const reading = await weigh();
    const all = mappings(smapsOf(pid));
    const pssBytes = look < LOOKS ? reading.pssBytes : pssOf(all);
    const machine = memoryParts(all, ram, pssBytes);
    if (machine !== null) return { ...reading, pssBytes, machine };
  }
}
