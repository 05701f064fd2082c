/** What is written beside a built image, and read back instead of building it again. */
import { z } from 'zod';

const digest = z.string().regex(/^[0-9a-f]{64}$/);

export const manifestSchema = z.strictObject({
  version: z.literal(1),
  name: z.string(),
  digest,
  recipeDigest: digest,
  workload: z.string(),
  layers: z.array(z.strictObject({ name: z.string(), storey: z.enum(['app', 'prerequisites', 'base', 'guest-kernel']), digest, lengthBytes: z.int(), allocatedBytes: z.int(), files: z.int(), packages: z.record(z.string(), z.string()).optional() })),
  ready: z.string().optional(),
  servicePort: z.int().positive().optional(),
  guest: z.strictObject({ digest, lengthBytes: z.int(), modules: z.array(z.string()), apart: z.boolean().optional() }).optional(),
  initramfsBytes: z.int(),
  kernel: z.strictObject({
    /** Folder under the store's kernels. */
    folder: z.string(),
    release: z.string(),
    digest,
    lengthBytes: z.int(),
    allocatedBytes: z.int(),
    from: z.string(),
  }),
  /** Debian packages that went in, by name. */
  packages: z.record(z.string(), z.string()),
  provision: z.strictObject({ builtAt: z.string(), milliseconds: z.number(), steps: z.array(z.strictObject({ name: z.string(), milliseconds: z.number() })) }),
});

export type Manifest = z.infer<typeof manifestSchema>;
