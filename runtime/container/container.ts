/**
 * `container`: our own. Namespaces, cgroup, layered root file system, capabilities, no_new_privs.
 */
import { TareError } from '../errors.ts';
import type { DiskItem, Image } from '../image/image.ts';
import { findInImage, findInPath, hostPathOf, IMAGE_PATH } from '../image/lookup.ts';
import { hierarchy, preparedPlan, startInstance } from '../instance.ts';
import { Launcher } from '../launcher/client.ts';
import type { PreparedPlan, Slot } from '../launcher/prepared.ts';
import type { Plan, Step } from '../plan.ts';
import type { Availability, Box, Instance, Runtime, StartRequest } from '../runtime.ts';
import { descriptors, exec } from '../steps.ts';
import { defaultSpec } from './defaults.ts';
import { containerPlan } from './plan.ts';
import type { ContainerSpec } from './spec.ts';

async function availability(): Promise<Availability> {
  if (process.getuid?.() !== 0) {
    return { state: 'unavailable', reason: 'namespaces, cgroups and mounts need root, and this is uid ' + process.getuid?.(), remedy: 'run it with sudo' };
  }
  if (hierarchy().controllers.get('memory') === undefined) {
    return { state: 'unavailable', reason: `no memory cgroup controller (cgroup mode: ${hierarchy().mode})`, remedy: 'boot with cgroup_enable=memory, or mount the cgroup file systems' };
  }
  return { state: 'available' };
}

function streams(request: StartRequest): Step {
  if (request.what === 'workload') {
    return descriptors({ stdin: 'null', stdout: 'capture', stderr: 'capture', mark: true }, 'standard streams, and the channel on which the workload says that it is ready');
  }
  return descriptors({ stdin: request.streams === 'inherit' ? 'inherit' : 'null', stdout: request.streams, stderr: request.streams, mark: false }, 'the terminal of whoever asked');
}

/** A command on the user's terminal stays in its session, so that Ctrl-C and job control reach it. */
function session(request: StartRequest): boolean {
  return !(request.what === 'command' && request.streams === 'inherit');
}

function program(image: Image, spec: ContainerSpec, request: StartRequest): Step {
  const inside = spec.root.kind !== 'host';
  if (request.what === 'workload') return exec(inside ? image.workload : hostPathOf(image, image.workload), [image.workload, 'fd:3', request.then], spec.environment, 'the workload, as process 1');
  const terminal = process.env['TERM'];
  const environment = terminal === undefined ? spec.environment : [...spec.environment, `TERM=${terminal}`];
  const [name = ''] = request.argv;
  return exec(inside ? findInImage(image, name) : (findInPath(name, process.env['PATH'] ?? IMAGE_PATH) ?? name), request.argv, environment, 'the command, as process 1');
}

class ContainerBox implements Box {
  readonly kind = 'container';
  readonly accelerator = null;
  readonly versions = {};
  readonly configuredMemoryBytes: number | null;
  readonly #image: Image;
  readonly #spec: ContainerSpec;
  readonly #launcher: Launcher;
  readonly #prepared = new Map<string, PreparedPlan>();

  constructor(image: Image, spec: ContainerSpec, launcher: Launcher) {
    this.#image = image;
    this.#spec = spec;
    this.#launcher = launcher;
    this.configuredMemoryBytes = spec.limits?.memoryBytes ?? null;
  }

  plan(request: StartRequest): Plan {
    return this.#plan({ launcherPid: this.#launcher.pid, number: 0 }, request);
  }

  start(request: StartRequest): Promise<Instance> {
    return startInstance(this.#launcher, preparedPlan(this.#launcher, this.#prepared, request, (slot) => this.#plan(slot, request)));
  }

  async disk(): Promise<readonly DiskItem[]> {
    return this.#image.layers.map(({ name, storey, lengthBytes, allocatedBytes }) => ({ name, storey, capacityBytes: null, lengthBytes, allocatedBytes, shared: true }));
  }

  close(): Promise<void> {
    return this.#launcher.close();
  }

  #plan(slot: Slot, request: StartRequest): Plan {
    return containerPlan(this.#spec, slot, { streams: streams(request), exec: program(this.#image, this.#spec, request), session: session(request) });
  }
}

export const containerRuntime: Runtime = {
  name: 'container',
  kind: 'container',
  summary: 'our container: namespaces, cgroup, overlay root, dropped capabilities; the launcher is resident (warm)',
  availability,
  async prepare(image, options) {
    const state = await availability();
    if (state.state === 'unavailable') throw new TareError('no-root', `cannot start containers: ${state.reason}`, state.remedy);
    return new ContainerBox(image, defaultSpec(image, options), await Launcher.open({ terminal: options.terminal === true }));
  },
};
