/**
 * What a journal is made of: one record a line, in the order in which things happened. The first says what
 * was to be done, with everything that a result document needs besides the samples; the last, if the run
 * came to its end, how it ended.
 */
import { z } from 'zod';
import { conditions, host, image, metric, options, outcome, runtime, sample, visitBase, SCHEMA_VERSION, tare, warning } from '../result/schema.ts';

export const JOURNAL_FORMAT = 'tare-journal';

const header = z.strictObject({
  record: z.literal('run'),
  format: z.literal(JOURNAL_FORMAT),
  schemaVersion: z.literal(SCHEMA_VERSION),
  tare,
  id: z.string(),
  startedAt: z.iso.datetime(),
  command: z.array(z.string()),
  conditions,
  options,
  host,
  image,
  metrics: z.array(metric),
});

/** A runtime was made ready, or was found not to be possible. */
const provisioned = z.strictObject({ record: z.literal('runtime'), entry: runtime });

/** A warm-up visit: kept here, and not among the samples. */
const warmup = z.strictObject({ record: z.literal('warm-up'), ...visitBase, result: outcome });

const taken = z.strictObject({ record: z.literal('sample'), sample });

const warned = z.strictObject({ record: z.literal('warning'), warning });

const end = z.strictObject({
  record: z.literal('end'),
  state: z.enum(['complete', 'interrupted']),
  finishedAt: z.iso.datetime(),
  durationMs: z.number().nonnegative(),
});

export const journalRecord = z.discriminatedUnion('record', [header, provisioned, warmup, taken, warned, end]);

export type JournalRecord = z.infer<typeof journalRecord>;
export type JournalHeader = z.infer<typeof header>;
