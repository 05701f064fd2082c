/**
 * QMP's messages: JSON objects, one a line. Source: QEMU, docs/interop/qmp-spec.txt.
 */
import { z } from 'zod';
import { QmpError } from './error.ts';

export interface QmpEvent {
  /** `STOP`, `RESUME`, `SHUTDOWN`, `MIGRATION`, … */
  readonly name: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Microseconds since 1970, by the host's clock. */
  readonly atMicroseconds: number;
}

export type Message =
  | { readonly kind: 'greeting'; readonly version: string }
  | { readonly kind: 'answer'; readonly id: number; readonly value: unknown }
  /** Without an id it is about something that QEMU could not even read. */
  | { readonly kind: 'error'; readonly id: number | null; readonly errorClass: string; readonly desc: string }
  | { readonly kind: 'event'; readonly event: QmpEvent };

const count = z.int().nonnegative();

export const versionNumbers = z.object({ major: count, minor: count, micro: count }).transform(({ major, minor, micro }) => `${major}.${minor}.${micro}`);

const message = z.union([
  z.object({ QMP: z.object({ version: z.object({ qemu: versionNumbers }) }) }).transform(({ QMP }): Message => ({ kind: 'greeting', version: QMP.version.qemu })),
  z.object({ event: z.string(), data: z.record(z.string(), z.unknown()).default({}), timestamp: z.object({ seconds: z.int(), microseconds: z.int() }) }).transform(
    ({ event, data, timestamp }): Message => ({ kind: 'event', event: { name: event, data, atMicroseconds: timestamp.seconds * 1_000_000 + timestamp.microseconds } }),
  ),
  z.object({ error: z.object({ class: z.string(), desc: z.string() }), id: count.optional() }).transform(
    ({ error, id }): Message => ({ kind: 'error', id: id ?? null, errorClass: error.class, desc: error.desc }),
  ),
  z.object({ return: z.unknown(), id: count }).refine((value) => 'return' in value).transform((value): Message => ({ kind: 'answer', id: value.id, value: value.return })),
]);

/** As much of a wrong line as a message quotes. */
const QUOTED = 120;

/** @throws {QmpError} `malformed` */
export function readMessage(line: string): Message {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    throw malformed(line, { cause });
  }
  const found = message.safeParse(json);
  if (!found.success) throw malformed(line, { cause: found.error });
  return found.data;
}

function malformed(line: string, details: { cause: unknown }): QmpError {
  return new QmpError('malformed', `QEMU said something that is no QMP: ${line.slice(0, QUOTED)}`, 'the socket must be one of -mon mode=control', details);
}

/** Far beyond the longest answer (the schema of all commands, 200 KB): what is longer is no QMP. */
const LONGEST = 16 * 1024 * 1024;

/** Puts lines together from pieces as they arrive. */
export class LineReader {
  #rest = '';

  /** @throws {QmpError} `malformed` for a line without end */
  push(piece: string, take: (line: string) => void): void {
    const lines = (this.#rest + piece).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') take(line);
    if (this.#rest.length > LONGEST) throw new QmpError('malformed', `QEMU said a line of more than ${LONGEST} characters`, 'the socket must be one of -mon mode=control');
  }
}
