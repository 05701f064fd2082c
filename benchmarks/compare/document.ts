/**
 * The comparison document: what several results say of one another, in one JSON file. It stands to the report
 * of a comparison as the result document stands to the report of a run; `tare schema comparison` publishes it.
 */
import { z } from 'zod';
import { image, metric, options, tare } from '../result/schema.ts';

/** Raised whenever a reader of the older form would misunderstand the newer one. */
export const COMPARISON_VERSION = 1;

const interval = { low: z.number().nullable(), high: z.number().nullable() };
/** A result, by its number: the place in the order given, from 1. */
const number = z.int().positive();

const compared = z.strictObject({
  number,
  /** For people: what its file or directory is called. */
  name: z.string(),
  /** Where it was read. */
  place: z.string(),
  run: z.strictObject({ id: z.string(), startedAt: z.iso.datetime(), state: z.enum(['complete', 'interrupted']) }),
  tare,
  /** `null` when the run left it out. */
  hostname: z.string().nullable(),
  options: options.pick({ profile: true, seed: true, memoryBytes: true, cpus: true }),
  image: image.pick({ name: true, digest: true }),
});

/** Something about host, versions, options or image: one value a result, in their order; `null` where it is not told. */
const fact = z.strictObject({
  id: z.string(),
  /** `host`, `versions`, `options`, `image`, `runtimes`. */
  group: z.string(),
  title: z.string(),
  values: z.array(z.union([z.string(), z.number(), z.boolean()]).nullable()),
  /** Whether the results differ in it. */
  differs: z.boolean(),
});

const runtime = z.strictObject({
  id: z.string(),
  kind: z.enum(['process', 'container', 'vm']),
  /** The title of a rung of the ladder; `null` for a box. */
  rung: z.string().nullable(),
});

/** A median of one result. */
const figure = z.strictObject({
  metric: z.string(),
  runtime: z.string(),
  result: number,
  n: z.int().nonnegative(),
  failed: z.int().nonnegative(),
  emulated: z.boolean(),
  /** With its 95 % bootstrap interval; `null` when nothing was measured. */
  median: z.number().nullable(),
  ...interval,
});

/**
 * `faster` and `slower` are said of durations, `lower` and `higher` of everything else. `no-difference` means
 * that none was shown; `not-comparable` that the two figures do not measure the same, or that one is missing.
 */
export const verdict = z.enum(['faster', 'slower', 'lower', 'higher', 'no-difference', 'not-comparable']);

/** One result's figure held against the baseline's. */
const change = z.strictObject({
  metric: z.string(),
  runtime: z.string(),
  result: number,
  /** result ÷ baseline, with its 95 % interval; `null` where it is not comparable, or a median lies at or below 0 where a ratio says nothing. */
  ratio: z.strictObject({ value: z.number(), ...interval }).nullable(),
  /** result − baseline, in the metric's unit. */
  difference: z.strictObject({ value: z.number(), ...interval }).nullable(),
  /** Mann–Whitney U; `null` where there was nothing to test. */
  test: z.strictObject({
    p: z.number(),
    /** After Holm's correction for all the comparisons of `family`. */
    corrected: z.number(),
    family: z.int().positive(),
    /** Cliff's delta, result against baseline: −1 when every value is below every one of the baseline's, 1 when above. */
    cliffsDelta: z.number(),
  }).nullable(),
  /** The larger of the two machines' own differences (A/A), as a share: 0.02 is 2 %. `null` where no run measured it. */
  noiseFloor: z.number().nonnegative().nullable(),
  /** Both sides are emulated: what it says, it says of emulation. */
  emulated: z.boolean(),
  verdict,
  /** Whether the change is for the better; `null` where there is none, or better is not defined. */
  better: z.boolean().nullable(),
  /** Why there is no other verdict; '' for a difference that was shown. */
  reason: z.string(),
  /** Ids of what else differs between the two and bears on it. */
  caveats: z.array(z.string()),
});

/** What differs between a result and the baseline without making them incomparable. */
const caveat = z.strictObject({ result: number, id: z.string(), text: z.string() });

/** A demand of `--fail-if`, and what came of it. */
const condition = z.strictObject({
  text: z.string(),
  metric: z.string(),
  runtime: z.string(),
  operator: z.enum(['>', '>=', '<', '<=']),
  limit: z.number(),
  /** True: only when the whole interval lies beyond the limit. */
  certain: z.boolean(),
  outcomes: z.array(z.strictObject({ result: number, state: z.enum(['held', 'broken', 'no-data']), reason: z.string() })),
});

export const comparisonDocument = z.strictObject({
  format: z.literal('tare-comparison'),
  schemaVersion: z.literal(COMPARISON_VERSION),
  /** Which tare compared. */
  tare,
  /** The number of the result that the others are held against. */
  baseline: number,
  results: z.array(compared),
  facts: z.array(fact),
  metrics: z.array(metric),
  runtimes: z.array(runtime),
  figures: z.array(figure),
  changes: z.array(change),
  caveats: z.array(caveat),
  conditions: z.array(condition),
});

export type ComparisonDocument = z.infer<typeof comparisonDocument>;
export type ComparedResult = z.infer<typeof compared>;
export type Fact = z.infer<typeof fact>;
export type Figure = z.infer<typeof figure>;
export type Change = z.infer<typeof change>;
export type Verdict = z.infer<typeof verdict>;
export type Caveat = z.infer<typeof caveat>;
export type ConditionOutcome = z.infer<typeof condition>;

/** JSON Schema, draft 2020-12. */
export function comparisonSchema(): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(comparisonDocument, { target: 'draft-2020-12' });
  return { $schema, title: 'tare comparison', ...schema };
}
