/**
 * QMP's commands as far as virtual machines here are run by them: each with what it is given and what it answers.
 * Source: QEMU 7.2, qapi/*.json.
 */
import { z } from 'zod';
import { versionNumbers } from './messages.ts';

export interface Command<Answer> {
  readonly execute: string;
  readonly arguments?: Readonly<Record<string, unknown>>;
  readonly answer: z.ZodType<Answer>;
}

const bytes = z.int().nonnegative();

/** The answer of a command that only does something. */
const done = z.object({}).transform(() => undefined);

function act(execute: string, args?: Readonly<Record<string, unknown>>): Command<undefined> {
  return { execute, ...(args === undefined ? {} : { arguments: args }), answer: done };
}

export const negotiate = act('qmp_capabilities');

export const queryVersion: Command<string> = { execute: 'query-version', answer: z.object({ qemu: versionNumbers }).transform(({ qemu }) => qemu) };

export interface Status {
  readonly running: boolean;
  /** `running`, `paused`, `inmigrate`, `postmigrate`, `internal-error`, … */
  readonly status: string;
}

/** "running" proves nothing under KVM: see the accelerator's probe. */
export const queryStatus: Command<Status> = { execute: 'query-status', answer: z.object({ running: z.boolean(), status: z.string() }) };

export const queryKvm: Command<{ readonly enabled: boolean; readonly present: boolean }> = { execute: 'query-kvm', answer: z.object({ enabled: z.boolean(), present: z.boolean() }) };

/** Pauses the guest. */
export const stop = act('stop');

export const cont = act('cont');

/** Ends QEMU at once, as far as its own part goes: no guest is asked. */
export const quit = act('quit');

/** Presses the power button. A guest without ACPI or without somebody who listens does nothing. */
export const systemPowerdown = act('system_powerdown');

export interface MemorySize {
  readonly baseBytes: number;
  /** Memory added by hot-plug; null where the machine has no slots for it. */
  readonly pluggedBytes: number | null;
}

export const queryMemorySize: Command<MemorySize> = {
  execute: 'query-memory-size-summary',
  answer: z.object({ 'base-memory': bytes, 'plugged-memory': bytes.optional() }).transform((size) => ({ baseBytes: size['base-memory'], pluggedBytes: size['plugged-memory'] ?? null })),
};

/** Kinds of the memory devices that were added: `dimm`, `virtio-mem`, … */
export const queryMemoryDevices: Command<readonly string[]> = { execute: 'query-memory-devices', answer: z.array(z.object({ type: z.string() })).transform((devices) => devices.map(({ type }) => type)) };

/** Asks the guest to give memory back until it has BYTES. @param bytes what it is to keep */
export function balloon(keepBytes: number): Command<undefined> {
  return act('balloon', { value: keepBytes });
}

/** Refused with class `DeviceNotActive` by a machine without a balloon. @returns what the guest has, in bytes */
export const queryBalloon: Command<number> = { execute: 'query-balloon', answer: z.object({ actual: bytes }).transform(({ actual }) => actual) };

export type MigrationCapability = 'events' | 'x-ignore-shared';

export function setMigrationCapabilities(on: readonly MigrationCapability[]): Command<undefined> {
  return act('migrate-set-capabilities', { capabilities: on.map((capability) => ({ capability, state: true })) });
}

export function setMigrationParameters(parameters: { readonly maxBandwidthBytesPerSecond?: number; readonly downtimeLimitMs?: number }): Command<undefined> {
  const { maxBandwidthBytesPerSecond, downtimeLimitMs } = parameters;
  return act('migrate-set-parameters', {
    ...(maxBandwidthBytesPerSecond === undefined ? {} : { 'max-bandwidth': maxBandwidthBytesPerSecond }),
    ...(downtimeLimitMs === undefined ? {} : { 'downtime-limit': downtimeLimitMs }),
  });
}

/** Starts to send the machine away; it goes on in the background. @param uri `exec:…`, `unix:…`, `fd:…` */
export function migrate(uri: string): Command<undefined> {
  return act('migrate', { uri });
}

/** For a QEMU that was started with `-incoming defer`. */
export function migrateIncoming(uri: string): Command<undefined> {
  return act('migrate-incoming', { uri });
}

export interface Migration {
  /** `none`, `setup`, `active`, `device`, `completed`, `failed`, … */
  readonly status: string;
  readonly totalMs: number | null;
  /** How long the guest stood still. */
  readonly downtimeMs: number | null;
  readonly transferredBytes: number | null;
  /** Why it failed, where QEMU tells. */
  readonly error: string | null;
}

export const queryMigrate: Command<Migration> = {
  execute: 'query-migrate',
  answer: z
    .object({ status: z.string().default('none'), 'total-time': bytes.optional(), downtime: bytes.optional(), ram: z.object({ transferred: bytes }).optional(), 'error-desc': z.string().optional() })
    .transform((all) => ({ status: all.status, totalMs: all['total-time'] ?? null, downtimeMs: all.downtime ?? null, transferredBytes: all.ram?.transferred ?? null, error: all['error-desc'] ?? null })),
};

export interface Processor {
  readonly index: number;
  /** Host thread that runs it: its times are in /proc/PID/task. */
  readonly thread: number;
}

/** Asks no processor, so it disturbs none. */
export const queryProcessors: Command<readonly Processor[]> = {
  execute: 'query-cpus-fast',
  answer: z.array(z.object({ 'cpu-index': z.int(), 'thread-id': z.int() })).transform((all) => all.map((each) => ({ index: each['cpu-index'], thread: each['thread-id'] }))),
};

export interface BlockDevice {
  readonly device: string;
  /** Null where no medium is in. */
  readonly inserted: { readonly file: string; readonly format: string; readonly readOnly: boolean; readonly backingFile: string | null } | null;
}

export const queryBlock: Command<readonly BlockDevice[]> = {
  execute: 'query-block',
  answer: z
    .array(z.object({ device: z.string(), inserted: z.object({ file: z.string(), drv: z.string(), ro: z.boolean(), backing_file: z.string().optional() }).optional() }))
    .transform((all) =>
      all.map(({ device, inserted }) => ({
        device,
        inserted: inserted === undefined ? null : { file: inserted.file, format: inserted.drv, readOnly: inserted.ro, backingFile: inserted.backing_file ?? null },
      }))),
};

/** Names of the types that are devices: what a machine can be made of. */
export const listDeviceTypes: Command<readonly string[]> = {
  execute: 'qom-list-types',
  arguments: { implements: 'device' },
  answer: z.array(z.object({ name: z.string() })).transform((types) => types.map(({ name }) => name)),
};

/** A property of an object; its type is `child<TYPE>` for an object below it. */
export interface Property {
  readonly name: string;
  readonly type: string;
}

/** @param path in QEMU's tree of objects: `/machine` */
export function qomList(path: string): Command<readonly Property[]> {
  return { execute: 'qom-list', arguments: { path }, answer: z.array(z.object({ name: z.string(), type: z.string() })) };
}

export function qomGet(path: string, property: string): Command<unknown> {
  return { execute: 'qom-get', arguments: { path, property }, answer: z.unknown() };
}
