/**
 * What a journal is made of: one record a line, in the order in which things happened. The first says what
 * was to be done, with everything that a result document needs besides the samples; the last, if the run
 * came to its end, how it ended.
 */
import { z } from 'zod';
import { conditionsPoint } from '../result/conditions.ts';
import { harness, like, origins, pilot, resumption } from '../result/origin.ts';
import { conditions, host, image, metric, options, outcome, runtime, takenSample, visitBase, SCHEMA_VERSION, tare, warning } from '../result/schema.ts';

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
  /** Whom the plan visits, and what it came to: a run that goes on must come to the same. */
  plan: z.strictObject({
    subjects: z.array(z.strictObject({ id: z.string(), runtime: z.string().optional(), kind: z.enum(['process', 'container', 'vm']), rung: z.boolean().optional() })),
    serves: z.boolean(),
    samples: z.int().nonnegative(),
    digest: z.string(),
  }).optional(),
  origins: origins.optional(),
  pilot: pilot.optional(),
});

/** Before the first sample of a run that repeats another: in what they differ. */
const likened = z.strictObject({ record: z.literal('like'), like });

/** The run broke off before this line, and goes on behind it. */
const resumed = z.strictObject({ record: z.literal('resumed'), ...resumption.shape, tare, conditions });

/** A runtime was made ready, or was found not to be possible. */
const provisioned = z.strictObject({ record: z.literal('runtime'), entry: runtime });

/** A warm-up visit: kept here, and not among the samples. */
const warmup = z.strictObject({ record: z.literal('warm-up'), ...visitBase, result: outcome });

const taken = z.strictObject({ record: z.literal('sample'), sample: takenSample });

/** What the machine did between two visits. */
const looked = z.strictObject({ record: z.literal('conditions'), point: conditionsPoint });

const warned = z.strictObject({ record: z.literal('warning'), warning });

const end = z.strictObject({
  record: z.literal('end'),
  state: z.enum(['complete', 'interrupted']),
  finishedAt: z.iso.datetime(),
  durationMs: z.number().nonnegative(),
  harness: harness.optional(),
});

export const journalRecord = z.discriminatedUnion('record', [header, provisioned, likened, resumed, warmup, taken, looked, warned, end]);

export type JournalRecord = z.infer<typeof journalRecord>;
export type JournalHeader = z.infer<typeof header>;
