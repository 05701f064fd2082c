/**
 * Recorded on Debian 12: smaps of idle machines of 256 MiB under TCG (QEMU 7.2), of each mapping the lines that are
 * read, and those left out of which nothing was in memory. The kernel's own sums over the same process
 * (smaps_rollup: Pss, Pss_Anon, Pss_File, Pss_Shmem) say what must come out.
 */
import { readFileSync } from 'node:fs';
import test from 'ava';
import type { MachineMemory } from '../runtime.ts';
import { mappings, memoryParts, pssOf, type RamPlace } from './memory-parts.ts';
import { weighMachine } from './weigh.ts';

const KIB = 1024;

function recorded(name: string): ReturnType<typeof mappings> {
  return mappings(readFileSync(new URL(`recorded-smaps/${name}.txt`, import.meta.url), 'utf8'));
}

function total({ ramBytes, snapshotBytes, hypervisorBytes, programBytes }: MachineMemory): number {
  return ramBytes + snapshotBytes + hypervisorBytes + programBytes;
}

const SNAPSHOT: RamPlace = { is: 'file', path: '/srv/tare/snapshots/tiny-965d1fbe4593/ram' };

test('booted: RAM is the memory file’s, the hypervisor’s own is what is anonymous, the rest lies in files', (t) => {
  const [pss, anonymous, file, shared] = [204_270 * KIB, 54_592 * KIB, 67_802 * KIB, 81_876 * KIB];
  const parts = memoryParts(recorded('vm-micro'), { is: 'memfd' }, pss);
  t.deepEqual(parts, { ramBytes: shared, snapshotBytes: 0, hypervisorBytes: anonymous, programBytes: file });
});

test('resumed: what the guest has written is its own, what it has not is the snapshot’s', (t) => {
  const [pss, anonymous, file, written, mapped] = [44_682 * KIB, 16_092 * KIB, 28_590 * KIB, 344 * KIB, 8392 * KIB];
  const parts = memoryParts(recorded('vm-restore'), SNAPSHOT, pss);
  t.deepEqual(parts, { ramBytes: written, snapshotBytes: mapped - written, hypervisorBytes: anonymous - written, programBytes: file - (mapped - written) });
});

test('the snapshot is found after its file was removed, too', (t) => {
  const all = recorded('vm-restore').map((mapping) => ({ ...mapping, name: mapping.name.replace(/\/ram$/, '/ram (deleted)') }));
  t.is(memoryParts(all, SNAPSHOT, pssOf(all))?.ramBytes, 344 * KIB);
});

test('RAM without a name is told by its size', (t) => {
  const all = recorded('vm-micro').map((mapping) => (mapping.name.startsWith('/memfd:') ? { ...mapping, name: '', anonymousBytes: mapping.pssBytes } : mapping));
  const parts = memoryParts(all, { is: 'anonymous', sizeBytes: 256 * KIB * KIB }, 204_270 * KIB);
  t.deepEqual([parts?.ramBytes, parts?.hypervisorBytes], [81_876 * KIB, 54_592 * KIB]);
});

test('whatever the place, the parts add up to the sum', (t) => {
  for (const [name, place] of [['vm-micro', { is: 'memfd' }], ['vm-restore', SNAPSHOT]] as const) {
    const all = recorded(name);
    const pss = pssOf(all) + 5 * KIB;
    const parts = memoryParts(all, place, pss);
    t.is(parts === null ? null : total(parts), pss);
  }
});

test('a sum that is not of these mappings is refused', (t) => {
  const all = recorded('vm-micro');
  t.is(memoryParts(all, { is: 'memfd' }, pssOf(all) - KIB), null);
  t.is(memoryParts(all, { is: 'memfd' }, pssOf(all) + (all.length + 1) * KIB), null);
});

test('RAM that is not there is an error that says what was looked for', (t) => {
  t.throws(() => memoryParts(recorded('vm-restore'), { is: 'memfd' }, 1), { message: /memory is not among QEMU’s mappings.*memory-backend-memfd/, code: 'host' });
  t.throws(() => memoryParts(recorded('vm-micro'), SNAPSHOT, 1), { message: /snapshots.*\/ram/ });
});

test('a name with blanks or a line break in it stays one name', (t) => {
  const [mapping] = mappings('7f5373fff000-7f5383fff000 rw-p 00000000 fe:00 5333858                    /my\\012snap shots/ram\nSize:   4 kB\nPss:   3 kB\nAnonymous:   2 kB\n');
  t.deepEqual(mapping, { name: '/my\nsnap shots/ram', sizeBytes: 4096, pssBytes: 3072, anonymousBytes: 2048 });
});

test('while the memory changes, the last look gives the sum as well', async (t) => {
  let looks = 0;
  const weigh = () => Promise.resolve({ pssBytes: ++looks, rssBytes: 0, vszBytes: 0, cgroupBytes: 0, anonymousBytes: 0, fileBytes: 0, kernelBytes: 0, counterBytes: 0, processes: 1 });
  // This very process: its program is a file that is mapped private, as a snapshot is.
  const { pssBytes, machine } = await weighMachine(weigh, process.pid, { is: 'file', path: process.execPath });
  t.is(looks, 3);
  t.true(pssBytes > 1_000_000);
  t.is(machine === undefined ? null : total(machine), pssBytes);
});
