import type { FakeScriptInput } from './script.ts';

const MEBIBYTE = 2 ** 20;

/**
 * The four runtimes with figures of the right order of magnitude (an emulated guest takes a thousand times
 * a container's time), scattered by 5 %. Never to be shown as measured.
 */
export function ladder(): FakeScriptInput {
  const layers = [
    { name: 'layer base', storey: 'base' as const, lengthBytes: 2 * MEBIBYTE, allocatedBytes: 2 * MEBIBYTE, shared: true },
    { name: 'layer app', storey: 'app' as const, lengthBytes: 16_000, allocatedBytes: 16_384, shared: true },
  ];
  const qemu = { name: 'qemu-system-x86_64', storey: 'hypervisor' as const, lengthBytes: 17 * MEBIBYTE, allocatedBytes: 17 * MEBIBYTE, shared: true };
  const memory = (pss: number, kernel: number): { pssBytes: number; cgroupBytes: number; anonymousBytes: number; fileBytes: number; kernelBytes: number } => ({
    pssBytes: pss,
    cgroupBytes: Math.round(pss * 0.8) + kernel,
    anonymousBytes: Math.round(pss * 0.6),
    fileBytes: Math.round(pss * 0.2),
    kernelBytes: kernel,
  });
  const emulated = { accelerator: 'tcg' as const, acceleratorReason: 'scripted: no final mark within 1 s', configuredMemoryBytes: 256 * MEBIBYTE, versions: { qemu: '7.2.0', linux: '6.1.0' }, jitter: 0.05 };
  return {
    runtimes: [
      { name: 'process', kind: 'process', summary: 'a plain process: the floor', readyMs: 0.1, exitMs: 0.05, cleanMs: 0.02, jitter: 0.05, memory: memory(60_000, 40_000), disk: layers },
      {
        name: 'container',
        kind: 'container',
        summary: 'namespaces, a cgroup and an overlay root',
        readyMs: 1.5,
        exitMs: 0.1,
        cleanMs: 0.4,
        jitter: 0.05,
        configuredMemoryBytes: 256 * MEBIBYTE,
        steps: [
          { label: 'cgroup memory', share: 0.1, why: 'limits what it may use' },
          { label: 'clone', share: 0.4, why: 'namespaces of its own' },
          { label: 'mount /', share: 0.6, why: 'a root of its own' },
          { label: 'exec', share: 0.95, why: 'becomes the workload' },
        ],
        memory: memory(70_000, 90_000),
        disk: layers,
      },
      { name: 'vm-floor', kind: 'vm', summary: 'a guest without an operating system', readyMs: 21, exitMs: 2, cleanMs: 2, ...emulated, command: ['qemu-system-x86_64', '-machine', 'microvm', '-bios', 'floor.bin'], memory: memory(30 * MEBIBYTE, MEBIBYTE), disk: [qemu] },
      {
        name: 'vm-micro',
        kind: 'vm',
        summary: 'a kernel booted directly',
        readyMs: 1300,
        exitMs: 5,
        cleanMs: 5,
        ...emulated,
        command: ['qemu-system-x86_64', '-machine', 'microvm', '-kernel', 'vmlinux', '-initrd', 'initramfs'],
        memory: memory(205 * MEBIBYTE, 2 * MEBIBYTE),
        disk: [qemu, { name: 'vmlinux', storey: 'guest-kernel', lengthBytes: 50 * MEBIBYTE, allocatedBytes: 50 * MEBIBYTE, shared: true }, { name: 'initramfs', storey: 'initramfs', lengthBytes: 2 * MEBIBYTE, allocatedBytes: 2 * MEBIBYTE, shared: true }],
      },
    ],
  };
}
