/** The accelerator on this very host: the parts of the proof, wired to a launcher, QEMU and an image. */
import type { Image } from '../../image/image.ts';
import { hierarchy, startInstance } from '../../instance.ts';
import type { Launcher } from '../../launcher/client.ts';
import type { BoxOptions } from '../../runtime.ts';
import { hostTsc } from '../kernel/tsc.ts';
import { microMachine } from '../micro-machine.ts';
import { qemuPlan } from '../plan.ts';
import { explainQemuEnd } from '../qemu/failures.ts';
import type { QemuProgram } from '../qemu/program.ts';
import { builtRom, PROBE_ROM } from '../roms.ts';
import { confirmWith } from './confirm.ts';
import { kvmFacts } from './facts.ts';
import { runProbe, type StartMachine } from './probe.ts';
import { proveAccelerator, type Proof } from './prove.ts';
import { cacheFile, hostKey, storeIn, type VerdictStore } from './remembered.ts';

const WORKLOAD = { what: 'workload', then: 'exit', account: true } as const;

/** A machine of 256 MiB: what is confirmed is KVM, not the user's options. */
const CONFIRM_MEBIBYTES = 256;

/**
 * @param image whose kernel confirms a good verdict; null where none is built yet (`doctor`): the verdict is
 * then the probe's alone, and is not remembered when good
 * @throws {TareError} `no-kvm`, see proveAccelerator; `missing-file` when the probe is not built
 */
export async function decideAccelerator(wanted: BoxOptions['accelerator'], launcher: Launcher, qemu: QemuProgram, image: Image | null, store: VerdictStore = storeIn(cacheFile())): Promise<Proof> {
  const rom = builtRom(PROBE_ROM);
  const start: StartMachine = (options) =>
    startInstance(launcher, (slot) => qemuPlan(qemu.path, options, hierarchy(), slot, WORKLOAD), {
      explain: (ended) => explainQemuEnd(ended, { runtime: 'the guest', memoryMebibytes: options.memoryMebibytes, leastMebibytes: 0 }),
    });
  return proveAccelerator(wanted, {
    facts: kvmFacts(),
    store,
    key: await hostKey(qemu.version, rom, image?.kernel.digest ?? ''),
    probe: () => runProbe(start, rom),
    ...(image === null ? {} : { confirm: () => confirmWith(start, microMachine(image, { accelerator: 'kvm', memoryMebibytes: CONFIRM_MEBIBYTES, vcpus: 1, tscKhz: hostTsc().khz }, 'exit')) }),
  });
}
