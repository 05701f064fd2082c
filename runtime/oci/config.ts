/**
 * The parts of a bundle's config.json that tare knows: versions 1.0 to 1.2 of the Open Container Initiative's
 * runtime specification. Strict on purpose: a property that is not here is refused, see `support.ts`.
 * Source: opencontainers/runtime-spec, config.md and config-linux.md.
 */
import { z } from 'zod';

/** What the kernel would cut short at a NUL byte is refused before it gets there. */
const text = z.string({ error: 'expected text' }).refine((value) => !value.includes('\0'), { error: 'expected text without a NUL byte' });

/** Numbers beyond 2⁵³ would be rounded on the way to the kernel. */
function whole(least: number, most: number = Number.MAX_SAFE_INTEGER): z.ZodNumber {
  const error = `expected a whole number from ${least} to ${most}`;
  return z.int({ error }).min(least, { error }).max(most, { error });
}

const flag = z.boolean({ error: 'expected true or false' });
const list = <T extends z.ZodType>(of: T) => z.array(of, { error: 'expected a list' });

const LAST_ID = 2 ** 32 - 2;
const id = whole(0, LAST_ID);

/** RLIM_INFINITY as config.json has it. Source: getrlimit(2). */
export const OCI_UNLIMITED = 2n ** 64n - 1n;
const bound = z.union([whole(0), z.literal(OCI_UNLIMITED).transform(() => Infinity)], { error: `expected a whole number from 0 to ${Number.MAX_SAFE_INTEGER}, or ${OCI_UNLIMITED} for no limit` });

/** Of memory: −1 is no limit. */
const bytes = whole(-1);

const capabilities = z.strictObject({
  bounding: list(text).optional(),
  effective: list(text).optional(),
  permitted: list(text).optional(),
  inheritable: list(text).optional(),
  ambient: list(text).optional(),
});

const ociProcess = z.strictObject({
  terminal: flag.optional(),
  consoleSize: z.strictObject({ height: whole(0), width: whole(0) }).optional(),
  user: z.strictObject({ uid: id, gid: id, umask: whole(0, 0o7777).optional(), additionalGids: list(id).optional() }).optional(),
  args: list(text).min(1, { error: 'expected a program and its arguments' }),
  env: list(text).optional(),
  cwd: text,
  capabilities: capabilities.optional(),
  rlimits: list(z.strictObject({ type: text, soft: bound, hard: bound })).optional(),
  noNewPrivileges: flag.optional(),
  apparmorProfile: text.optional(),
  selinuxLabel: text.optional(),
  oomScoreAdj: whole(-1000, 1000).optional(),
});

const mount = z.strictObject({
  destination: text,
  type: text.optional(),
  source: text.optional(),
  options: list(text).optional(),
});

const idMapping = z.strictObject({ containerID: id, hostID: id, size: whole(1, 2 ** 32 - 1) });

const deviceRule = z.strictObject({
  allow: flag,
  type: z.enum(['a', 'b', 'c', 'u', 'p'], { error: 'expected a, b, c, u or p' }).optional(),
  major: whole(-1).optional(),
  minor: whole(-1).optional(),
  access: z.string({ error: 'expected letters of rwm' }).regex(/^[rwm]*$/, { error: 'expected letters of rwm' }).optional(),
});

const throttle = list(z.strictObject({ major: whole(0), minor: whole(0), rate: whole(1) })).optional();

const resources = z.strictObject({
  devices: list(deviceRule).optional(),
  memory: z.strictObject({ limit: bytes.optional(), swap: bytes.optional(), disableOOMKiller: z.literal(false).optional(), useHierarchy: z.literal(true).optional(), checkBeforeUpdate: z.literal(false).optional() }).optional(),
  cpu: z.strictObject({ shares: whole(0, 262_144).optional(), quota: whole(-1).optional(), period: whole(1).optional(), cpus: text.optional(), mems: text.optional() }).optional(),
  pids: z.strictObject({ limit: whole(-1).optional() }).optional(),
  blockIO: z.strictObject({ throttleReadBpsDevice: throttle, throttleWriteBpsDevice: throttle, throttleReadIOPSDevice: throttle, throttleWriteIOPSDevice: throttle }).optional(),
});

const device = z.strictObject({
  path: text,
  type: text,
  major: whole(0).optional(),
  minor: whole(0).optional(),
  fileMode: whole(0, 0o7777).optional(),
  uid: id.optional(),
  gid: id.optional(),
});

const linux = z.strictObject({
  namespaces: list(z.strictObject({ type: text })).optional(),
  uidMappings: list(idMapping).optional(),
  gidMappings: list(idMapping).optional(),
  devices: list(device).optional(),
  cgroupsPath: text.optional(),
  resources: resources.optional(),
  sysctl: z.record(text, text, { error: 'expected names with texts' }).optional(),
  /** Read by the compiler of filters. */
  seccomp: z.record(z.string(), z.unknown(), { error: 'expected an object' }).optional(),
  rootfsPropagation: text.optional(),
  maskedPaths: list(text).optional(),
  readonlyPaths: list(text).optional(),
  mountLabel: text.optional(),
});

export const ociConfigSchema = z.strictObject({
  ociVersion: text,
  process: ociProcess,
  root: z.strictObject({ path: text, readonly: flag.optional() }),
  hostname: text.optional(),
  mounts: list(mount).optional(),
  annotations: z.record(text, text, { error: 'expected names with texts' }).optional(),
  linux: linux.optional(),
});

/** As read. No limit on a resource is `Infinity`, which JSON.stringify does not know: `configText` does. */
export type OciConfig = z.infer<typeof ociConfigSchema>;
export type OciMount = z.infer<typeof mount>;
export type OciProcess = z.infer<typeof ociProcess>;
export type OciResources = z.infer<typeof resources>;
export type OciLinux = z.infer<typeof linux>;
