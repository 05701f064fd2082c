/**
 * `vm-floor`: a guest with no operating system at all, which writes one byte. What remains is QEMU itself.
 */
import { TareError } from '../errors.ts';
import type { DiskItem } from '../image/image.ts';
import type { Runtime, StartRequest } from '../runtime.ts';
import { refuseWork } from '../workload.ts';
import { vmAvailability } from './availability.ts';
import { VmBox, type Guest } from './box.ts';
import { hypervisorDisk } from './disk.ts';
import { wholeMebibytes } from './memory.ts';
import { prepareVm, wholeProcessors } from './prepare.ts';
import type { MachineOptions } from './qemu/arguments.ts';
import { weighFiles } from './qemu/program.ts';
import { builtRom, FLOOR_ROM } from './roms.ts';
import { cannotTell } from './unasked.ts';

const NAME = 'vm-floor';

const NO_SYSTEM = 'it has no operating system, so no program runs in it';

/** It touches no memory: QEMU only has to find room for the ROM below 1 MiB. */
const LEAST_MEBIBYTES = 1;

/** Ending is the guest's own doing, so an idle one is without the device by which it would. */
export function floorMachine(rom: string, options: Pick<MachineOptions, 'accelerator' | 'memoryMebibytes' | 'vcpus'>, request: StartRequest): MachineOptions {
  if (request.what === 'command') {
    throw new TareError('usage', `${NAME} has no operating system, so it cannot run "${request.argv.join(' ')}"`, 'use vm-micro: tare run vm-micro -- …');
  }
  refuseWork(NAME, request, NO_SYSTEM);
  return { machine: 'microvm', ...options, boot: { from: 'rom', rom }, console: false, debugExit: request.then === 'exit' };
}

async function floorDisk(program: string): Promise<DiskItem[]> {
  const rom = await weighFiles([FLOOR_ROM]);
  return [{ name: 'guest ROM', storey: 'app', capacityBytes: null, lengthBytes: rom.lengthBytes, allocatedBytes: rom.allocatedBytes, shared: true }, ...(await hypervisorDisk(program, []))];
}

export const vmFloor: Runtime = {
  name: NAME,
  kind: 'vm',
  summary: 'a virtual machine with no operating system inside, which writes one byte: what QEMU alone costs',
  availability: vmAvailability,
  async prepare(image, options) {
    const rom = builtRom(FLOOR_ROM);
    const { launcher, qemu, proof } = await prepareVm(NAME, image, options, LEAST_MEBIBYTES);
    const machine = { accelerator: proof.accelerator, memoryMebibytes: wholeMebibytes(options.memoryBytes), vcpus: wholeProcessors(options.cpus) };
    const guest: Guest = {
      machine: (request) => floorMachine(rom, machine, request),
      command: (request) => ({ options: floorMachine(rom, machine, request), release: () => undefined }),
      disk: () => floorDisk(qemu.path),
    };
    return new VmBox(guest, {
      launcher,
      program: qemu.path,
      accelerator: proof.accelerator,
      acceleratorReason: proof.reason,
      versions: { qemu: qemu.version },
      unmeasurable: { http: 'it has no operating system, so nothing in it can serve', throughput: NO_SYSTEM, interference: NO_SYSTEM, reclaim: NO_SYSTEM, ...cannotTell(NO_SYSTEM) },
      attempt: { runtime: NAME, memoryMebibytes: machine.memoryMebibytes, leastMebibytes: LEAST_MEBIBYTES },
    });
  },
};
