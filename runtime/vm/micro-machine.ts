/** vm-micro's machine: the image's kernel booted by QEMU itself, with the image's layers as its initramfs. Pure. */
import type { Image } from '../image/image.ts';
import type { Accelerator } from '../runtime.ts';
import { commandLine } from './kernel/parameters.ts';
import { MARK_PORT, type MachineOptions } from './qemu/arguments.ts';

export interface MicroOptions {
  readonly accelerator: Accelerator;
  readonly memoryMebibytes: number;
  readonly vcpus: number;
  readonly tscKhz: number;
  /** Its kernel says what it does: see kernel/parameters.ts. */
  readonly talkative?: boolean;
}

/** What the first program is: the workload, with what it does, or a script that came with a further initramfs. */
export type First = 'exit' | 'idle' | 'wait' | { readonly script: string; readonly initramfs: string };

export function microMachine(image: Pick<Image, 'kernel' | 'initramfs' | 'workload' | 'servicePort'>, options: MicroOptions, first: First): MachineOptions {
  const { accelerator, memoryMebibytes, vcpus, tscKhz, talkative = false } = options;
  const workload = typeof first === 'string';
  return {
    machine: 'microvm',
    accelerator,
    memoryMebibytes,
    vcpus,
    boot: {
      from: 'kernel',
      vmlinux: image.kernel.vmlinux,
      initramfs: workload ? image.initramfs : first.initramfs,
      commandLine: commandLine({
        accelerator,
        tscKhz,
        talkative,
        init: workload ? image.workload : first.script,
        initArguments: workload ? [`port:0x${MARK_PORT.toString(16)}`, first] : [],
      }),
    },
    console: true,
    debugExit: true,
    ...(image.servicePort === undefined ? {} : { network: { hostPort: null, guestPort: image.servicePort } }),
    // One that ends by itself is timed; one that stays can be asked. Its only program does not listen to a power button.
    ...(first === 'idle' || first === 'wait' ? { monitor: { powerdownMs: 0 } } : {}),
  };
}
