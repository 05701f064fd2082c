/**
 * What a virtual machine's memory on the host consists of: guest RAM, the hypervisor's own, what lies in files. From
 * the list of QEMU's mappings; pure.
 *
 * Source: proc(5), /proc/PID/smaps. A page of a private mapping of a file is the file's until it is written, and
 * anonymous from then on.
 */
import { TareError } from '../errors.ts';
import type { MachineMemory } from '../runtime.ts';

const KIBIBYTE = 1024;

export interface Mapping {
  /** '' for anonymous memory. */
  readonly name: string;
  readonly sizeBytes: number;
  readonly pssBytes: number;
  /** Pages that no file stands behind: of a private mapping those that were written. */
  readonly anonymousBytes: number;
}

/** Where a guest's RAM is to be found among the mappings. */
export type RamPlace =
  /** In memory of its own, under the name that QEMU gives it. */
  | { readonly is: 'memfd' }
  /** In a file, mapped private: what the guest has not written is the file's. */
  | { readonly is: 'file'; readonly path: string }
  /** Without a name: known by its size alone. */
  | { readonly is: 'anonymous'; readonly sizeBytes: number };

/** As QEMU names it, whatever the backend's id. Source: QEMU, backends/hostmem-memfd.c. */
const MEMFD = /^\/memfd:memory-backend-memfd\b/;

const HEADING = /^[0-9a-f]+-[0-9a-f]+ \S{4} [0-9a-f]+ [0-9a-f]+:[0-9a-f]+ \d+ *(.*)$/;
const FIGURE = /^(Size|Pss|Anonymous): +(\d+) kB$/;

/** @param smaps the text of /proc/PID/smaps */
export function mappings(smaps: string): Mapping[] {
  const found: { name: string; sizeBytes: number; pssBytes: number; anonymousBytes: number }[] = [];
  for (const line of smaps.split('\n')) {
    const heading = HEADING.exec(line);
    if (heading !== null) {
      found.push({ name: (heading[1] ?? '').replaceAll('\\012', '\n'), sizeBytes: 0, pssBytes: 0, anonymousBytes: 0 });
      continue;
    }
    const [, what, amount] = FIGURE.exec(line) ?? [];
    const last = found.at(-1);
    if (what === undefined || last === undefined) continue;
    const bytes = Number(amount) * KIBIBYTE;
    if (what === 'Size') last.sizeBytes = bytes;
    else if (what === 'Pss') last.pssBytes = bytes;
    else last.anonymousBytes = bytes;
  }
  return found;
}

function isRam(place: RamPlace): (mapping: Mapping) => boolean {
  switch (place.is) {
    case 'memfd':
      return ({ name }) => MEMFD.test(name);
    case 'file':
      return ({ name }) => name === place.path || name === `${place.path} (deleted)`;
    case 'anonymous':
      return ({ name, sizeBytes }) => name === '' && sizeBytes === place.sizeBytes;
  }
}

/** What all of them add up to, each cut to whole KiB by the kernel. */
export function pssOf(all: readonly Mapping[]): number {
  return sum(all, ({ pssBytes }) => pssBytes);
}

function sum(all: readonly Mapping[], of: (mapping: Mapping) => number): number {
  return all.reduce((total, mapping) => total + of(mapping), 0);
}

/**
 * The parts, or null when the total is another's: pages came or went between one look and the other.
 * @param pssBytes the process's, which the parts add up to. The kernel cuts each mapping's figure to whole KiB, so
 * that theirs add up to a little less; whole pages lack nothing, so what is missing is of files that others map too
 * @throws {TareError} when guest RAM is not among the mappings
 */
export function memoryParts(all: readonly Mapping[], place: RamPlace, pssBytes: number): MachineMemory | null {
  const is = isRam(place);
  const ram = all.filter(is);
  if (ram.length === 0) throw new TareError('host', `the guest’s memory is not among QEMU’s mappings (${all.length} were looked at, for ${describe(place)})`, 'report this with QEMU’s version: it may name its memory otherwise');
  const cut = pssBytes - pssOf(all);
  if (cut < 0 || cut > all.length * KIBIBYTE) return null;
  // What is written to shared memory stays the memory file's, whose pages are nobody else's.
  const ramBytes = sum(ram, (mapping) => (place.is === 'file' ? mapping.anonymousBytes : mapping.pssBytes));
  const snapshotBytes = pssOf(ram) - ramBytes;
  const hypervisorBytes = sum(all, (mapping) => (is(mapping) ? 0 : Math.min(mapping.anonymousBytes, mapping.pssBytes)));
  return { ramBytes, snapshotBytes, hypervisorBytes, programBytes: pssBytes - ramBytes - snapshotBytes - hypervisorBytes };
}

function describe(place: RamPlace): string {
  switch (place.is) {
    case 'memfd':
      return 'memory-backend-memfd';
    case 'file':
      return place.path;
    case 'anonymous':
      return `one of ${place.sizeBytes} bytes without a name`;
  }
}
