/**
 * `vm-restore`: the best that a virtual machine can do for who may boot it beforehand. vm-micro's machine, saved
 * with its workload up, and resumed from there: a start is QEMU and the rest of the workload.
 *
 * The guest's memory is not read: it is mapped from its file, so that a page is fetched when it is touched, is
 * shared by all instances, and is an instance's own only once it is written. All that are resumed from one
 * snapshot begin in the same state, their random numbers included: fit to be weighed, and for secrets only once
 * the guest has been given new entropy.
 */
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TareError } from '../errors.ts';
import type { DiskItem, Image } from '../image/image.ts';
import type { BoxOptions, Runtime, StartRequest } from '../runtime.ts';
import { refuseWork } from '../workload.ts';
import { vmAvailability } from './availability.ts';
import { VmBox, type BoxParts, type Guest } from './box.ts';
import { hypervisorDisk } from './disk.ts';
import { hostTsc } from './kernel/tsc.ts';
import { wholeMebibytes } from './memory.ts';
import { leastMebibytes } from './micro.ts';
import { microMachine } from './micro-machine.ts';
import { prepareVm, wholeProcessors } from './prepare.ts';
import type { MachineOptions } from './qemu/arguments.ts';
import { snapshotKey } from './restore/key.ts';
import { machineToSave, resumedMachine } from './restore/machine.ts';
import { obtainSnapshot, type Place } from './restore/obtain.ts';
import { saveRunning } from './restore/save.ts';
import { snapshotsDirectory, type Snapshot } from './restore/snapshot.ts';
import { cannotTell } from './unasked.ts';

const NAME = 'vm-restore';

/** The machine has its firmware, though none of it runs. */
const FIRMWARE = ['bios-microvm.bin'];

/** What it would be weighed at is not in its snapshot. */
const AT_WORK = 'what it resumes is the workload; at work it is vm-micro’s machine';

/** For one resume of a snapshot that has just been made: 30 ms on an idle host. */
const PROOF_MS = 20_000;

function refuseCommand(request: StartRequest): never {
  const words = request.what === 'command' ? request.argv.join(' ') : '';
  throw new TareError('usage', `${NAME} resumes a guest in which the workload is already up, so it cannot start "${words}"`, `boot one: tare run vm-micro -- ${words}`);
}

function resumed(booted: MachineOptions, snapshot: Snapshot, request: StartRequest): MachineOptions {
  if (request.what === 'command') return refuseCommand(request);
  refuseWork(NAME, request, AT_WORK);
  return resumedMachine(booted, snapshot, request.then);
}

function restoreGuest(booted: MachineOptions, snapshot: Snapshot, program: string): Guest {
  return {
    machine: (request) => resumed(booted, snapshot, request),
    command: refuseCommand,
    disk: async () => [...(await snapshotDisk(snapshot)), ...(await hypervisorDisk(program, FIRMWARE))],
  };
}

/** Of memory that was never touched, nothing lies on the disk. */
async function snapshotDisk(snapshot: Snapshot): Promise<DiskItem[]> {
  const ram = await stat(snapshot.ram);
  const state = await stat(join(snapshot.directory, 'state'));
  const item = { storey: 'snapshot', shared: true } as const;
  return [
    { ...item, name: 'saved memory of the guest', capacityBytes: ram.size, lengthBytes: ram.size, allocatedBytes: ram.blocks * 512 },
    { ...item, name: 'saved state of its devices', capacityBytes: null, lengthBytes: state.size, allocatedBytes: state.blocks * 512 },
  ];
}

async function proveResumable(box: VmBox): Promise<void> {
  const instance = await box.start({ what: 'workload', then: 'exit', account: true });
  try {
    await instance.ready(PROOF_MS);
  } finally {
    await instance.stop();
  }
}

const NO_DISK: Guest['disk'] = () => Promise.resolve([]);

/** @param place where snapshots are kept, for tests */
export async function prepareRestore(image: Image, options: BoxOptions, place: Partial<Place> = {}): Promise<VmBox> {
  if (options.machine !== undefined && options.machine !== 'microvm') throw new TareError('usage', `${NAME} cannot run on --machine ${options.machine}: the state of so many devices is too long for one message to the launcher`, 'leave --machine out, or use vm-micro');
  const least = leastMebibytes((await stat(image.initramfs)).size);
  const { launcher, qemu, proof } = await prepareVm(NAME, image, options, least);
  try {
    const memoryMebibytes = wholeMebibytes(options.memoryBytes);
    const booted = microMachine(image, { accelerator: proof.accelerator, memoryMebibytes, vcpus: wholeProcessors(options.cpus), tscKhz: hostTsc().khz }, 'wait');
    const parts: BoxParts = {
      launcher,
      program: qemu.path,
      accelerator: proof.accelerator,
      acceleratorReason: proof.reason,
      versions: { qemu: qemu.version, linux: image.kernel.release },
      attempt: { runtime: NAME, memoryMebibytes, leastMebibytes: least, image: image.name },
      unmeasurable: { throughput: AT_WORK, interference: AT_WORK, reclaim: AT_WORK, ...cannotTell('it is the guest of vm-micro, saved: what that sees, it sees') },
      readyBy: 'the resumed workload itself: it reads from a port that it may go on, which only the machine that resumes it answers, and makes its mark',
    };
    const boxOf = (snapshot: Snapshot): VmBox => new VmBox(restoreGuest(booted, snapshot, qemu.path), parts);
    const snapshot = await obtainSnapshot(
      { directory: snapshotsDirectory(), name: image.name, say: (sentence) => process.stderr.write(`tare: ${sentence}\n`), ...place },
      await snapshotKey(qemu, booted, image),
      {
        save(directory) {
          const machine = machineToSave(booted, directory);
          return saveRunning(new VmBox({ machine: () => machine, command: refuseCommand, disk: NO_DISK }, parts), directory);
        },
        prove: (made) => proveResumable(boxOf(made)),
      },
    );
    return boxOf(snapshot);
  } catch (error) {
    await launcher.close();
    throw error;
  }
}

export const vmRestore: Runtime = {
  name: NAME,
  kind: 'vm',
  summary: 'vm-micro resumed from a snapshot in which the workload is already up: what booting beforehand saves',
  availability: vmAvailability,
  prepare: (image, options) => prepareRestore(image, options),
};
