/**
 * `process`: the workload in no box at all. Everything else is weighed against it.
 */
import { UNLIMITED } from '../cgroup/limits.ts';
import { cgroupSteps } from '../cgroup/steps.ts';
import { TareError } from '../errors.ts';
import { findInPath, hostPathOf } from '../image/lookup.ts';
import type { DiskItem, Image } from '../image/image.ts';
import { hierarchy } from '../instance.ts';
import { Lanes } from '../lanes.ts';
import type { Slot } from '../launcher/prepared.ts';
import { plannedPhases, type StartPhase } from '../phases.ts';
import type { Plan } from '../plan.ts';
import type { Availability, Box, Instance, Runtime, StartRequest } from '../runtime.ts';
import { UNFILTERED } from '../reach.ts';
import { workloadCommand } from '../workload.ts';
import { unmeasurable } from '../unmeasurable.ts';
import { clone, descriptors, exec, setsid } from '../steps.ts';

/** A plain process needs nothing; only a cgroup to be weighed in needs root. */
async function availability(): Promise<Availability> {
  return { state: 'available' };
}

class ProcessBox implements Box {
  readonly kind = 'process';
  readonly accelerator = null;
  readonly versions = {};
  readonly configuredMemoryBytes = null;
  readonly unmeasurable = unmeasurable();
  readonly reach = UNFILTERED;
  readonly #image: Image;
  readonly #lanes: Lanes;

  constructor(image: Image, lanes: Lanes) {
    this.#image = image;
    this.#lanes = lanes;
  }

  plan(request: StartRequest): Plan {
    return this.#plan(request, { launcherPid: this.#lanes.pid, number: 0 });
  }

  start(request: StartRequest): Promise<Instance> {
    return this.#lanes.start(request, (slot) => this.#plan(request, slot), {});
  }

  phases(instance: Instance): readonly StartPhase[] {
    return plannedPhases(instance.timeline);
  }

  async disk(): Promise<readonly DiskItem[]> {
    return this.#image.layers
      .filter((layer) => layer.storey === 'app')
      .map(({ name, storey, lengthBytes, allocatedBytes }) => ({ name, storey, capacityBytes: null, lengthBytes, allocatedBytes, shared: true }));
  }

  close(): Promise<void> {
    return this.#lanes.close();
  }

  #plan(request: StartRequest, slot: Slot): Plan {
    if (request.what === 'command') return commandPlan(request.argv, request.streams);
    const cgroup = request.account ? cgroupSteps(hierarchy(), slot, { ...UNLIMITED, cpuTime: request.cpuTime === true }) : { before: [], cloneInto: '', inside: [] };
    const command = workloadCommand(this.#image, request);
    const program = hostPathOf(this.#image, command[0]);
    return [
      descriptors({ stdin: 'null', stdout: 'capture', stderr: 'capture', mark: true }, 'standard streams, and the channel on which the workload says that it is ready'),
      ...cgroup.before,
      clone([], cgroup.cloneInto, 'a new process, in every namespace of its parent'),
      ...cgroup.inside,
      setsid('no terminal, and a group of its own to be ended by'),
      exec(program, command, [], 'the workload takes the place of the launcher’s copy'),
    ];
  }
}

function commandPlan(argv: readonly string[], streams: 'inherit' | 'capture'): Plan {
  const [name = ''] = argv;
  const program = findInPath(name, process.env['PATH'] ?? '/usr/bin:/bin');
  if (program === null) {
    throw new TareError('missing-program', `no program "${name}" on this host (a plain process runs the host's own programs)`, 'give its path, or run it in a box: tare run container -- …');
  }
  const env = Object.entries(process.env).flatMap(([key, value]) => (value === undefined ? [] : [`${key}=${value}`]));
  return [
    descriptors({ stdin: streams === 'inherit' ? 'inherit' : 'null', stdout: streams, stderr: streams, mark: false }, 'the terminal of whoever asked'),
    clone([], '', 'a new process, in every namespace of its parent'),
    exec(program, argv, env, 'the command, with the host’s files and environment'),
  ];
}

export const processRuntime: Runtime = {
  name: 'process',
  kind: 'process',
  summary: 'no box: fork and exec on the host, the floor that everything else is weighed against',
  availability,
  async prepare(image, options) {
    if (image.servicePort !== undefined) throw new TareError('usage', `the server of image ${image.name} wants the image for its root, which a plain process has not`, 'compare boxes with --image tiny, or leave the process out');
    return new ProcessBox(image, await Lanes.open({ terminal: options.terminal === true }));
  },
};
