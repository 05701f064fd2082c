import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { microMachine, type MicroOptions } from '../micro-machine.ts';
import { keyDigest, machineLine, snapshotKey } from './key.ts';

const folder = mkdtempSync(join(tmpdir(), 'tare-key-'));
test.after.always(() => rmSync(folder, { recursive: true }));

const initramfs = join(folder, 'initramfs');
const program = join(folder, 'qemu');
const kernel = { vmlinux: '/k/vmlinux', release: '6.1', digest: 'k1', lengthBytes: 1, allocatedBytes: 1, from: '' };
const micro: MicroOptions = { accelerator: 'tcg', memoryMebibytes: 256, vcpus: 1, tscKhz: 2_600_000 };

interface Changes {
  readonly micro?: Partial<MicroOptions>;
  readonly workload?: string;
  readonly kernelDigest?: string;
  readonly initramfs?: string;
  readonly qemu?: string;
  readonly qemuTime?: number;
}

async function digestWith(changes: Changes = {}): Promise<string> {
  writeFileSync(initramfs, changes.initramfs ?? 'layers');
  writeFileSync(program, 'qemu');
  utimesSync(program, changes.qemuTime ?? 1, changes.qemuTime ?? 1);
  const image = { kernel: { ...kernel, digest: changes.kernelDigest ?? kernel.digest }, initramfs, workload: changes.workload ?? '/usr/bin/ready' };
  return keyDigest(await snapshotKey({ path: program, version: changes.qemu ?? '7.2.22' }, microMachine(image, { ...micro, ...changes.micro }, 'wait'), image));
}

test.serial('the same machine has the same key', async (t) => {
  t.is(await digestWith(), await digestWith());
});

const CHANGES: readonly (readonly [string, Changes])[] = [
  ['QEMU’s version', { qemu: '8.0.0' }],
  ['QEMU’s program, of the same version', { qemuTime: 2 }],
  ['the accelerator', { micro: { accelerator: 'kvm' } }],
  ['the memory', { micro: { memoryMebibytes: 128 } }],
  ['the processors', { micro: { vcpus: 2 } }],
  ['the workload', { workload: '/usr/bin/other' }],
  ['the kernel’s content', { kernelDigest: 'k2' }],
  ['the root file system’s content', { initramfs: 'other layers' }],
];

for (const [what, changes] of CHANGES) {
  test.serial(`another key when it changes: ${what}`, async (t) => {
    t.not(await digestWith(changes), await digestWith());
  });
}

test.serial('the host’s clock, which not every look finds alike, makes no difference', async (t) => {
  t.is(await digestWith({ micro: { tscKhz: 2_700_000 } }), await digestWith());
});

test('where the files lie makes no difference', (t) => {
  const line = (directory: string): string =>
    machineLine(microMachine({ kernel: { ...kernel, vmlinux: `${directory}/vmlinux` }, initramfs: `${directory}/initramfs`, workload: '/w' }, micro, 'wait'), { kernel: 'k', initramfs: 'i' });
  t.is(line('/a'), line('/b'));
});
