/** What went on around the measurements: one point for each look between two visits. */
import { z } from 'zod';

const amount = z.number().nonnegative();

/** What happened since the look before. `null` where the kernel does not tell. */
export const conditionsPoint = z.strictObject({
  /** Milliseconds since the run began. */
  at: amount,
  /** How long ago the look before was. */
  overMs: amount,
  /** Processor time used by anybody, over all processors; by this run (programs it started, not the kernel's threads); taken by the hypervisor beneath. */
  busyMs: amount,
  ownMs: amount.nullable(),
  stealMs: amount,
  swapInBytes: amount,
  swapOutBytes: amount,
  /** Time in which some task waited for a processor, a disk, memory (pressure stall information). */
  stalledCpuMs: amount.nullable(),
  stalledIoMs: amount.nullable(),
  stalledMemoryMs: amount.nullable(),
  /** How often a processor slowed down because it was too hot. */
  throttles: amount.nullable(),
  /** At this moment: mean clock of the processors; load average of a minute; what the kernel tells time by. */
  mhz: amount.nullable(),
  load: amount.nullable(),
  clockSource: z.string().nullable(),
});

export type ConditionsPoint = z.infer<typeof conditionsPoint>;

const column = z.array(z.number().nullable());

/** The same in columns, one entry for each look. A long run's looks are summed up in groups. */
export const conditionsSeries = z.strictObject({
  at: z.array(amount),
  overMs: z.array(amount),
  busyMs: z.array(amount),
  ownMs: column,
  stealMs: z.array(amount),
  swapInBytes: z.array(amount),
  swapOutBytes: z.array(amount),
  stalledCpuMs: column,
  stalledIoMs: column,
  stalledMemoryMs: column,
  throttles: column,
  mhz: column,
  load: column,
  /** All that were seen, in the order they were. */
  clockSources: z.array(z.string()),
});

export type ConditionsSeries = z.infer<typeof conditionsSeries>;
