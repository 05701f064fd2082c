/**
 * A virtual machine made ready for an image: what all of ours have in common.
 */
import { constants } from 'node:os';
import { StartFailure } from '../errors.ts';
import type { Inside } from '../guest-memory.ts';
import type { DiskItem } from '../image/image.ts';
import { hierarchy, preparedPlan, startInstance } from '../instance.ts';
import type { Launcher } from '../launcher/client.ts';
import type { PreparedPlan, Slot } from '../launcher/prepared.ts';
import type { StartPhase } from '../phases.ts';
import type { Plan } from '../plan.ts';
import type { Accelerator, CommandRequest, Instance, StartRequest, WorkloadRequest } from '../runtime.ts';
import { isOther } from '../workload.ts';
import { BY_HYPERVISOR } from '../reach.ts';
import { GuestInstance } from './guest-instance.ts';
import { MEBIBYTE } from './memory.ts';
import { qemuPlan } from './plan.ts';
import { qmpSocket } from './qmp/socket.ts';
import { qemuArguments, type MachineOptions } from './qemu/arguments.ts';
import { directBootPhases, type ExplainableVm, type ExplainedMachine } from './explained.ts';
import type { Parameter } from './kernel/parameters.ts';
import { freePort } from './free-port.ts';
import { explainQemuEnd, type Attempt } from './qemu/failures.ts';
import { watched } from './watch.ts';
import { ramPlace } from './weigh.ts';

/** How long QEMU may take to give the terminal back before it is killed. */
const PATIENCE_MS = 500;

/** What differs from one virtual machine to the next. */
export interface Guest {
  /** The machine that a start gets, for running and for reading. */
  readonly machine: (request: StartRequest) => MachineOptions;
  /** The machine for one command, with what was made for it alone. */
  readonly command: (request: CommandRequest) => CommandMachine;
  readonly disk: () => Promise<readonly DiskItem[]>;
  /** Its kernel's parameters, for one that boots a kernel. */
  readonly parameters?: readonly Parameter[];
}

export interface CommandMachine {
  readonly options: MachineOptions;
  /** Lets go of what was made for it. */
  readonly release: () => void;
}

export interface BoxParts {
  readonly launcher: Launcher;
  readonly program: string;
  readonly accelerator: Accelerator;
  readonly acceleratorReason: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly attempt: Attempt;
  /** How the ready byte comes about, where it takes a word to say. */
  readonly readyBy?: string;
  /** What cannot be measured of it, by benchmark or metric. */
  readonly unmeasurable?: Readonly<Record<string, string>>;
  readonly inside?: Inside;
  /** The image's shell can be run in it. */
  readonly shell?: true;
  /** Lets go of what was made for the box alone. */
  readonly release?: () => void;
}

export class VmBox implements ExplainableVm {
  readonly kind = 'vm';
  readonly accelerator: Accelerator;
  readonly acceleratorReason: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly configuredMemoryBytes: number;
  readonly readyBy?: string;
  readonly unmeasurable: Readonly<Record<string, string>>;
  readonly reach = BY_HYPERVISOR;
  readonly shell?: true;
  readonly inside?: Inside;
  readonly #guest: Guest;
  readonly #parts: BoxParts;
  readonly #prepared = new Map<string, PreparedPlan>();

  constructor(guest: Guest, parts: BoxParts) {
    this.#guest = guest;
    this.#parts = parts;
    this.accelerator = parts.accelerator;
    this.acceleratorReason = parts.acceleratorReason;
    this.versions = parts.versions;
    if (parts.readyBy !== undefined) this.readyBy = parts.readyBy;
    this.unmeasurable = parts.unmeasurable ?? {};
    if (parts.shell === true) this.shell = true;
    if (parts.inside !== undefined) this.inside = parts.inside;
    this.configuredMemoryBytes = parts.attempt.memoryMebibytes * MEBIBYTE;
  }

  plan(request: StartRequest): Plan {
    return this.#plan(this.#guest.machine(request), { launcherPid: this.#parts.launcher.pid, number: 0 }, request);
  }

