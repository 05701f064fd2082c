/**
 * `vm-micro`: the best that a virtual machine with a stock kernel does. QEMU's microvm, Debian's cloud kernel
 * booted directly, the image's layers as initramfs, everything tuned.
 */
import { stat } from 'node:fs/promises';
import { ASK_INSIDE } from '../guest-memory.ts';
import type { DiskItem, Image } from '../image/image.ts';
import { findInImage } from '../image/lookup.ts';
import type { BoxOptions, CommandRequest, Runtime } from '../runtime.ts';
import { isOther, workloadProgram } from '../workload.ts';
import { vmAvailability } from './availability.ts';
import { WITHOUT_BALLOON, withBalloonModules } from './balloon-modules.ts';
import { VmBox, type Guest } from './box.ts';
import { commandInitramfs, SCRIPT } from './command/initramfs.ts';
import { commandScript, type Terminal } from './command/script.ts';
import { hypervisorDisk, initramfsDisk, kernelDisk } from './disk.ts';
import { kernelParameters } from './kernel/parameters.ts';
import { hostTsc } from './kernel/tsc.ts';
import { MEBIBYTE, wholeMebibytes } from './memory.ts';
import { microMachine, type MicroOptions } from './micro-machine.ts';
import { prepareVm, wholeProcessors } from './prepare.ts';
import { MACHINES } from './qemu/machines.ts';

const NAME = 'vm-micro';

/**
 * The least memory that boots: the kernel's, and the root twice, as it is unpacked while its archive still lies
 * there. Found by trying with Debian's 6.1 cloud kernel: tiny (2 MiB) takes 72, and 68 panics; web (78 MiB) boots
 * with 236, and only sometimes with 232. A machine may take more, see qemu/machines.ts.
 * @param initramfsBytes length of the archive
 */
export function leastMebibytes(initramfsBytes: number): number {
  return Math.ceil(67.5 + (2.2 * initramfsBytes) / MEBIBYTE);
}

function userTerminal(streams: CommandRequest['streams']): Terminal | null {
  if (streams === 'capture' || !process.stdout.isTTY) return null;
  return { type: process.env['TERM'] ?? 'dumb', rows: process.stdout.rows, columns: process.stdout.columns };
}

function microGuest(image: Image, options: MicroOptions, program: string): Guest {
  return {
    machine(request) {
      if (request.what === 'command') return microMachine(image, options, { script: SCRIPT, initramfs: image.initramfs });
      return microMachine(image, { ...options, talkative: request.telling === true }, isOther(request) ? workloadProgram(image, request) : request.then);
    },
    command(request) {
      const argv = [findInImage(image, request.argv[0] ?? ''), ...request.argv.slice(1)];
      const initramfs = commandInitramfs(image.initramfs, commandScript(argv, userTerminal(request.streams), image.ready ?? image.workload));
      return { options: microMachine(image, options, { script: SCRIPT, initramfs: initramfs.path }), release: () => initramfs.close() };
    },
    parameters: kernelParameters({ ...options, init: image.workload, initArguments: [] }),
    disk: async (): Promise<DiskItem[]> => [kernelDisk(image), ...(await initramfsDisk(image)), ...(await hypervisorDisk(program, MACHINES[options.machine ?? 'microvm'].firmware))],
  };
}

/** In what a machine differs from vm-micro. */
export interface Variant extends Pick<MicroOptions, 'mergeable' | 'balloon'> {
  /** Default `vm-micro`. */
  readonly name?: string;
}

export async function prepareMicro(image: Image, options: BoxOptions, { name = NAME, ...variant }: Variant = {}): Promise<VmBox> {
  // One that is missing is for QEMU to tell.
  const least = leastMebibytes(await stat(image.initramfs).then(({ size }) => size, () => 0)) + MACHINES[options.machine ?? 'microvm'].extraMebibytes;
  const { launcher, qemu, proof } = await prepareVm(name, image, options, least);
  const micro: MicroOptions = {
    accelerator: proof.accelerator,
    memoryMebibytes: wholeMebibytes(options.memoryBytes),
    vcpus: wholeProcessors(options.cpus),
    tscKhz: hostTsc().khz,
    machine: options.machine,
    ...variant,
  };
  const modules = variant.balloon === undefined ? null : withBalloonModules(image);
  return new VmBox(microGuest(modules?.image ?? image, micro, qemu.path), {
    launcher,
    program: qemu.path,
    accelerator: proof.accelerator,
    acceleratorReason: proof.reason,
    versions: { qemu: qemu.version, linux: image.kernel.release },
    attempt: { runtime: name, memoryMebibytes: micro.memoryMebibytes, leastMebibytes: least, image: image.name },
    inside: ASK_INSIDE,
    shell: true,
    unmeasurable: variant.balloon === 'asked' ? {} : WITHOUT_BALLOON,
    ...(modules === null ? {} : { release: modules.release }),
  });
}

export const vmMicro: Runtime = {
  name: NAME,
  kind: 'vm',
  summary: 'a tuned virtual machine: QEMU microvm, a Debian kernel booted directly, the same root file system as initramfs',
  availability: vmAvailability,
  prepare: (image, options) => prepareMicro(image, options),
};
