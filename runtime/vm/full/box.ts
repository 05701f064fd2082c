/** The traditional machine, made ready: any number of instances, each with an overlay of its own on the same disk. */
import { UNLIMITED } from '../../cgroup/limits.ts';
import { cgroupSteps } from '../../cgroup/steps.ts';
import { TareError } from '../../errors.ts';
import type { Inside } from '../../guest-memory.ts';
import type { DiskItem } from '../../image/image.ts';
import { hierarchy, startInstance } from '../../instance.ts';
import type { Slot } from '../../launcher/prepared.ts';
import type { StartPhase } from '../../phases.ts';
import type { Plan } from '../../plan.ts';
import type { Accelerator, Instance, StartRequest } from '../../runtime.ts';
import { clone, descriptors, exec, mkdir, setsid } from '../../steps.ts';
import { BY_HYPERVISOR } from '../../reach.ts';
import { refuseWork } from '../../workload.ts';
import type { BoxParts } from '../box.ts';
import { hypervisorDisk } from '../disk.ts';
import { freePort } from '../free-port.ts';
import { GuestInstance } from '../guest-instance.ts';
import { MEBIBYTE } from '../memory.ts';
import { qmpDirectory, qmpSocket } from '../qmp/socket.ts';
import { watched } from '../watch.ts';
import { fullArguments, type FullMachine } from './arguments.ts';
import type { FullDisk } from './disk-store.ts';
import { fullDiskItems } from './disk-items.ts';
import { makeOverlay } from './overlay.ts';
import type { DiskRecipe } from '../../../fixtures/images/full/recipe.ts';
import { measureWords, WORK_KINDS, type WorkLetter } from '../../../fixtures/workload/work.ts';
import type { ExplainableVm, ExplainedMachine } from '../explained.ts';
import { bootPhases } from './phases.ts';

/** Of SeaBIOS, the display adapter and the network card. */
const FIRMWARE = ['bios-256k.bin', 'vgabios-stdvga.bin', 'efi-virtio.rom', 'kvmvapic.bin', 'linuxboot_dma.bin'];

/** Its disk has one way of working, see fixtures/images/full/recipe.ts. */
const OTHER_WORK = 'what it does at work is written on its disk, and this is not among it';

/** How long systemd may take to shut down, emulated on a busy host. */
const POWERDOWN_MS = 60_000;

/** What the plan names where an instance's overlay will be. */
const OVERLAY = '/proc/<tare>/fd/<overlay>';

export class FullBox implements ExplainableVm {
  readonly kind = 'vm';
  readonly accelerator: Accelerator;
  readonly acceleratorReason: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly readyBy: string;
  readonly configuredMemoryBytes: number;
  /** A unit of systemd's does, when the machine is shut down. */
  readonly inside: Inside = { is: 'told' };
  readonly reach = BY_HYPERVISOR;
  readonly unmeasurable = { interference: OTHER_WORK, reclaim: OTHER_WORK };
  readonly #parts: BoxParts;
  readonly #machine: Omit<FullMachine, 'overlay' | 'debugExit' | 'hostPort'>;
  readonly #disk: FullDisk;
  readonly #recipe: DiskRecipe;
  /** What the last instance had written when it ended. */
  #written: { readonly lengthBytes: number; readonly allocatedBytes: number } | null = null;

  constructor(parts: BoxParts, machine: Omit<FullMachine, 'overlay' | 'debugExit' | 'hostPort'>, disk: FullDisk, recipe: DiskRecipe) {
    this.#parts = parts;
    this.#machine = machine;
    this.#disk = disk;
    this.#recipe = recipe;
    this.readyBy = recipe.readyBy;
    this.accelerator = parts.accelerator;
    this.acceleratorReason = parts.acceleratorReason;
    this.versions = parts.versions;
    this.configuredMemoryBytes = machine.memoryMebibytes * MEBIBYTE;
  }

  plan(request: StartRequest): Plan {
    return this.#plan(request, OVERLAY, null, { launcherPid: this.#parts.launcher.pid, number: 0 });
  }

  /** Of one that is heard at every phase; the firmware's messages make it slower than one that is timed. */
  phases(instance: Instance): readonly StartPhase[] {
    return bootPhases(instance.timeline, instance.outputSoFar());
  }

