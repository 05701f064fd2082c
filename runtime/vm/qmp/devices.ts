/**
 * What hardware a machine pretends to have, as QEMU itself tells: the tree of its objects, less all that are no
 * devices. QEMU 7.2 has a list of devices only for people (`info qtree`), and of PCI's for programs.
 */
import type { QmpClient } from './client.ts';
import { listDeviceTypes, qomList } from './commands.ts';

export interface Device {
  /** `isa-debugcon`, `ioapic`, `virtio-net-pci`. */
  readonly type: string;
  /** In the tree of objects: `/machine/peripheral-anon/device[0]`. */
  readonly path: string;
}

const CHILD = /^child<(.+)>$/;

/** Processors are devices too, and are counted elsewhere. */
const PROCESSOR = /-cpu$/;

/** In order of path. Some 0.1 ms an object: a microvm has about 50, a pc 150. */
export async function listDevices(qmp: QmpClient): Promise<Device[]> {
  const types = new Set(await qmp.execute(listDeviceTypes));
  const found: Device[] = [];
  const walk = async (path: string): Promise<void> => {
    for (const { name, type } of await qmp.execute(qomList(path))) {
      const child = CHILD.exec(type)?.[1];
      if (child === undefined) continue;
      const below = `${path}/${name}`;
      if (types.has(child) && !PROCESSOR.test(child)) found.push({ type: child, path: below });
      await walk(below);
    }
  };
  await walk('/machine');
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}
