/**
 * The launcher's messages, as `wire.h` and `plan.h` lay them down. Little-endian; each is a header
 * (magic, length, kind, version, id) and a body.
 */
import type { Argument, Operation, Plan, Step } from '../plan.ts';

const MAGIC = 0x65726174;
const VERSION = 1;
const HEADER = 16;
const MAX_BODY = 256 * 1024;
const NO_STEP = 0xffff_ffff;

/** Number and signature of each operation: s string, u number, b bytes; S, U any number of them, last. */
export const OPERATIONS: Readonly<Record<Operation, readonly [number: number, signature: string]>> = {
  descriptors: [1, 'uuuu'],
  'cgroup-create': [2, 's'],
  write: [3, 'ss'],
  mkdir: [4, 'su'],
  collect: [5, 's'],
  clone: [6, 'us'],
  unshare: [7, 'u'],
  mount: [8, 'sssus'],
  umount: [9, 'su'],
  mknod: [10, 'suu'],
  symlink: [11, 'ss'],
  chdir: [12, 's'],
  'pivot-root': [13, 's'],
  hostname: [14, 's'],
  'link-up': [15, 's'],
  setsid: [16, ''],
  rlimit: [17, 'uuu'],
  identity: [18, 'uuU'],
  capabilities: [19, 'uuuu'],
  'no-new-privs': [20, ''],
  seccomp: [21, 'b'],
  exec: [22, 'suS'],
  'hand-over': [23, ''],
  bounding: [24, 'u'],
  'id-map': [25, 'ssS'],
  'tree-open': [26, 'suuu'],
  'tree-attach': [27, 'us'],
  veth: [28, 'ssuuu'],
  join: [29, 'su'],
  'own-cgroup': [30, 's'],
  'own-link': [31, 's'],
  'memory-file': [32, 'b'],
  'network-begin': [33, ''],
  'network-enter': [34, ''],
};

const REQUEST_LAUNCH = 1;
const REQUEST_SIGNAL = 2;

function header(buffer: Buffer, kind: number, id: number): void {
  buffer.writeUInt32LE(MAGIC, 0);
  buffer.writeUInt32LE(buffer.length - HEADER, 4);
  buffer.writeUInt16LE(kind, 8);
  buffer.writeUInt16LE(VERSION, 10);
  buffer.writeUInt32LE(id, 12);
}

const ALL_ONES = 0xffff_ffff_ffff_ffffn;

/** Infinity is how limits say that there is none: RLIM_INFINITY. */
function wide(number: number): bigint {
  return number === Infinity ? ALL_ONES : BigInt(number);
}

function flagsOf({ optional, existing, fault }: Step): number {
  return (optional === true ? 1 : 0) | (existing === true ? 2 : 0) | ((fault ?? 0) << 8);
}

function lengthOf(argument: Argument): number {
  if (typeof argument === 'number') return 8;
  return typeof argument === 'string' ? Buffer.byteLength(argument) : argument.length;
}

/**
 * A plan as the message that asks for it.
 * @throws {RangeError} when the plan is too long for one message
 */
export function encodeLaunch(id: number, plan: Plan): Buffer {
  const size = plan.reduce((sum, step) => sum + 8 + step.args.reduce<number>((length, argument) => length + 5 + lengthOf(argument), 0), HEADER + 4);
  if (size - HEADER > MAX_BODY) throw new RangeError(`the plan takes ${size - HEADER} bytes; a message holds ${MAX_BODY}`);
  const buffer = Buffer.alloc(size);
  header(buffer, REQUEST_LAUNCH, id);
  let at = buffer.writeUInt32LE(plan.length, HEADER);
  for (const step of plan) {
    at = buffer.writeUInt16LE(OPERATIONS[step.op][0], at);
    at = buffer.writeUInt16LE(flagsOf(step), at);
    at = buffer.writeUInt32LE(step.args.length, at);
    for (const argument of step.args) {
      const length = lengthOf(argument);
      at = buffer.writeUInt32LE(length, at);
      if (typeof argument === 'number') buffer.writeBigUInt64LE(wide(argument), at);
      else if (typeof argument === 'string') buffer.write(argument, at);
      else buffer.set(argument, at);
      at += length + 1;
    }
  }
  return buffer;
}

/** Gives an encoded message another instance's id. */
export function writeId(message: Buffer, id: number): void {
  message.writeUInt32LE(id, 12);
}

export function encodeSignal(id: number, signal: number): Buffer {
  const buffer = Buffer.alloc(HEADER + 4);
  header(buffer, REQUEST_SIGNAL, id);
  buffer.writeUInt32LE(signal, HEADER);
  return buffer;
}

