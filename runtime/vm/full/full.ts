/**
 * `vm-full`: the virtual machine as people run it. QEMU's default machine, its firmware, a boot loader, Debian's
 * kernel and initramfs, systemd, and the workload as one of its services, on a disk of its own.
 */
import type { DiskRecipe } from '../../../fixtures/images/full/recipe.ts';
import type { BoxOptions, Runtime } from '../../runtime.ts';
import { vmAvailability } from '../availability.ts';
import { wholeMebibytes } from '../memory.ts';
import { prepareVm, refuseMemory, wholeProcessors } from '../prepare.ts';
import { FullBox } from './box.ts';
import { buildFullDisk } from './build-disk.ts';
import { diskOf, type FullDisk } from './disk-store.ts';

const NAME = 'vm-full';

/** Found by trying: 144 boots, and with 128 there is no room for the initramfs to be unpacked. */
export const LEAST_MEBIBYTES = 144;

/** Emulated it takes half a minute, and several times that on a host that is busy otherwise. */
const DEADLINE_MS = 180_000;

function diskFor(recipe: DiskRecipe, { signal, say = () => undefined }: BoxOptions): Promise<FullDisk> {
  return buildFullDisk(recipe, { ...(signal === undefined ? {} : { signal }), onStep: ({ name, milliseconds }) => say(`disk ${recipe.name}: ${name} (${Math.round(milliseconds)} ms)`) });
}

export const vmFull: Runtime = {
  name: NAME,
  kind: 'vm',
  summary: 'a traditional virtual machine: BIOS, boot loader, Debian with systemd on a disk of its own, the workload as a service; untuned, as people run it',
  deadlineMs: DEADLINE_MS,
  availability: vmAvailability,
  async prepare(image, options) {
    const recipe = diskOf(image.name);
    // Before its disk is built for nothing.
    refuseMemory(NAME, image, options, LEAST_MEBIBYTES);
    const { launcher, qemu, proof } = await prepareVm(NAME, image, options, LEAST_MEBIBYTES);
    const disk = await diskFor(recipe, options).catch(async (error: unknown) => {
      await launcher.close();
      throw error;
    });
    const machine = { accelerator: proof.accelerator, memoryMebibytes: wholeMebibytes(options.memoryBytes), vcpus: wholeProcessors(options.cpus) };
    return new FullBox(
      {
        launcher,
        program: qemu.path,
        accelerator: proof.accelerator,
        acceleratorReason: proof.reason,
        versions: { qemu: qemu.version, linux: disk.manifest.release, disk: disk.manifest.digest },
        attempt: { runtime: NAME, memoryMebibytes: machine.memoryMebibytes, leastMebibytes: LEAST_MEBIBYTES, image: recipe.name },
      },
      machine,
      disk,
      recipe,
    );
  },
};
