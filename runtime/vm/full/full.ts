/**
 * `vm-full`: the virtual machine as people run it. QEMU's default machine, its firmware, a boot loader, Debian's
 * kernel and initramfs, systemd, and nginx as one of its services, on a disk of its own.
 */
import { TareError } from '../../errors.ts';
import type { Runtime } from '../../runtime.ts';
import { full } from '../../../fixtures/images/full/recipe.ts';
import { vmAvailability } from '../availability.ts';
import { wholeMebibytes } from '../memory.ts';
import { prepareVm, wholeProcessors } from '../prepare.ts';
import { FullBox } from './box.ts';
import { loadFullDisk } from './disk-store.ts';

const NAME = 'vm-full';

/** Found by trying: 144 boots, and with 128 there is no room for the initramfs to be unpacked. */
export const LEAST_MEBIBYTES = 144;

export const vmFull: Runtime = {
  name: NAME,
  kind: 'vm',
  summary: 'a traditional virtual machine: BIOS, boot loader, Debian with systemd on a disk of its own, nginx as a service; untuned, as people run it',
  availability: vmAvailability,
  async prepare(image, options) {
    if (image.name !== full.image) throw new TareError('usage', `${NAME} has the layers of the image "${full.image}" on its disk, so it cannot start "${image.name}"`, `give it the image ${full.image}`);
    const disk = await loadFullDisk();
    const { launcher, qemu, proof } = await prepareVm(NAME, image, options, LEAST_MEBIBYTES);
    const machine = { accelerator: proof.accelerator, memoryMebibytes: wholeMebibytes(options.memoryBytes), vcpus: wholeProcessors(options.cpus) };
    return new FullBox(
      {
        launcher,
        program: qemu.path,
        accelerator: proof.accelerator,
        acceleratorReason: proof.reason,
        versions: { qemu: qemu.version, linux: disk.manifest.release },
        attempt: { runtime: NAME, memoryMebibytes: machine.memoryMebibytes, leastMebibytes: LEAST_MEBIBYTES },
      },
      machine,
      disk,
    );
  },
};
