/** Who is timed against whom: plain C, our containers, and the peers that this host has, with one configuration. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { containerCold, containerRuntime } from '../../runtime/container/container.ts';
import { defaultSpec } from '../../runtime/container/defaults.ts';
import { TareError } from '../../runtime/errors.ts';
import type { Image } from '../../runtime/image/image.ts';
import { hostPathOf } from '../../runtime/image/lookup.ts';
import { processRuntime } from '../../runtime/process/process.ts';
import { PEERS } from '../../runtime/registry.ts';
import type { BoxOptions, Runtime } from '../../runtime/runtime.ts';
import { type ContainerFloorOptions, containerFloorStarter } from './container-floor.ts';
import { boxStarter, floorStarter, type Starter } from './starters.ts';

const SPAWN = fileURLToPath(new URL('../../fixtures/.built/spawn-floor/spawn', import.meta.url));
const OPTIONS: BoxOptions = { memoryBytes: 256 * 2 ** 20, cpus: 1, accelerator: 'auto' };

/** Ours, from no box to the coldest. */
const OURS: readonly Runtime[] = [processRuntime, containerRuntime, containerCold];

/** @throws {TareError} `usage` for a name that is no peer's */
export function peersNamed(text: string): string[] {
  const names = text.split(',').filter(Boolean);
  const unknown = names.find((each) => !PEERS.some(({ name }) => name === each));
  if (unknown !== undefined) throw new TareError('usage', `--peers: there is no "${unknown}"`, `known: ${PEERS.map(({ name }) => name).join(', ')}`);
  return names;
}

/** What the bare C loop of containers is given, so that it does what `container` does. The filter goes into DIRECTORY. */
export function containerFloorOptions(image: Image, directory: string): ContainerFloorOptions {
  const { seccomp } = defaultSpec(image, OPTIONS);
  if (seccomp === null) return OPTIONS;
  const seccompFile = join(directory, 'seccomp');
  writeFileSync(seccompFile, seccomp);
  return { ...OPTIONS, seccompFile };
}

/** Opens them into ALL one by one, so that those which are open are closed when one cannot be. */
export async function openContestants(all: Starter[], image: Image, peers: readonly string[], directory: string): Promise<void> {
  all.push(floorStarter(SPAWN, hostPathOf(image, image.workload)));
  all.push(containerFloorStarter(image, containerFloorOptions(image, directory)));
  for (const runtime of OURS) all.push(boxStarter(runtime.name, await runtime.prepare(image, OPTIONS)));
  for (const peer of PEERS.filter(({ name }) => peers.includes(name))) {
    const found = await peer.availability();
    if (found.state === 'available') all.push(boxStarter(peer.name, await peer.prepare(image, OPTIONS)));
    else console.log(`without ${peer.name}: ${found.reason}\n  next: ${found.remedy}`);
  }
}
