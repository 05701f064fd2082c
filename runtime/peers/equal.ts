/** What makes peers comparable: the container that they are asked for is the one that ours is. */
import { release } from 'node:os';
import { cgroupSteps } from '../cgroup/steps.ts';
import { KEPT } from '../container/capabilities.ts';
import { defaultSpec, PIDS } from '../container/defaults.ts';
import { toOci } from '../container/seccomp/oci.ts';
import { defaultProfile } from '../container/seccomp/profile.ts';
import type { ContainerSpec } from '../container/spec.ts';
import type { Image } from '../image/image.ts';
import { hierarchy } from '../instance.ts';
import type { Slot } from '../launcher/prepared.ts';
import { configText, ociConfig } from '../oci/write.ts';
import type { Ground, Surroundings } from './peer.ts';

export { HOSTNAME, PIDS } from '../container/defaults.ts';

/** Names of the capabilities that it keeps: `CAP_CHOWN`. */
export const CAPABILITIES_KEPT: readonly string[] = KEPT.map(({ name }) => name);

export function equalSpec({ image, memoryBytes, cpus }: Pick<Ground, 'image' | 'memoryBytes' | 'cpus'>): ContainerSpec {
  return defaultSpec(image, { memoryBytes, cpus });
}

export function containerEnvironment(image: Image): readonly string[] {
  return defaultSpec(image, { memoryBytes: null, cpus: null }).environment;
}

/** Our container as a config.json: for crun, runc and containerd. */
export function bundleConfig(ground: Ground, name: string, argv: readonly string[]): string {
  const seccomp = toOci(defaultProfile({ capabilities: CAPABILITIES_KEPT, kernel: release() }));
  const config = ociConfig(equalSpec(ground), { args: argv }, { rootPath: ground.root, seccomp });
  // A path from the root of the hierarchies: found and removed by its name, whoever made it.
  return configText({ ...config, linux: { ...config.linux, cgroupsPath: `/${name}` } });
}

/** For tools that make no cgroup: the one that ours gets, limits and all, made by the launcher. */
export function equalCgroup(slot: Slot, { memoryBytes, cpus }: Pick<Ground, 'memoryBytes' | 'cpus'>): Required<Pick<Surroundings, 'before' | 'cloneInto' | 'inside'>> {
  return cgroupSteps(hierarchy(), slot, { memoryBytes, cpus, pids: PIDS });
}

/** Where the memory of the cgroup of this name is accounted. */
export function memoryDirectory(name: string): string | null {
  const place = hierarchy().controllers.get('memory');
  return place === undefined ? null : `${place.mount}/${name}`;
}

