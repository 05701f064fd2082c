/** For tests that start real virtual machines: what they share. */
import { existsSync, readdirSync } from 'node:fs';
import type { Image } from '../image/image.ts';
import { loadImage } from '../image/load.ts';
import { hierarchy } from '../instance.ts';
import type { Box, BoxOptions, MemoryReading, Runtime } from '../runtime.ts';
import { vmAvailability } from './availability.ts';

export const OPTIONS: BoxOptions = { memoryBytes: 256 * 2 ** 20, cpus: 1, accelerator: 'auto' };

/** Generous: an emulated boot on a busy host. Nothing is judged by it. */
export const DEADLINE_MS = 60_000;

const state = await vmAvailability();

/** Why real machines cannot be started here, or null. */
export const lack = state.state === 'available' ? null : state.reason;

/** Ends the title of a test that may be skipped. */
export const suffix = lack === null ? '' : ` (skipped: ${lack})`;

export async function withBox<T>(runtime: Runtime, use: (box: Box) => Promise<T>, given: { options?: Partial<BoxOptions>; image?: (image: Image) => Image } = {}): Promise<T> {
  const image = await loadImage('tiny');
  const box = await runtime.prepare(given.image?.(image) ?? image, { ...OPTIONS, ...given.options });
  try {
    return await use(box);
  } finally {
    await box.close();
  }
}

/** What the parts of a machine's memory add up to. */
export function sumOfParts({ machine }: MemoryReading): number | null {
  return machine === undefined ? null : machine.ramBytes + machine.snapshotBytes + machine.hypervisorBytes + machine.programBytes;
}

/** Cgroups of the box's instances that are there now. */
export function cgroupsOf(box: Box): string[] {
  const prefix = /(tare-\d+-)\d+/.exec(box.plan({ what: 'workload', then: 'exit', account: true }).map(({ args }) => args.join(' ')).join('\n'))?.[1];
  if (prefix === undefined) throw new Error('the plan names no cgroup');
  const mounts = new Set([...hierarchy().controllers.values()].map(({ mount }) => mount));
  return [...mounts].flatMap((mount) => readdirSync(mount).filter((name) => name.startsWith(prefix)));
}

export function runs(pid: number): boolean {
  return existsSync(`/proc/${pid}`);
}
