/** A container made ready for an image: any number of instances are started from its spec. */
import type { DiskItem, Image } from '../image/image.ts';
import type { StartOptions } from '../instance.ts';
import type { Lanes } from '../lanes.ts';
import type { Slot } from '../launcher/prepared.ts';
import { plannedPhases, type StartPhase } from '../phases.ts';
import type { Plan } from '../plan.ts';
import type { Box, Instance, StartRequest } from '../runtime.ts';
import { type Reach, reachOf } from '../reach.ts';
import { unmeasurable } from '../unmeasurable.ts';
import { isOther } from '../workload.ts';
import { dotted, linkOf } from './network.ts';
import { containerPlan } from './plan.ts';
import { ownSession, program, streams } from './program.ts';
import type { ContainerSpec } from './spec.ts';

/** How a box turns its spec into a plan and reads its failures; the cold form and a bundle differ in it. */
export interface Making {
  plan(spec: ContainerSpec, slot: Slot, request: StartRequest): Plan;
  options?(spec: ContainerSpec, request: StartRequest): StartOptions;
  /** What lies on the host's disk for it. */
  readonly disk: readonly DiskItem[];
  /** The port on which its workload answers HTTP; absent for one that serves nobody. */
  readonly servicePort?: number;
}

export function imageDisk(image: Image): readonly DiskItem[] {
  return image.layers.map(({ name, storey, lengthBytes, allocatedBytes }) => ({ name, storey, capacityBytes: null, lengthBytes, allocatedBytes, shared: true }));
}

/** From an image, by the resident launcher. */
export function warm(image: Image): Making {
  return {
    plan: (spec, slot, request) => containerPlan(spec, slot, { streams: streams(request), exec: program(image, spec, request), session: ownSession(request), aside: true }),
    disk: imageDisk(image),
    ...(image.servicePort === undefined ? {} : { servicePort: image.servicePort }),
  };
}

export class ContainerBox implements Box {
  readonly kind = 'container';
  readonly accelerator = null;
  readonly versions = {};
  readonly configuredMemoryBytes: number | null;
  readonly unmeasurable = unmeasurable();
  readonly shell = true;
  readonly reach?: Reach;
  readonly spec: ContainerSpec;
  readonly #lanes: Lanes;
  readonly #making: Making;

  constructor(spec: ContainerSpec, lanes: Lanes, making: Making) {
    this.spec = spec;
    this.#lanes = lanes;
    this.#making = making;
    this.configuredMemoryBytes = spec.limits?.memoryBytes ?? null;
    const reach = reachOf(spec);
    if (reach !== null) this.reach = reach;
  }

  plan(request: StartRequest): Plan {
    return this.#plan({ launcherPid: this.#lanes.pid, number: 0 }, request);
  }

  start(request: StartRequest): Promise<Instance> {
    const options = this.#making.options?.(this.spec, request) ?? {};
    // Its addresses follow from the slot's number: a plan with a cable is made anew for each start.
    const cable = this.#specFor(request).network === 'veth' && this.spec.namespaces.includes('net');
    if (!cable) return this.#lanes.start(request, (slot) => this.#plan(slot, request), options);
    const address = (slot: Slot): string => dotted(linkOf(slot).inside);
    const port = this.#making.servicePort;
    const url = port === undefined ? {} : { url: (slot: Slot): string => `http://${address(slot)}:${port}/` };
    return this.#lanes.start(request, (slot) => this.#plan(slot, request), { ...options, address, ...url }, true);
  }

  phases(instance: Instance): readonly StartPhase[] {
    return plannedPhases(instance.timeline);
  }

  async disk(): Promise<readonly DiskItem[]> {
    return this.spec.root.kind === 'layers' ? [...this.#making.disk, this.#writable()] : this.#making.disk;
  }

  close(): Promise<void> {
    return this.#lanes.close();
  }

  /** On a tmpfs: what is written there is memory of the instance's, and nothing on the disk (docs/decisions/0003). */
  #writable(): DiskItem {
    return { name: 'writable layer, in memory', storey: 'metadata', capacityBytes: this.spec.limits?.memoryBytes ?? null, lengthBytes: 0, allocatedBytes: 0, shared: false };
  }

  #plan(slot: Slot, request: StartRequest): Plan {
    return this.#making.plan(this.#specFor(request), slot, request);
  }

  /** A server that stays is there to be asked: it gets a cable to the host, where root can lay one. */
  #specFor(request: StartRequest): ContainerSpec {
    if (request.what === 'command') return this.spec;
    const serves = this.#making.servicePort !== undefined && request.then === 'idle' && !isOther(request);
    const limits = request.cpuTime === true && this.spec.limits !== null ? { ...this.spec.limits, cpuTime: true } : this.spec.limits;
    return { ...this.spec, limits, ...(serves && !this.spec.namespaces.includes('user') ? { network: 'veth' } : {}) };
  }
}
