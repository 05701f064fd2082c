/** What lies on the host's disk for a virtual machine, by layer of the stack. */
import { stat } from 'node:fs/promises';
import type { DiskItem, Image } from '../image/image.ts';
import { firmwareFiles, librariesOf, weighFiles } from './qemu/program.ts';

/**
 * QEMU with the firmware that it is started with. The libraries it is linked to are an item of their own:
 * other programs of the host use them too.
 */
export async function hypervisorDisk(program: string, firmware: readonly string[]): Promise<DiskItem[]> {
  const item = { storey: 'hypervisor', capacityBytes: null, shared: true } as const;
  const own = await weighFiles([program, ...(await firmwareFiles(program, firmware))]);
  const libraries = await weighFiles(await librariesOf(program));
  return [
    { ...item, name: firmware.length === 0 ? 'QEMU' : `QEMU and its firmware (${firmware.join(', ')})`, lengthBytes: own.lengthBytes, allocatedBytes: own.allocatedBytes },
    ...(libraries.files === 0 ? [] : [{ ...item, name: `${libraries.files} shared libraries of QEMU`, lengthBytes: libraries.lengthBytes, allocatedBytes: libraries.allocatedBytes }]),
  ];
}

/**
 * One archive's bytes as the parts that it was put together from: nothing is counted twice, and what no part
 * accounts for (device nodes) is an item of its own.
 */
export function splitArchive(archive: { lengthBytes: number; allocatedBytes: number }, parts: readonly Pick<DiskItem, 'name' | 'storey' | 'lengthBytes'>[]): DiskItem[] {
  const rest = archive.lengthBytes - parts.reduce((sum, part) => sum + part.lengthBytes, 0);
  const all = rest > 0 ? [...parts, { name: 'initramfs: device nodes and padding', storey: 'initramfs', lengthBytes: rest } as const] : parts;
  let before = 0;
  const share = (bytes: number): number => Math.round((archive.allocatedBytes * bytes) / archive.lengthBytes);
  return all.map(({ name, storey, lengthBytes }) => {
    const from = share(before);
    before += lengthBytes;
    return { name, storey, capacityBytes: null, lengthBytes, allocatedBytes: share(before) - from, shared: true };
  });
}

/** The initramfs, by the image's layers. */
export async function initramfsDisk(image: Image): Promise<DiskItem[]> {
  const { size, blocks } = await stat(image.initramfs);
  const parts = await Promise.all(image.layers.map(async ({ name, storey, cpio }) => ({ name: `${name} (in the initramfs)`, storey, lengthBytes: (await stat(cpio)).size })));
  const { guest } = image;
  const all = guest === undefined ? parts : [...parts, { name: `${guest.modules.length} kernel modules (in the initramfs)`, storey: 'guest-kernel' as const, lengthBytes: guest.lengthBytes }];
  return splitArchive({ lengthBytes: size, allocatedBytes: blocks * 512 }, all);
}

export function kernelDisk({ kernel }: Image): DiskItem {
  return { name: `Linux ${kernel.release} (vmlinux)`, storey: 'guest-kernel', capacityBytes: null, lengthBytes: kernel.lengthBytes, allocatedBytes: kernel.allocatedBytes, shared: true };
}
