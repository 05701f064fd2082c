/**
 * What a memory cgroup is charged, and its split, in the same terms for v1 and v2.
 *
 * Shared memory (tmpfs, memfd: a virtual machine's RAM) is counted by the kernel as page cache, although no
 * file on disk stands behind it and it cannot be dropped. Here it belongs to *anonymous*; *file* is what the
 * kernel could read again from disk.
 *
 * The kernel's own counter (memory.current, usage_in_bytes) runs ahead of the truth: each processor takes 64
 * pages at once and hands them out later, 512 KiB on two processors, which is more than a small container
 * weighs. So the charge is given as the sum of its exact parts, and the counter beside it. The parts are
 * brought up to date by the kernel every two seconds, or when enough has changed: weigh no earlier.
 *
 * Sources: Documentation/admin-guide/cgroup-v1/memory.rst, cgroup-v2.rst.
 */
export interface CgroupMemory {
  /** The kernel's counter, with what processors have taken ahead. */
  readonly counterBytes: number;
  readonly anonymousBytes: number;
  readonly fileBytes: number;
  readonly kernelBytes: number;
}

function field(stat: string, name: string): number | null {
  const match = new RegExp(`^${name} (\\d+)$`, 'm').exec(stat);
  return match === null ? null : Number(match[1]);
}

/**
 * @param read content of a file of the cgroup; throws when it cannot be read
 */
export function readCgroupMemory(version: 1 | 2, read: (file: string) => string): CgroupMemory {
  const stat = read('memory.stat');
  const shared = field(stat, 'shmem') ?? 0;
  if (version === 2) {
    return {
      counterBytes: Number(read('memory.current')),
      anonymousBytes: (field(stat, 'anon') ?? 0) + shared,
      fileBytes: (field(stat, 'file') ?? 0) - shared,
      // `kernel` came with Linux 5.18; before it, its parts are listed.
      kernelBytes: (field(stat, 'sock') ?? 0) + (field(stat, 'kernel') ?? ['kernel_stack', 'pagetables', 'percpu', 'slab'].reduce((sum, name) => sum + (field(stat, name) ?? 0), 0)),
    };
  }
  return {
    counterBytes: Number(read('memory.usage_in_bytes')),
    anonymousBytes: (field(stat, 'rss') ?? 0) + shared,
    fileBytes: (field(stat, 'cache') ?? 0) - shared,
    kernelBytes: Number(read('memory.kmem.usage_in_bytes')),
  };
}
