/** Published figures, carried along with their sources: see values.json. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const reference = z.strictObject({
  id: z.string(),
  system: z.string(),
  /** Of what kind the figure is: a median, a mean, a bound. */
  statistic: z.string(),
  value: z.number().positive(),
  unit: z.enum(['ms', 'bytes', '%']),
  /** Where its clock starts and stops; `null` for what is no time. */
  clock: z.string().nullable(),
  conditions: z.string().nullable(),
  source: z.string(),
  year: z.int(),
  basis: z.enum(['stated', 'computed', 'secondary']),
  /** The metric that means the same, and the runtimes it may stand beside. */
  beside: z.strictObject({ metric: z.string(), runtimes: z.array(z.string()).min(1), why: z.string() }).nullable(),
  /** Why it stands beside none. */
  apart: z.string().optional(),
}).refine(({ beside, apart }) => (beside === null) === (apart !== undefined), 'a reference stands beside a metric, or says why it does not');

export type Reference = z.infer<typeof reference>;

/** @throws {z.ZodError} when the file was damaged */
export function references(): readonly Reference[] {
  return z.object({ references: z.array(reference) }).parse(JSON.parse(readFileSync(new URL('values.json', import.meta.url), 'utf8'))).references;
}