  start(request: StartRequest): Promise<GuestInstance> {
    return request.what === 'workload' ? this.#startWorkload(request) : this.#startCommand(request);
  }

  phases(instance: Instance): readonly StartPhase[] {
    if (this.#guest.parameters !== undefined) return directBootPhases(instance.timeline, instance.spoken());
    const { requested, ready } = instance.timeline;
    if (ready === null) throw new StartFailure('ended', 'the machine ended before it was ready', 'see its log', instance.outputSoFar());
    return [{ name: 'qemu', milliseconds: Number(ready - requested) / 1e6, what: 'QEMU starts, builds the machine, and the guest, which needs no boot, makes its mark' }];
  }

  disk(): Promise<readonly DiskItem[]> {
    return this.#guest.disk();
  }

  explain(): ExplainedMachine {
    return { arguments: qemuArguments(this.#guest.machine({ what: 'workload', then: 'exit', account: false })), parameters: this.#guest.parameters ?? [] };
  }

  async close(): Promise<void> {
    await this.#parts.launcher.close();
    this.#parts.release?.();
  }

  async #startWorkload(request: WorkloadRequest): Promise<GuestInstance> {
    const { launcher, attempt } = this.#parts;
    const machine = this.#guest.machine(request);
    if (machine.network !== undefined && request.then === 'idle' && !isOther(request)) return this.#startServer(machine, machine.network.guestPort, request);
    const plan = preparedPlan(launcher, this.#prepared, request, (slot) => this.#plan(machine, slot, request));
    const slot = launcher.slot();
    if (machine.monitor === undefined) return new GuestInstance(await startInstance(launcher, plan, { ...watched(attempt), slot }), attempt, null, ramPlace(machine));
    const quit = async (): Promise<void> => void (await guest.shutDown());
    const guest: GuestInstance = new GuestInstance(await startInstance(launcher, plan, { ...watched(attempt), slot, quit }), attempt, { socket: qmpSocket(slot), ...machine.monitor }, ramPlace(machine), machine.balloon === 'asked');
    return guest;
  }

  /** One that can be asked: at a port of the host's that is found before the clock starts, so its plan is made anew. */
  async #startServer(given: MachineOptions, guestPort: number, request: WorkloadRequest): Promise<GuestInstance> {
    const { launcher, attempt } = this.#parts;
    const hostPort = await freePort();
    const machine: MachineOptions = { ...given, network: { hostPort, guestPort } };
    const slot = launcher.slot();
    const plan = launcher.prepare((each) => this.#plan(machine, each, request));
    const quit = async (): Promise<void> => void (await guest.shutDown());
    const qemu = await startInstance(launcher, plan, { ...watched(attempt), slot, quit, url: () => `http://127.0.0.1:${hostPort}/` });
    const guest: GuestInstance = new GuestInstance(qemu, attempt, machine.monitor === undefined ? null : { socket: qmpSocket(slot), ...machine.monitor }, ramPlace(machine));
    return guest;
  }

  async #startCommand(request: CommandRequest): Promise<GuestInstance> {
    const { launcher, attempt } = this.#parts;
    const { options, release } = this.#guest.command(request);
    try {
      const qemu: Instance = await startInstance(launcher, (slot) => this.#plan(options, slot, request), {
        explain: (ended) => explainQemuEnd(ended, attempt),
        // QEMU has set the user's terminal to raw: it has to end by itself to give it back.
        ...(request.streams === 'inherit' ? { quit: () => endGently(qemu) } : {}),
      });
      void qemu.ended.then(release);
      return new GuestInstance(qemu, attempt);
    } catch (error) {
      release();
      throw error;
    }
  }

  #plan(options: MachineOptions, slot: Slot, request: StartRequest): Plan {
    return qemuPlan(this.#parts.program, options, hierarchy(), slot, request);
  }
}

async function endGently(qemu: Instance): Promise<void> {
  qemu.signal(constants.signals.SIGTERM);
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([qemu.ended, new Promise((resolve) => (timer = setTimeout(resolve, PATIENCE_MS)))]);
  clearTimeout(timer);
}
