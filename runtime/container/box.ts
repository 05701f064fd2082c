/** A container made ready for an image: any number of instances are started from its spec. */
import type { DiskItem, Image } from '../image/image.ts';
import { preparedPlan, startInstance, type StartOptions } from '../instance.ts';
import type { Launcher } from '../launcher/client.ts';
import type { PreparedPlan, Slot } from '../launcher/prepared.ts';
import type { Plan } from '../plan.ts';
import type { Box, Instance, StartRequest } from '../runtime.ts';
import { dotted, linkOf } from './network.ts';
import { containerPlan } from './plan.ts';
import { ownSession, program, streams } from './program.ts';
import type { ContainerSpec } from './spec.ts';

/** How a box turns its spec into a plan and reads its failures; the cold form differs in both. */
export interface Making {
  plan(image: Image, spec: ContainerSpec, slot: Slot, request: StartRequest): Plan;
  options?(image: Image, spec: ContainerSpec, request: StartRequest): StartOptions;
}

export const WARM: Making = {
  plan: (image, spec, slot, request) => containerPlan(spec, slot, { streams: streams(request), exec: program(image, spec, request), session: ownSession(request) }),
};

export class ContainerBox implements Box {
  readonly kind = 'container';
  readonly accelerator = null;
  readonly versions = {};
  readonly configuredMemoryBytes: number | null;
  readonly spec: ContainerSpec;
  readonly #image: Image;
  readonly #launcher: Launcher;
  readonly #making: Making;
  readonly #prepared = new Map<string, PreparedPlan>();

  constructor(image: Image, spec: ContainerSpec, launcher: Launcher, making: Making = WARM) {
    this.#image = image;
    this.spec = spec;
    this.#launcher = launcher;
    this.#making = making;
    this.configuredMemoryBytes = spec.limits?.memoryBytes ?? null;
  }

  plan(request: StartRequest): Plan {
    return this.#plan({ launcherPid: this.#launcher.pid, number: 0 }, request);
  }

  start(request: StartRequest): Promise<Instance> {
    const options = this.#making.options?.(this.#image, this.spec, request) ?? {};
    const makePlan = (slot: Slot): Plan => this.#plan(slot, request);
    if (this.spec.network === 'veth' && this.spec.namespaces.includes('net')) {
      // Its addresses follow from the slot's number: such a plan is made anew for each start.
      return startInstance(this.#launcher, makePlan, { ...options, address: (slot) => dotted(linkOf(slot).inside) });
    }
    return startInstance(this.#launcher, preparedPlan(this.#launcher, this.#prepared, request, makePlan), options);
  }

  async disk(): Promise<readonly DiskItem[]> {
    return this.#image.layers.map(({ name, storey, lengthBytes, allocatedBytes }) => ({ name, storey, capacityBytes: null, lengthBytes, allocatedBytes, shared: true }));
  }

  close(): Promise<void> {
    return this.#launcher.close();
  }

  #plan(slot: Slot, request: StartRequest): Plan {
    return this.#making.plan(this.#image, this.spec, slot, request);
  }
}
