/**
 * What a saved machine depends on. A snapshot is used only where all of it is as it was when it was made: QEMU
 * itself looks at little (it will resume a machine of one processor as one of two).
 */
import { stat } from 'node:fs/promises';
import { cpus } from 'node:os';
import type { Image } from '../../image/image.ts';
import { sha256 } from '../../image/content.ts';
import { argv, type MachineOptions } from '../qemu/arguments.ts';
import type { QemuProgram } from '../qemu/program.ts';
import { fileDigest } from './file-digest.ts';

export interface SnapshotKey {
  /** `7.2.22`. */
  readonly qemu: string;
  /** Length and time of the program: packages of one version differ. */
  readonly program: string;
  /** Of the host: under KVM the guest has seen it. */
  readonly processor: string;
  /** The whole command line of the machine that was saved, with digests in place of its files. */
  readonly line: string;
}

/**
 * Less the frequency of the host's clock: the processor stands for it, and where the kernel's log has been
 * overwritten the figure wanders from one look to the next, which would make a snapshot each time.
 * @param machine that is booted and saved
 */
export function machineLine(machine: MachineOptions, files: { readonly kernel: string; readonly initramfs: string }): string {
  const boot = machine.boot.from === 'kernel' ? { ...machine.boot, vmlinux: files.kernel, initramfs: files.initramfs } : machine.boot;
  return argv('qemu', { ...machine, boot, ram: { file: 'ram', written: true } })
    .join(' ')
    .replace(/tsc_early_khz=\d+/, 'tsc_early_khz');
}

export async function snapshotKey(qemu: QemuProgram, machine: MachineOptions, image: Pick<Image, 'kernel' | 'initramfs'>): Promise<SnapshotKey> {
  const { size, mtimeMs } = await stat(qemu.path);
  return {
    qemu: qemu.version,
    program: `${size} bytes of ${new Date(mtimeMs).toISOString()}`,
    processor: cpus()[0]?.model ?? 'unknown',
    line: machineLine(machine, { kernel: image.kernel.digest, initramfs: await fileDigest(image.initramfs) }),
  };
}

export function keyDigest({ qemu, program, processor, line }: SnapshotKey): string {
  return sha256(JSON.stringify([qemu, program, processor, line]));
}
