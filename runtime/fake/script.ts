/**
 * What a fake runtime is told to do: durations, memory, disk, and what goes wrong at which start. Plain
 * data, from a test or from a JSON file.
 */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { TareError } from '../errors.ts';

const bytes = z.int().nonnegative();
const milliseconds = z.number().nonnegative();

export const incident = z.strictObject({
  /** The n-th start of the box that it happens to, from 0, warm-up visits and every benchmark counted… */
  start: z.int().nonnegative().optional(),
  /** …or every k-th start, the first one being the k-th. Without both: every start. */
  every: z.int().positive().optional(),
  what: z.enum([
    /** A step of the plan fails. */
    'step-fails',
    /** The main process ends without the ready byte. */
    'ends-early',
    /** No ready byte; the runtime's own deadline passes, in the script's time. */
    'hangs',
    /** No ready byte and no deadline: only `stop` ends it. In real time, for interrupting. */
    'freezes',
    /** Becomes ready and does not end by itself. */
    'stays',
    /** Put to work, it ends after the first kind. */
    'stops-working',
    /** `start` never resolves until the box is closed. */
    'start-hangs',
    /** The clock jumps back: ready is stamped before the request. */
    'clock-backwards',
    /** Becomes ready, and the stamp is lost. */
    'no-stamp',
    /** Ends and leaves something behind. */
    'leaves-something',
    /** Memory cannot be read. */
    'memory-unreadable',
  ]),
});

const step = z.strictObject({
  label: z.string(),
  why: z.string().default('scripted'),
  /** Share of the time to ready that has passed when the step is finished. */
  share: z.number().min(0).max(1),
});

const runtime = z.strictObject({
  name: z.string().min(1),
  kind: z.enum(['process', 'container', 'vm']),
  summary: z.string().default('a scripted runtime'),
  /** Title of a rung of the ladder, for a runtime that is one. */
  rung: z.string().optional(),
  availability: z
    .discriminatedUnion('state', [
      z.strictObject({ state: z.literal('available') }),
      z.strictObject({ state: z.literal('unavailable'), reason: z.string(), remedy: z.string() }),
    ])
    .default({ state: 'available' }),
  /** Why `prepare` throws; absent when it does not. */
  prepareFails: z.strictObject({ message: z.string(), remedy: z.string() }).optional(),
  prepareMs: milliseconds.default(0),
  accelerator: z.enum(['kvm', 'tcg']).nullable().default(null),
  acceleratorReason: z.string().optional(),
  versions: z.record(z.string(), z.string()).default({}),
  configuredMemoryBytes: bytes.nullable().default(null),
  /** The command line that its plan ends in. */
  command: z.array(z.string()).min(1).default(['/workload']),
  steps: z.array(step).default([]),
  /** From the request to the ready byte. */
  readyMs: milliseconds,
  /** From ready to the end of the main process. */
  exitMs: milliseconds.default(0.1),
  /** What it gets done in a second when it is put to work, of any kind. */
  workPerSecond: z.number().positive().default(1000),
  /** From there until all is removed. */
  cleanMs: milliseconds.default(0.1),
  /** Standard deviation of the logarithm of each duration and memory figure: 0.05 scatters by about 5 %. */
  jitter: z.number().min(0).max(2).default(0),
  memory: z
    .strictObject({ pssBytes: bytes, rssBytes: bytes.optional(), vszBytes: bytes.optional(), cgroupBytes: bytes, anonymousBytes: bytes, fileBytes: bytes, kernelBytes: bytes, counterBytes: bytes.optional(), processes: z.int().positive().default(1) })
    .default({ pssBytes: 0, cgroupBytes: 0, anonymousBytes: 0, fileBytes: 0, kernelBytes: 0, processes: 1 }),
  /** What an instance has of the host's disk for itself. */
  writtenBytes: bytes.default(0),
  disk: z
    .array(z.strictObject({
      name: z.string(),
      storey: z.enum(['app', 'prerequisites', 'base', 'guest-kernel', 'initramfs', 'boot-loader', 'snapshot', 'metadata', 'hypervisor', 'runtime']),
      capacityBytes: bytes.nullable().default(null),
      lengthBytes: bytes,
      allocatedBytes: bytes,
      shared: z.boolean(),
    }))
    .default([]),
  incidents: z.array(incident).default([]),
});

export const fakeScript = z.strictObject({
  /** Of the jitter. */
  seed: z.int().default(1),
  /** Real milliseconds waited for a scripted one. 0: no waiting, stamps tell the scripted times all the same. */
  pace: z.number().nonnegative().default(0),
  runtimes: z.array(runtime).min(1),
});

/** As written in a file: whatever has a default may be left out. */
export type FakeScriptInput = z.input<typeof fakeScript>;
export type FakeScript = z.output<typeof fakeScript>;
export type FakeRuntimeScript = FakeScript['runtimes'][number];
export type Incident = z.output<typeof incident>['what'];

/** @throws {TareError} `missing-file` or `bad-file`, naming the key that is wrong */
export async function readFakeScript(path: string): Promise<FakeScript> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new TareError('missing-file', `the script ${path} could not be read: ${error instanceof Error ? error.message : String(error)}`, 'check the path in TARE_FAKE', { cause: error });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new TareError('bad-file', `the script ${path} is no JSON: ${error instanceof Error ? error.message : String(error)}`, 'mend it, or unset TARE_FAKE', { cause: error });
  }
  const parsed = fakeScript.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new TareError('bad-file', `the script ${path} is not understood:\n${z.prettifyError(parsed.error)}`, 'mend it, or unset TARE_FAKE', { cause: parsed.error });
}