/** What the launcher tells. Stamps are nanoseconds of CLOCK_MONOTONIC. */
export type LauncherEvent =
  | { readonly kind: 'hello'; readonly pid: number }
  | { readonly kind: 'started'; readonly received: bigint; readonly pid: number; readonly stamps: readonly bigint[] }
  | { readonly kind: 'failed'; readonly received: bigint; readonly step: number; readonly errno: number; readonly stamps: readonly bigint[]; readonly path: string }
  | { readonly kind: 'mark'; readonly at: bigint; readonly bytes: Uint8Array }
  | { readonly kind: 'output'; readonly stream: 1 | 2; readonly at: bigint; readonly bytes: Buffer }
  | { readonly kind: 'collected'; readonly errno: number; readonly path: string; readonly content: string }
  | { readonly kind: 'exited'; readonly at: bigint; readonly signalled: boolean; readonly status: number; readonly userMicroseconds: number; readonly systemMicroseconds: number; readonly maxRssBytes: number }
  | { readonly kind: 'cleaned'; readonly at: bigint; readonly leftovers: readonly { readonly errno: number; readonly path: string }[] }
  /** A message was refused; `step` is null when the fault is not in a step. */
  | { readonly kind: 'error'; readonly step: number | null; readonly text: string };

class Cursor {
  #at = 0;
  readonly body: Buffer;
  constructor(body: Buffer) {
    this.body = body;
  }
  u32(): number {
    this.#at += 4;
    return this.body.readUInt32LE(this.#at - 4);
  }
  u64(): bigint {
    this.#at += 8;
    return this.body.readBigUInt64LE(this.#at - 8);
  }
  u64s(count: number): bigint[] {
    return Array.from({ length: count }, () => this.u64());
  }
  bytes(length = this.body.length - this.#at): Buffer {
    this.#at += length;
    return this.body.subarray(this.#at - length, this.#at);
  }
  text(length?: number): string {
    return this.bytes(length).toString();
  }
  get done(): boolean {
    return this.#at >= this.body.length;
  }
}

function decodeEvent(kind: number, body: Buffer): LauncherEvent {
  const cursor = new Cursor(body);
  switch (kind) {
    case 64:
      return { kind: 'hello', pid: cursor.u32() };
    case 65: {
      const received = cursor.u64();
      const pid = cursor.u32();
      return { kind: 'started', received, pid, stamps: cursor.u64s(cursor.u32()) };
    }
    case 66: {
      const received = cursor.u64();
      const step = cursor.u32();
      const errno = cursor.u32();
      const stamps = cursor.u64s(cursor.u32());
      return { kind: 'failed', received, step, errno, stamps, path: cursor.text() };
    }
    case 67:
      return { kind: 'mark', at: cursor.u64(), bytes: Uint8Array.from(cursor.bytes()) };
    case 68:
      return { kind: 'output', stream: cursor.u32() === 1 ? 1 : 2, at: cursor.u64(), bytes: Buffer.from(cursor.bytes()) };
    case 69: {
      const errno = cursor.u32();
      const path = cursor.text(cursor.u32());
      return { kind: 'collected', errno, path, content: cursor.text() };
    }
    case 70:
      return {
        kind: 'exited',
        at: cursor.u64(),
        signalled: cursor.u32() === 1,
        status: cursor.u32(),
        userMicroseconds: Number(cursor.u64()),
        systemMicroseconds: Number(cursor.u64()),
        maxRssBytes: Number(cursor.u64()),
      };
    case 71: {
      const at = cursor.u64();
      const leftovers = [];
      while (!cursor.done) leftovers.push({ errno: cursor.u32(), path: cursor.text(cursor.u32()) });
      return { kind: 'cleaned', at, leftovers };
    }
    case 72: {
      const step = cursor.u32();
      return { kind: 'error', step: step === NO_STEP ? null : step, text: cursor.text() };
    }
    default:
      throw new RangeError(`the launcher sent a message of kind ${kind}, which this client does not know`);
  }
}

/** Cuts the stream into events; keeps what is not yet whole. */
export class EventReader {
  #held: Buffer = Buffer.alloc(0);

  /** @throws {RangeError} on bytes that are no message of the launcher's */
  push(chunk: Buffer, receive: (id: number, event: LauncherEvent) => void): void {
    this.#held = this.#held.length > 0 ? Buffer.concat([this.#held, chunk]) : chunk;
    let at = 0;
    while (this.#held.length - at >= HEADER) {
      if (this.#held.readUInt32LE(at) !== MAGIC || this.#held.readUInt16LE(at + 10) !== VERSION) {
        throw new RangeError('the launcher speaks another version of the protocol; run make setup');
      }
      const end = at + HEADER + this.#held.readUInt32LE(at + 4);
      if (this.#held.length < end) break;
      receive(this.#held.readUInt32LE(at + 12), decodeEvent(this.#held.readUInt16LE(at + 8), this.#held.subarray(at + HEADER, end)));
      at = end;
    }
    this.#held = this.#held.subarray(at);
  }
}
