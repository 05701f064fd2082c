/** Every runtime there is, in the order in which people are shown them: from no box to the heaviest. */
import { containerRuntime } from './container/container.ts';
import { processRuntime } from './process/process.ts';
import type { Runtime } from './runtime.ts';
import { vmFloor } from './vm/floor.ts';
import { vmMicro } from './vm/micro.ts';

export const RUNTIMES: readonly Runtime[] = [processRuntime, containerRuntime, vmFloor, vmMicro];

export function runtimeNames(runtimes: readonly Runtime[] = RUNTIMES): string[] {
  return runtimes.map(({ name }) => name);
}

export function findRuntime(name: string): Runtime | undefined {
  return RUNTIMES.find((runtime) => runtime.name === name);
}
