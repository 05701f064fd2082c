/** How a run came about, as far as its options do not tell: where they came from, whom it repeats, where it broke off. */
import { z } from 'zod';

const milliseconds = z.number().nonnegative();
const count = z.int().nonnegative();

/** One thing that is not the same in two places. */
export const difference = z.strictObject({
  /** "kernel", "processor", "version of qemu". */
  what: z.string(),
  there: z.string(),
  here: z.string(),
});

/** The run whose options and seed this one repeats. */
export const like = z.strictObject({
  id: z.string(),
  startedAt: z.iso.datetime(),
  /** Of host, kernel, image, versions and accelerators; empty when nothing differs. */
  differences: z.array(difference),
});

/** The run broke off and went on. */
export const resumption = z.strictObject({
  /** Milliseconds since the run began. */
  at: milliseconds,
  resumedAt: z.iso.datetime(),
  /** Between the last thing that is safe in the journal and going on. */
  pausedMs: milliseconds,
  /** Samples that were there already. */
  samples: count,
  /** Length of the line that was begun and never finished: the sample in flight. */
  tornBytes: count,
});

/** What the harness takes for itself between two visits: the journal, its sync to the disk, and telling. */
export const harness = z.strictObject({
  /** Gaps that went in: those since the run began, or went on last. */
  visits: count,
  /** Median of the time between two visits beyond the idle gap that was asked for. */
  betweenMs: z.number(),
});

/** What the number of rounds was fixed from, before the run. Its starts are no samples. */
export const pilot = z.strictObject({
  benchmark: z.string(),
  metric: z.string(),
  /** Starts of each runtime that were made to learn its spread. */
  starts: count,
  /** Half the width that the median's 95 % interval is to have, as a share of the median. */
  target: z.number().positive(),
  /** No more rounds than this. */
  most: count,
  /** What came of it: the rounds of that benchmark. */
  rounds: count,
  durationMs: milliseconds,
  runtimes: z.array(z.strictObject({
    runtime: z.string(),
    n: count,
    failed: count,
    /** `null` when there were too few for an interval. */
    median: z.number().nullable(),
    /** As a share of the median. */
    halfWidth: z.number().nonnegative().nullable(),
    /** Samples that such a spread needs for the target. */
    needed: count.nullable(),
    /** Samples that were planned: fewer than needed where the greatest number of rounds stood against it. */
    planned: count,
  })),
});

/** Option → where its value came from. Those left out had their default. */
export const origins = z.record(z.string(), z.string());

/** Absent: not so. */
export const origin = {
  origins: origins.optional(),
  like: like.optional(),
  pilot: pilot.optional(),
  resumed: z.array(resumption).optional(),
  harness: harness.optional(),
};

export type Difference = z.infer<typeof difference>;
export type Like = z.infer<typeof like>;
export type Resumption = z.infer<typeof resumption>;
export type Harness = z.infer<typeof harness>;
export type Pilot = z.infer<typeof pilot>;
export type Origins = z.infer<typeof origins>;
