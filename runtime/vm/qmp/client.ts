/**
 * A connection to QEMU's monitor: commands, each with a deadline, and events as they come.
 *
 * QEMU serves one connection a socket at a time, and answers in the order in which it was asked. Whatever
 * happens, every command that was sent is settled: answered, refused, late, or closed.
 */
import type { Duplex } from 'node:stream';
import { negotiate, type Command } from './commands.ts';
import { QmpError } from './error.ts';
import { EventStream } from './events.ts';
import { LineReader, readMessage, type Message } from './messages.ts';

/** QEMU answers in 0.1 ms; a host that swaps may need longer. */
export const ANSWER_MS = 5000;

interface Pending {
  readonly execute: string;
  readonly timer: NodeJS.Timeout;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: QmpError) => void;
}

export class QmpClient {
  /** Resolves when the connection is closed, by whichever side. */
  readonly closed: Promise<void>;
  readonly #socket: Duplex;
  readonly #pending = new Map<number, Pending>();
  readonly #streams = new Set<EventStream>();
  readonly #greeting: Promise<string>;
  #greeted!: { resolve: (version: string) => void; reject: (error: QmpError) => void };
  #version = '';
  #next = 1;
  #lost: QmpError | null = null;

  private constructor(socket: Duplex) {
    this.#socket = socket;
    this.#greeting = new Promise((resolve, reject) => (this.#greeted = { resolve, reject }));
    this.#greeting.catch(() => undefined); // `open` hears of it
    const lines = new LineReader();
    socket.setEncoding('utf8');
    socket.on('data', (piece: string) => {
      try {
        lines.push(piece, (line) => this.#receive(readMessage(line)));
      } catch (error) {
        this.#lose(error as QmpError);
      }
    });
    socket.on('error', (cause) => this.#lose(new QmpError('closed', `the connection to QEMU broke: ${cause.message}`, 'QEMU has ended: see its log', { cause })));
    socket.on('end', () => this.#lose(closedByQemu()));
    this.closed = new Promise((resolve) => socket.once('close', () => {
      this.#lose(closedByQemu());
      resolve();
    }));
  }

  /**
   * Waits for the greeting and ends the negotiation of capabilities, of which none is asked for.
   * @throws {QmpError} and closes the socket
   */
  static async open(socket: Duplex, deadlineMs = ANSWER_MS): Promise<QmpClient> {
    const client = new QmpClient(socket);
    const timer = setTimeout(() => client.#lose(new QmpError('deadline', `QEMU did not greet within ${deadlineMs} ms`, 'another client may hold the socket: QEMU serves one at a time')), deadlineMs);
    try {
      client.#version = await client.#greeting;
      clearTimeout(timer);
      await client.execute(negotiate, deadlineMs);
      return client;
    } catch (error) {
      await client.close();
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** QEMU's, as it greeted: `7.2.22`. */
  get version(): string {
    return this.#version;
  }

  /** @throws {QmpError} saying which command and why */
  execute<Answer>(command: Command<Answer>, deadlineMs = ANSWER_MS): Promise<Answer> {
    const { execute } = command;
    if (this.#lost !== null) return Promise.reject(unanswered(execute, this.#lost));
    const id = this.#next++;
    const answered = new Promise<unknown>((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new QmpError('deadline', `QEMU did not answer ${execute} within ${deadlineMs} ms`, 'it may hang: see its log'));
      }, deadlineMs);
      this.#pending.set(id, { execute, timer, resolve, reject });
    });
    this.#socket.write(`${JSON.stringify({ execute, ...(command.arguments === undefined ? {} : { arguments: command.arguments }), id })}\n`);
    return answered.then((value) => {
      const read = command.answer.safeParse(value);
      if (read.success) return read.data;
      throw new QmpError('malformed', `QEMU ${this.#version} answered ${execute} otherwise than expected: ${JSON.stringify(value).slice(0, 200)}`, 'this is a fault of tare: please report it', { cause: read.error });
    });
  }

  /** All events from now on, until the connection closes or the stream is left. */
  events(): EventStream {
    const stream = new EventStream((left) => this.#streams.delete(left));
    if (this.#lost === null) this.#streams.add(stream);
    else stream.end();
    return stream;
  }

  /** Lets go of QEMU, which goes on. */
  close(): Promise<void> {
    this.#lose(new QmpError('closed', 'the connection to QEMU was closed from here', 'ask before it is closed'));
    return this.closed;
  }

  #receive(message: Message): void {
    switch (message.kind) {
      case 'greeting':
        this.#greeted.resolve(message.version);
        break;
      case 'event':
        for (const stream of this.#streams) stream.push(message.event);
        break;
      case 'answer':
        this.#take(message.id)?.resolve(message.value);
        break;
      case 'error': {
        const { id, errorClass, desc } = message;
        if (id === null) throw new QmpError('malformed', `QEMU could not read what it was sent: ${desc}`, 'this is a fault of tare: please report it', { errorClass, desc });
        const pending = this.#take(id);
        pending?.reject(new QmpError('refused', `QEMU refused ${pending.execute}: ${desc} (${errorClass})`, 'the machine may lack what the command is about', { errorClass, desc }));
        break;
      }
    }
  }

  /** @returns null for an answer that comes after its deadline */
  #take(id: number): Pending | null {
    if (id >= this.#next) throw new QmpError('malformed', `QEMU answered a command that it was not given (id ${id})`, 'this is a fault of tare: please report it');
    const pending = this.#pending.get(id);
    if (pending === undefined) return null;
    this.#pending.delete(id);
    clearTimeout(pending.timer);
    return pending;
  }

  #lose(reason: QmpError): void {
    if (this.#lost !== null) return;
    this.#lost = reason;
    this.#greeted.reject(reason);
    for (const { execute, timer, reject } of this.#pending.values()) {
      clearTimeout(timer);
      reject(unanswered(execute, reason));
    }
    this.#pending.clear();
    for (const stream of this.#streams) stream.end();
    this.#streams.clear();
    this.#socket.destroy();
  }
}

function closedByQemu(): QmpError {
  return new QmpError('closed', 'QEMU closed the connection', 'it has ended: see its log');
}

function unanswered(execute: string, reason: QmpError): QmpError {
  return new QmpError(reason.trouble, `QEMU was asked to ${execute}: ${reason.message}`, reason.remedy, { cause: reason, ...(reason.desc === null ? {} : { desc: reason.desc, errorClass: reason.errorClass ?? '' }) });
}
