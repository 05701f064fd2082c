/** Every runtime there is, in the order in which people are shown them: from no box to the heaviest. */
import { containerAhead, containerCold, containerRuntime } from './container/container.ts';
import { PEERS } from './peers/peers.ts';
import { processRuntime } from './process/process.ts';
import type { Runtime } from './runtime.ts';
import { vmFloor } from './vm/floor.ts';
import { vmFull } from './vm/full/full.ts';
import { vmMicroBalloon, vmMicroReporting } from './vm/micro-balloon.ts';
import { vmMicro } from './vm/micro.ts';
import { vmRestore } from './vm/restore.ts';

export const RUNTIMES: readonly Runtime[] = [processRuntime, containerRuntime, vmFloor, vmRestore, vmMicro, vmFull];

/** Measured when asked for by name: variants that answer a question of their own. */
export const VARIANTS: readonly Runtime[] = [containerCold, containerAhead, vmMicroBalloon, vmMicroReporting];

/** Other people's, to compare with: measured when asked for by name. */
export { PEERS };

/** All that can be asked for by name. */
export function everyRuntime(): readonly Runtime[] {
  return [...RUNTIMES, ...VARIANTS, ...PEERS];
}

export function runtimeNames(runtimes: readonly Runtime[] = RUNTIMES): string[] {
  return runtimes.map(({ name }) => name);
}

export function findRuntime(name: string): Runtime | undefined {
  return everyRuntime().find((runtime) => runtime.name === name);
}
