/** What a configuration file may say. The names are those of the options of `tare bench`. */
import { z } from 'zod';
import { BENCHMARK_NAMES } from '../catalogue.ts';
import { PROFILES, type ProfileName } from '../profiles.ts';

const count = z.int().min(1).max(100_000);
const names = z.array(z.string().min(1)).min(1);
const milliseconds = z.int().nonnegative();
/** `256M`, or bytes. */
const size = z.union([z.int().positive(), z.string().regex(/^\d+\s*([kmg]i?)?b?$/i, 'expected a size, such as "256M"')]);

export const configuredRun = z.strictObject({
  profile: z.enum(Object.keys(PROFILES) as [ProfileName, ...ProfileName[]]).optional(),
  benchmarks: z.array(z.enum(BENCHMARK_NAMES)).min(1).optional(),
  runtimes: names.optional(),
  /** Of every benchmark, or by benchmark. */
  samples: z.union([count, z.partialRecord(z.enum(BENCHMARK_NAMES), count)]).optional(),
  /** Runtime → it is visited in every k-th round. */
  every: z.record(z.string().min(1), count).optional(),
  image: z.string().optional(),
  seed: z.string().min(1).optional(),
  aa: z.union([z.boolean(), names]).optional(),
  memory: size.optional(),
  cpus: z.number().positive().optional(),
  accelerator: z.enum(['auto', 'kvm', 'tcg']).optional(),
  machine: z.string().optional(),
  budget: size.optional(),
  /** Seconds. */
  deadline: z.number().positive().optional(),
  gap: milliseconds.optional(),
  settle: milliseconds.optional(),
  hostname: z.boolean().optional(),
  images: z.boolean().optional(),
});

export const config = z.strictObject({
  /** For editors. */
  $schema: z.string().optional(),
  runs: z.record(z.string().min(1), configuredRun).refine((runs) => Object.keys(runs).length > 0, 'expected at least one run'),
  /** The run that is meant when none is named. */
  default: z.string().optional(),
});

export type TareConfig = z.input<typeof config>;
export type ConfiguredValues = z.infer<typeof configuredRun>;
