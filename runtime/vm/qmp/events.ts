/** QEMU's events as a stream: each subscriber has its own, from when it subscribed. */
import { QmpError } from './error.ts';
import type { QmpEvent } from './messages.ts';

export class EventStream implements AsyncIterableIterator<QmpEvent> {
  readonly #waiting: ((result: IteratorResult<QmpEvent, undefined>) => void)[] = [];
  readonly #unread: QmpEvent[] = [];
  readonly #unsubscribe: (stream: EventStream) => void;
  #ended = false;

  constructor(unsubscribe: (stream: EventStream) => void) {
    this.#unsubscribe = unsubscribe;
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  next(): Promise<IteratorResult<QmpEvent, undefined>> {
    const event = this.#unread.shift();
    if (event !== undefined) return Promise.resolve({ done: false, value: event });
    if (this.#ended) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Ends the subscription: what `break` in a `for await` does. */
  return(): Promise<IteratorResult<QmpEvent, undefined>> {
    this.#unsubscribe(this);
    this.end();
    return Promise.resolve({ done: true, value: undefined });
  }

  /**
   * The next event that is wanted; those before it are dropped.
   * @throws {QmpError} `deadline`; `closed` when the stream ends first
   */
  async wait(what: string, wanted: (event: QmpEvent) => boolean, deadlineMs: number): Promise<QmpEvent> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new QmpError('deadline', `QEMU did not report ${what} within ${deadlineMs} ms`, 'it may hang: see its log')), deadlineMs);
    });
    try {
      for (;;) {
        const { done, value } = await Promise.race([this.next(), late]);
        if (done === true) throw new QmpError('closed', `the connection to QEMU closed before it reported ${what}`, 'QEMU has ended: see its log');
        if (wanted(value)) return value;
      }
    } finally {
      clearTimeout(timer);
    }
  }

  /** For the client. */
  push(event: QmpEvent): void {
    if (this.#ended) return;
    const waiting = this.#waiting.shift();
    if (waiting === undefined) this.#unread.push(event);
    else waiting({ done: false, value: event });
  }

  /** For the client: what has not been read still can be. */
  end(): void {
    this.#ended = true;
    for (const waiting of this.#waiting.splice(0)) waiting({ done: true, value: undefined });
  }
}
