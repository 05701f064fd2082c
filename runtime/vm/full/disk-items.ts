/** What lies on the host's disk for a traditional machine, by layer of the stack. Pure. */
import type { DiskItem } from '../../image/image.ts';
import type { DiskManifest } from './disk-store.ts';

/**
 * The built disk is one file: its bytes are shared out by the length of what was put on it; what is left over is file
 * systems, tables and blocks half full.
 * @param overlay of one instance
 */
export function fullDiskItems({ parts, qcow2, capacityBytes }: Pick<DiskManifest, 'parts' | 'qcow2' | 'capacityBytes'>, overlay: { readonly lengthBytes: number; readonly allocatedBytes: number }): DiskItem[] {
  const content = parts.reduce((sum, { lengthBytes }) => sum + lengthBytes, 0);
  // Never more than the file has: holes in files have a length, and take nothing.
  const scale = Math.min(1, qcow2.allocatedBytes / content);
  const items: DiskItem[] = parts.map(({ name, storey, lengthBytes }) => ({ name: name.endsWith(')') ? name : `${name} (on the disk)`, storey, capacityBytes: null, lengthBytes, allocatedBytes: Math.floor(lengthBytes * scale), shared: true }));
  const rest = qcow2.allocatedBytes - items.reduce((sum, { allocatedBytes }) => sum + allocatedBytes, 0);
  return [
    ...items,
    { name: 'file systems and tables of the disk', storey: 'metadata', capacityBytes, lengthBytes: Math.max(0, qcow2.lengthBytes - content), allocatedBytes: rest, shared: true },
    { name: 'what the instance has written', storey: 'metadata', capacityBytes: null, ...overlay, shared: false },
  ];
}
