/** A peer as one of the runtimes. */
import { realpathSync } from 'node:fs';
import { containerEnvironment } from './equal.ts';
import { TareError } from '../errors.ts';
import { hierarchy } from '../instance.ts';
import { Launcher } from '../launcher/client.ts';
import type { Availability, Runtime } from '../runtime.ts';
import { PeerBox } from './box.ts';
import type { Peer } from './peer.ts';
import { makePlace, removePlace } from './place.ts';
import { findTool } from './tool.ts';

/** Found or not, which version, why not. */
export async function peerAvailability(peer: Peer): Promise<Availability> {
  const program = findTool(peer.program);
  if (program === null) return { state: 'unavailable', reason: `no program ${peer.program} in PATH`, remedy: peer.remedy };
  if (process.getuid?.() !== 0) return { state: 'unavailable', reason: `running as uid ${process.getuid?.() ?? -1}: starting and weighing it as root is what is compared`, remedy: 'run it with sudo' };
  if (!hierarchy().controllers.has('memory')) return { state: 'unavailable', reason: `no memory cgroup controller (cgroup mode: ${hierarchy().mode})`, remedy: 'boot with cgroup_enable=memory, or mount the cgroup file systems' };
  try {
    const lack = (await peer.lacks?.()) ?? null;
    if (lack !== null) return { state: 'unavailable', ...lack };
    const versions = await peer.versions(program);
    return { state: 'available', version: Object.entries(versions).map(([name, version]) => (name === peer.name ? version : `${name} ${version}`)).join(', ') };
  } catch (error) {
    if (!(error instanceof TareError)) throw error;
    return { state: 'unavailable', reason: error.message, remedy: error.remedy };
  }
}

export function peerRuntime(peer: Peer): Runtime {
  return {
    name: peer.name,
    kind: 'container',
    summary: peer.summary,
    availability: () => peerAvailability(peer),
    async prepare(image, { memoryBytes, cpus, terminal }) {
      const state = await peerAvailability(peer);
      const found = findTool(peer.program);
      if (state.state === 'unavailable' || found === null) {
        throw new TareError(found === null ? 'missing-program' : 'host', `cannot start containers with ${peer.name}: ${state.state === 'unavailable' ? state.reason : 'its program is gone'}`, state.state === 'unavailable' ? state.remedy : peer.remedy);
      }
      const launcher = await Launcher.open({ terminal: terminal === true });
      const boxName = `tare-${launcher.pid}`;
      try {
        const program = realpathSync(found);
        const ground = { image, memoryBytes, cpus, program, boxName, slot: { launcherPid: launcher.pid, number: 0 }, ...makePlace(boxName, image) };
        return new PeerBox(peer, ground, await peer.stand(ground), launcher, await peer.versions(program), containerEnvironment(image));
      } catch (error) {
        await launcher.close();
        removePlace(boxName);
        throw error;
      }
    },
  };
}
