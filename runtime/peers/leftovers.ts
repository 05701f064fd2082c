/**
 * What boxes of peers leave when their tare is killed outright: containers that a daemon goes on running, images,
 * what podman remembers, directories. For `tare clean`.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cgroupMounts, removeEverywhere } from './cgroups.ts';
import { ctrLeftovers } from './ctr.ts';
import { dockerLeftovers } from './docker.ts';
import { nspawnForget } from './nspawn.ts';
import { removePlace, ROOT_PARENT, STATE_PARENT } from './place.ts';
import { podmanForget } from './podman.ts';
import { killAll, namedAfter } from './processes.ts';
import { toolOutput } from './tool.ts';

/** One thing of a daemon's that can be removed. */
export interface Remains {
  /** `container tare-12-0000001 of docker`. */
  readonly what: string;
  /** `tare-<launcher's PID>`, of whatever it is named after. */
  readonly boxName: string;
  remove(): Promise<void>;
}

/** What was found, and what came of it: as `tare clean` tells it. */
export interface Removed {
  readonly path: string;
  readonly killed: readonly number[];
  readonly removed: boolean;
  readonly reason: string | null;
}

const BOX = /^tare-(\d+)$/;

function directories(parent: string): string[] {
  try {
    return readdirSync(parent, { withFileTypes: true }).filter((entry) => entry.isDirectory() && BOX.test(entry.name)).map(({ name }) => name);
  } catch {
    return [];
  }
}

/** Boxes whose directories are there. */
function boxes(): string[] {
  return [...new Set([STATE_PARENT, ROOT_PARENT].flatMap(directories))];
}

/** Names of instances of a box that still have a cgroup somewhere. */
function instances(boxName: string): string[] {
  return [...new Set(cgroupMounts().flatMap((mount) => readdirSync(mount).filter((name) => name.startsWith(`${boxName}-`))))];
}

function mountsBelow(directory: string): string[] {
  return readFileSync('/proc/self/mounts', 'utf8').split('\n').map((line) => line.split(' ')[1] ?? '').filter((point) => point.startsWith(`${directory}/`)).sort().reverse();
}

async function removeBox(boxName: string): Promise<number[]> {
  // Its monitors would clear up at the same time, with a configuration that is about to go.
  const killed = namedAfter([`${boxName}-`, `${STATE_PARENT}/${boxName}/`]);
  killAll(killed);
  for (const name of instances(boxName)) await removeEverywhere(name);
  nspawnForget(boxName);
  podmanForget(join(STATE_PARENT, boxName));
  for (const parent of [STATE_PARENT, ROOT_PARENT]) for (const point of mountsBelow(join(parent, boxName))) await toolOutput('umount', ['--lazy', point]);
  removePlace(boxName);
  return killed;
}

async function attempt(path: string, remove: () => Promise<readonly number[] | void>): Promise<Removed> {
  try {
    return { path, killed: (await remove()) ?? [], removed: true, reason: null };
  } catch (error) {
    return { path, killed: [], removed: false, reason: (error as Error).message };
  }
}

/** @param lives whether a launcher of this PID runs: what is its own is never touched */
export async function removePeersLeftovers(lives: (launcherPid: number) => boolean): Promise<Removed[]> {
  const stale = (boxName: string): boolean => !lives(Number(BOX.exec(boxName)?.[1]));
  const results: Removed[] = [];
  for (const each of [...(await dockerLeftovers()), ...(await ctrLeftovers())]) if (stale(each.boxName)) results.push(await attempt(each.what, () => each.remove()));
  for (const boxName of boxes().filter(stale)) results.push(await attempt(join(STATE_PARENT, boxName), () => removeBox(boxName)));
  return results;
}
