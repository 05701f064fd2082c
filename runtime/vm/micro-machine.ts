/** vm-micro's machine: the image's kernel booted by QEMU itself, with the image's layers as its initramfs. Pure. */
import type { Image } from '../image/image.ts';
import type { Accelerator, MachineName } from '../runtime.ts';
import type { WorkloadProgram } from '../workload.ts';
import { commandLine } from './kernel/parameters.ts';
import { MARK_PORT, type MachineOptions } from './qemu/arguments.ts';

export interface MicroOptions {
  readonly accelerator: Accelerator;
  readonly memoryMebibytes: number;
  readonly vcpus: number;
  readonly tscKhz: number;
  /** Default `microvm`. */
  readonly machine?: MachineName | undefined;
  /** Its kernel says what it does: see kernel/parameters.ts. */
  readonly talkative?: boolean;
  readonly mergeable?: boolean;
  readonly balloon?: MachineOptions['balloon'];
}

/** What the first program is: the workload, with what it does; one that makes the same mark; or a script that came with a further initramfs. */
export type First = 'exit' | 'idle' | 'wait' | WorkloadProgram | { readonly script: string; readonly initramfs: string };

/** What the kernel is to start, and where it finds it. */
function start(image: Pick<Image, 'initramfs' | 'workload'>, first: First): { initramfs: string; init: string; initArguments: string[] } {
  if (typeof first === 'object' && 'script' in first) return { initramfs: first.initramfs, init: first.script, initArguments: [] };
  const { path, words } = typeof first === 'string' ? { path: image.workload, words: [first] } : first;
  return { initramfs: image.initramfs, init: path, initArguments: [`port:0x${MARK_PORT.toString(16)}`, ...words] };
}

export function microMachine(image: Pick<Image, 'kernel' | 'initramfs' | 'workload' | 'servicePort'>, options: MicroOptions, first: First): MachineOptions {
  const { accelerator, memoryMebibytes, vcpus, tscKhz, machine = 'microvm', talkative = false, mergeable = false, balloon } = options;
  const { initramfs, init, initArguments } = start(image, first);
  return {
    machine,
    accelerator,
    memoryMebibytes,
    vcpus,
    boot: {
      from: 'kernel',
      vmlinux: image.kernel.vmlinux,
      initramfs,
      commandLine: commandLine({
        accelerator,
        tscKhz,
        talkative,
        init,
        initArguments,
      }),
    },
    ...(mergeable ? { mergeable } : {}),
    ...(balloon === undefined ? {} : { balloon }),
    console: true,
    debugExit: true,
    ...(image.servicePort === undefined ? {} : { network: { hostPort: null, guestPort: image.servicePort } }),
    // One that ends by itself is timed; one that stays can be asked. Its only program does not listen to a power button.
    ...(first === 'idle' || first === 'wait' || balloon === 'asked' ? { monitor: { powerdownMs: 0 } } : {}),
  };
}