  /** The overlay is laid out before the clock starts, as a machine that people start has its disk (10 ms). */
  async start(request: StartRequest): Promise<GuestInstance> {
    const { launcher, attempt } = this.#parts;
    refuseCommand(request);
    const overlay = await makeOverlay(this.#disk.path);
    try {
      const slot = launcher.slot();
      const idle = stays(request);
      const hostPort = idle ? await freePort() : null;
      let left: ReturnType<typeof overlay.sizes> | null = null;
      const quit = async (): Promise<void> => void (await guest.shutDown());
      const qemu = await startInstance(launcher, (each) => this.#plan(request, overlay.path, hostPort, each), { ...watched(attempt), slot, written: () => left ?? overlay.sizes(), ...(idle ? { quit, url: () => `http://127.0.0.1:${hostPort ?? 0}/` } : {}) });
      void qemu.ended.then(() => {
        this.#written = left = overlay.sizes();
        overlay.close();
      });
      const guest: GuestInstance = new GuestInstance(qemu, attempt, idle ? { socket: qmpSocket(slot), powerdownMs: POWERDOWN_MS } : null);
      return guest;
    } catch (error) {
      overlay.close();
      throw error;
    }
  }

  async disk(): Promise<readonly DiskItem[]> {
    const overlay = this.#written ?? (await freshOverlay(this.#disk.path));
    return [...fullDiskItems(this.#disk.manifest, overlay), ...(await hypervisorDisk(this.#parts.program, FIRMWARE))];
  }

  explain(): ExplainedMachine {
    return { arguments: fullArguments({ ...this.#machine, overlay: OVERLAY, hostPort: null, debugExit: true, phases: false }, null), parameters: this.#recipe.kernelParameters };
  }

  close(): Promise<void> {
    return this.#parts.launcher.close();
  }

  #plan(request: StartRequest, overlay: string, hostPort: number | null, slot: Slot): Plan {
    refuseCommand(request);
    const work = worksAsBuilt(request);
    const cgroup = cgroupSteps(hierarchy(), slot, { ...UNLIMITED, cpuTime: request.what === 'workload' && request.cpuTime === true });
    const phases = request.what === 'workload' && request.telling === true;
    const socket = stays(request) ? qmpSocket(slot) : null;
    const words = fullArguments({ ...this.#machine, overlay, hostPort, debugExit: socket === null && !work, phases, work }, socket).flatMap((argument) => argument.words);
    return [
      descriptors({ stdin: 'null', stdout: 'capture', stderr: 'capture', mark: true }, 'the guest’s console, QEMU’s complaints, and the channel on which the guest says that it is ready'),
      ...(socket === null ? [] : [mkdir(qmpDirectory(slot), 0o700, 'for QEMU’s socket: it is removed with the instance, however QEMU ends', 'mkdir for QMP')]),
      ...cgroup.before,
      clone([], cgroup.cloneInto, 'a new process for QEMU, in every namespace of its parent: the box is the machine inside'),
      ...cgroup.inside,
      setsid('no terminal of the host’s is within reach'),
      exec(this.#parts.program, [this.#parts.program, ...words], [], 'QEMU takes the place of the launcher’s copy and becomes the machine'),
    ];
  }
}

/** An instance that idles can be spoken to by QMP, and cannot end QEMU by itself. */
function stays(request: StartRequest): boolean {
  return request.what === 'workload' && request.then === 'idle';
}

/** @throws {TareError} `usage` for another */
function worksAsBuilt(request: StartRequest): boolean {
  if (request.what === 'command') return false;
  if (request.hold !== undefined) refuseWork('vm-full', request, OTHER_WORK);
  if (request.work === undefined) return false;
  const built = measureWords('', Object.keys(WORK_KINDS) as WorkLetter[]);
  if (request.work.slice(1).join(' ') !== built.slice(1).join(' ')) refuseWork('vm-full', request, OTHER_WORK);
  return true;
}

function refuseCommand(request: StartRequest): void {
  if (request.what === 'command') throw new TareError('usage', `vm-full starts the services of its own disk, so it cannot run "${request.argv.join(' ')}"`, 'use vm-micro: tare run vm-micro -- …');
}

async function freshOverlay(disk: string): Promise<{ lengthBytes: number; allocatedBytes: number }> {
  const overlay = await makeOverlay(disk);
  try {
    return overlay.sizes();
  } finally {
    overlay.close();
  }
}
