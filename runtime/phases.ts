/** A start taken apart: how long each part of a box's stack takes, from the request to the workload's first byte. */
import { StartFailure } from './errors.ts';
import type { Timeline } from './runtime.ts';

export const PHASES = ['runtime', 'qemu', 'firmware', 'boot loader', 'kernel', 'initramfs', 'init', 'service'] as const;

export type PhaseName = (typeof PHASES)[number];

export interface StartPhase {
  readonly name: PhaseName;
  readonly milliseconds: number;
  /** One sentence for a class. */
  readonly what: string;
}

const NANOSECONDS = 1e6;

/**
 * Of a box that is made by a plan and steps aside: all of the plan, up to the exec, is the runtime's; what follows is
 * the program's own.
 * @throws {StartFailure} `measurement` for a start without its stamps
 */
export function plannedPhases({ requested, steps, ready }: Pick<Timeline, 'requested' | 'steps' | 'ready'>): StartPhase[] {
  const executed = steps.at(-1)?.at;
  if (executed === undefined || ready === null) throw new StartFailure('measurement', 'a start left no stamps to tell its parts by', 'this is a fault of tare: please report it', '');
  return [
    { name: 'runtime', milliseconds: Number(executed - requested) / NANOSECONDS, what: 'the kernel is asked, step by step, for what the box consists of, and for the program in it' },
    { name: 'service', milliseconds: Number(ready - executed) / NANOSECONDS, what: 'the program starts, and says that it is ready' },
  ];
}
