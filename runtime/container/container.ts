/**
 * `container`: our own. Namespaces, cgroup, layered root file system, capabilities, no_new_privs, seccomp; and
 * `container-cold`, the same by a launcher started anew for each.
 */
import { TareError } from '../errors.ts';
import { hierarchy } from '../instance.ts';
import { Lanes } from '../lanes.ts';
import { Launcher } from '../launcher/client.ts';
import type { Availability, BoxOptions, Runtime } from '../runtime.ts';
import { hostFiles } from '../host/files.ts';
import type { Image } from '../image/image.ts';
import { AheadBox } from './ahead.ts';
import { ContainerBox, type Making, warm } from './box.ts';
import { cold } from './cold.ts';
import { defaultSpec } from './defaults.ts';
import { refuseLabels } from './labels.ts';
import { withOwnLayers } from './own-layers.ts';
import { rootless, rootlessAvailability } from './rootless.ts';
import type { ContainerSpec } from './spec.ts';

async function availability(): Promise<Availability> {
  if (process.getuid?.() !== 0) return rootlessAvailability();
  if (hierarchy().controllers.get('memory') === undefined) {
    return { state: 'unavailable', reason: `no memory cgroup controller (cgroup mode: ${hierarchy().mode})`, remedy: 'boot with cgroup_enable=memory, or mount the cgroup file systems' };
  }
  return { state: 'available' };
}

/** What a container is for whoever runs this: without root, one in a user namespace and without limits. */
export function hostSpec(image: Image, options: Pick<BoxOptions, 'memoryBytes' | 'cpus'>): ContainerSpec {
  const spec = defaultSpec(image, options);
  return process.getuid?.() === 0 ? spec : rootless(spec);
}

/**
 * A box from a spec of the caller's.
 * @throws {TareError} `no-root`, `host` when this host cannot start containers, or not this one
 */
export async function openContainer(spec: ContainerSpec, making: Making, options: { readonly terminal?: boolean } = {}): Promise<ContainerBox> {
  const state = await availability();
  if (state.state === 'unavailable') throw new TareError(process.getuid?.() === 0 ? 'host' : 'no-root', `cannot start containers: ${state.reason}`, state.remedy);
  refuseLabels(spec, hostFiles());
  const owned = process.getuid?.() === 0 ? spec : await withOwnLayers(spec);
  return new ContainerBox(owned, await Lanes.open({ terminal: options.terminal === true }), making);
}

function runtime(name: string, summary: string, making: (image: Image) => Making): Runtime {
  return { name, kind: 'container', summary, availability, prepare: (image, options) => openContainer(hostSpec(image, options), making(image), options) };
}

export const containerRuntime = runtime('container', 'our container: namespaces, cgroup, overlay root, dropped capabilities, seccomp; the launcher is resident (warm)', warm);

export const containerCold = runtime('container-cold', 'the same container by a launcher started for it alone, as crun and runc are (cold)', cold);

async function aheadAvailability(): Promise<Availability> {
  if (process.getuid?.() !== 0) return { state: 'unavailable', reason: `entering a network namespace of somebody else’s making needs root, and this is uid ${process.getuid?.()}`, remedy: 'run it with sudo' };
  return availability();
}

export const containerAhead: Runtime = {
  name: 'container-ahead',
  kind: 'container',
  summary: 'the same container in a network namespace made ahead of time: a series of its own, for the cost is only moved',
  availability: aheadAvailability,
  async prepare(image, options) {
    const state = await aheadAvailability();
    if (state.state === 'unavailable') throw new TareError('no-root', `cannot start containers: ${state.reason}`, state.remedy);
    return new AheadBox(image, hostSpec(image, options), await Launcher.open({ terminal: options.terminal === true }));
  },
};
