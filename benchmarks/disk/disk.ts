/** What lies on the host's disk so that the box can be started. */
import type { DiskItem } from '../../runtime/image/image.ts';
import { metric, type Benchmark } from '../benchmark.ts';

/** Programs that are installed once on a host and serve every box; everything else is the box. */
function isSupport(item: DiskItem): boolean {
  return item.storey === 'hypervisor' || item.storey === 'runtime';
}

function sum(items: readonly DiskItem[], size: (item: DiskItem) => number): number {
  return items.reduce((total, item) => total + size(item), 0);
}

export const disk: Benchmark = {
  name: 'disk',
  title: 'Disk',
  timedBy: null,
  cost: { starts: 0, stops: 0, settles: 0, otherMs: 5 },
  metrics: [
    metric('disk', 'allocated', {
      title: 'allocated',
      unit: 'bytes',
      definition: 'Bytes allocated on disk (st_blocks × 512) for everything the box is made of: layers or initramfs, guest kernel. The runtime’s and the hypervisor’s own programs are not in it.',
      anchor: 'disk-allocated',
      primary: true,
    }),
    metric('disk', 'length', {
      title: 'length',
      unit: 'bytes',
      definition: 'Apparent length of the same files.',
      anchor: 'disk-length',
    }),
    metric('disk', 'shared', {
      title: 'allocated, shared',
      unit: 'bytes',
      definition: 'The part of the allocated bytes that further instances use as well.',
      anchor: 'disk-shared',
    }),
    metric('disk', 'unique', {
      title: 'allocated, unique',
      unit: 'bytes',
      definition: 'The part of the allocated bytes that each further instance needs again.',
      anchor: 'disk-shared',
    }),
    metric('disk', 'support', {
      title: 'programs on the host',
      unit: 'bytes',
      definition: 'Bytes allocated on disk for the runtime’s or hypervisor’s own programs, installed once on a host whatever the number of boxes.',
      anchor: 'disk-support',
    }),
  ],

  async take(box) {
    const items = await box.disk();
    const own = items.filter((item) => !isSupport(item));
    return {
      values: {
        allocated: sum(own, (item) => item.allocatedBytes),
        length: sum(own, (item) => item.lengthBytes),
        shared: sum(own.filter((item) => item.shared), (item) => item.allocatedBytes),
        unique: sum(own.filter((item) => !item.shared), (item) => item.allocatedBytes),
        support: sum(items.filter(isSupport), (item) => item.allocatedBytes),
      },
    };
  },
};
