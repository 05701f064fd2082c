/**
 * `container`: our own. Namespaces, cgroup, layered root file system, capabilities, no_new_privs.
 */
import { cgroupSteps } from '../cgroup/steps.ts';
import { TareError } from '../errors.ts';
import type { DiskItem, Image } from '../image/image.ts';
import { findInImage, IMAGE_PATH } from '../image/lookup.ts';
import { hierarchy, preparedPlan, startInstance } from '../instance.ts';
import { Launcher } from '../launcher/client.ts';
import type { PreparedPlan, Slot } from '../launcher/prepared.ts';
import type { Plan, Step } from '../plan.ts';
import type { Availability, Box, BoxOptions, Instance, Runtime, StartRequest } from '../runtime.ts';
import { capabilities, clone, descriptors, exec, hostname, noNewPrivs, setsid, unshare } from '../steps.ts';
import { KEPT } from './capabilities.ts';
import { NAMESPACES } from './namespaces.ts';
import { rootSteps } from './root.ts';

/** Processes a container may have: far more than a service needs, far fewer than hurt the host. */
const PIDS = 1024;

const HOSTNAME = 'tare';

const ENVIRONMENT = [`PATH=${IMAGE_PATH}`, 'HOME=/root', `HOSTNAME=${HOSTNAME}`];

async function availability(): Promise<Availability> {
  if (process.getuid?.() !== 0) {
    return { state: 'unavailable', reason: 'namespaces, cgroups and mounts need root, and this is uid ' + process.getuid?.(), remedy: 'run it with sudo' };
  }
  if (hierarchy().controllers.get('memory') === undefined) {
    return { state: 'unavailable', reason: `no memory cgroup controller (cgroup mode: ${hierarchy().mode})`, remedy: 'boot with cgroup_enable=memory, or mount the cgroup file systems' };
  }
  return { state: 'available' };
}

/** What is done, in order. The one place to read what a container is. */
function containerPlan(image: Image, options: BoxOptions, slot: Slot, request: StartRequest): Plan {
  const cgroup = cgroupSteps(hierarchy(), slot, { memoryBytes: options.memoryBytes, cpus: options.cpus, pids: PIDS });
  // Born in its cgroup (v2) it can be given the namespace at once; on v1 it first has to join.
  const born = cgroup.cloneInto !== '' && cgroup.inside.length === 0;
  const namespaces = (Object.keys(NAMESPACES) as (keyof typeof NAMESPACES)[]).filter((name) => born || name !== 'cgroup');
  return [
    streams(request),
    ...cgroup.before,
    clone(namespaces, cgroup.cloneInto, namespaces.map((name) => NAMESPACES[name]).join('; ')),
    ...cgroup.inside,
    ...(born ? [] : [unshare(['cgroup'], NAMESPACES.cgroup ?? '')]),
    ...session(request),
    ...rootSteps(image, options.memoryBytes),
    hostname(HOSTNAME, 'a name of its own'),
    capabilities(KEPT.map(({ number }) => number), KEPT.map(({ number }) => number), `root inside is less than root: of all capabilities it keeps ${KEPT.length}`),
    noNewPrivs('no program it runs can gain more than it has'),
    start(image, request),
  ];
}

function streams(request: StartRequest): Step {
  if (request.what === 'workload') {
    return descriptors({ stdin: 'null', stdout: 'capture', stderr: 'capture', mark: true }, 'standard streams, and the channel on which the workload says that it is ready');
  }
  return descriptors({ stdin: request.streams === 'inherit' ? 'inherit' : 'null', stdout: request.streams, stderr: request.streams, mark: false }, 'the terminal of whoever asked');
}

/** A command on the user's terminal stays in its session, so that Ctrl-C and job control reach it. */
function session(request: StartRequest): Step[] {
  return request.what === 'command' && request.streams === 'inherit' ? [] : [setsid('no terminal of the host’s is within reach')];
}

function start(image: Image, request: StartRequest): Step {
  if (request.what === 'workload') return exec(image.workload, [image.workload, 'fd:3', request.then], ENVIRONMENT, 'the workload, as process 1');
  const terminal = process.env['TERM'];
  const environment = terminal === undefined ? ENVIRONMENT : [...ENVIRONMENT, `TERM=${terminal}`];
  return exec(findInImage(image, request.argv[0] ?? ''), request.argv, environment, 'the command, as process 1');
}

class ContainerBox implements Box {
  readonly kind = 'container';
  readonly accelerator = null;
  readonly versions = {};
  readonly configuredMemoryBytes: number;
  readonly #image: Image;
  readonly #options: BoxOptions;
  readonly #launcher: Launcher;
  readonly #prepared = new Map<string, PreparedPlan>();

  constructor(image: Image, options: BoxOptions, launcher: Launcher) {
    this.#image = image;
    this.#options = options;
    this.#launcher = launcher;
    this.configuredMemoryBytes = options.memoryBytes;
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
    return containerPlan(this.#image, this.#options, slot, request);
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
    return new ContainerBox(image, options, await Launcher.open({ terminal: options.terminal === true }));
  },
};
