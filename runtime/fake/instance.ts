/** An instance that lives by its script. Its stamps are the scripted times; real time passes by the pace. */
import { setTimeout as delay } from 'node:timers/promises';
import { StartFailure, TareError } from '../errors.ts';
import type { Ended, Instance, MemoryReading, Nanoseconds, StartRequest, Timeline } from '../runtime.ts';
import type { Jitter } from './jitter.ts';
import type { FakeRuntimeScript, Incident } from './script.ts';

const SIGKILL = 9;

interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
}

function deferred<T>(): Deferred<T> {
  let resolve: (value: T) => void = () => undefined;
  const promise = new Promise<T>((settle) => (resolve = settle));
  return { promise, resolve: (value) => resolve(value) };
}

function nanoseconds(milliseconds: number): Nanoseconds {
  return BigInt(Math.round(milliseconds * 1e6));
}

export class FakeInstance implements Instance {
  readonly timeline: Timeline;
  readonly pid: number;
  readonly address = null;
  readonly url = null;
  readonly cgroup = null;
  readonly ended: Promise<Ended>;
  readonly #script: FakeRuntimeScript;
  readonly #incident: Incident | null;
  readonly #request: StartRequest;
  readonly #jitter: Jitter;
  readonly #pace: number;
  readonly #end = deferred<Ended>();
  readonly #ready = deferred<Nanoseconds>();
  #over = false;
  /** Scripted time of the next stamp, in milliseconds after the request. */
  #nowMs = 0;

  constructor(script: FakeRuntimeScript, incident: Incident | null, request: StartRequest, pid: number, jitter: Jitter, pace: number) {
    this.#script = script;
    this.#incident = incident;
    this.#request = request;
    this.#jitter = jitter;
    this.#pace = pace;
    this.pid = pid;
    this.ended = this.#end.promise;
    this.timeline = { requested: process.hrtime.bigint(), received: null, steps: [], ready: null, marks: [], exited: null, cleaned: null };
    void this.#live();
  }

  async ready(deadlineMs: number): Promise<Nanoseconds> {
    if (this.#incident === 'hangs') {
      await this.#pass(deadlineMs);
      await this.stop();
      throw new StartFailure('deadline', `${this.#script.name} was not ready after ${deadlineMs} ms`, 'look at its log; on a slow machine give a longer deadline', 'scripted: hangs');
    }
    const first = await Promise.race([this.#ready.promise, this.ended]);
    if (typeof first === 'bigint') return first;
    throw new StartFailure('ended', `${this.#script.name} ended before it was ready (${first.how}, ${first.status})`, 'look at its log', first.output);
  }

  async memory(): Promise<MemoryReading> {
    const { memory, name, kind } = this.#script;
    if (this.#incident === 'memory-unreadable') throw new TareError('host', `the memory of ${name} could not be read: /proc/${this.pid}/smaps_rollup: EACCES`, 'run as root');
    const scattered = (value: number): number => Math.round(this.#jitter(value));
    const pssBytes = scattered(memory.pssBytes);
    return {
      pssBytes,
      // One that shares nothing and has touched all that it mapped, unless the script says otherwise.
      rssBytes: memory.rssBytes ?? pssBytes,
      vszBytes: memory.vszBytes ?? pssBytes,
      cgroupBytes: scattered(memory.cgroupBytes),
      anonymousBytes: scattered(memory.anonymousBytes),
      fileBytes: scattered(memory.fileBytes),
      kernelBytes: scattered(memory.kernelBytes),
      counterBytes: memory.counterBytes ?? memory.cgroupBytes,
      processes: memory.processes,
      ...(kind === 'vm' ? { machine: { ramBytes: pssBytes, snapshotBytes: 0, hypervisorBytes: 0, programBytes: 0 } } : {}),
    };
  }

  written(): { readonly lengthBytes: number; readonly allocatedBytes: number } {
    return { lengthBytes: this.#script.writtenBytes, allocatedBytes: this.#script.writtenBytes };
  }

  outputSoFar(): string {
    return '';
  }

  spoken(): readonly [] {
    return [];
  }

  signal(signal: number): void {
    this.#finish({ how: 'signalled', status: signal });
  }

  async stop(): Promise<Ended> {
    this.#finish({ how: 'signalled', status: SIGKILL });
    return this.ended;
  }

  async #live(): Promise<void> {
    const { readyMs, steps, exitMs } = this.#script;
    const toReady = this.#jitter(readyMs);
    this.timeline.received = this.#stamp();
    this.timeline.steps = steps.map(({ label, share }) => ({ label, op: 'write', at: this.timeline.requested + nanoseconds(toReady * share) }));
    if (this.#incident === 'hangs' || this.#incident === 'freezes') return;
    await this.#pass(toReady);
    if (this.#incident === 'ends-early') return this.#finish({ how: 'exited', status: 1 });
    this.#becomeReady();
    if (this.#request.what === 'workload' && this.#request.then === 'idle') return;
    if (this.#incident === 'stays') return;
    if (this.#request.what === 'workload' && this.#request.work !== undefined && !(await this.#work(this.#request.work))) return;
    await this.#pass(this.#jitter(exitMs));
    this.#finish({ how: 'exited', status: 0 });
  }

  /** Marks as fixtures/workload/work.c does. @returns whether it ends by itself: a neighbour does not */
  async #work([, what, kinds = '', milliseconds]: readonly string[]): Promise<boolean> {
    for (const kind of what === 'measure' ? kinds : '') {
      this.#mark(kind.toUpperCase());
      const took = this.#jitter(Number(milliseconds));
      await this.#pass(took);
      this.#mark(`${kind}${Math.round((this.#script.workPerSecond * took) / 1000)};`);
      if (this.#incident === 'stops-working') break;
    }
    return what === 'measure';
  }

  #mark(text: string): void {
    this.timeline.marks.push({ at: this.#stamp(), bytes: Buffer.from(text) });
  }

  #becomeReady(): void {
    if (this.#over) return;
    const at = this.#incident === 'clock-backwards' ? this.timeline.requested - nanoseconds(this.#nowMs) : this.#stamp();
    this.timeline.ready = this.#incident === 'no-stamp' ? null : at;
    this.timeline.marks.push({ at, bytes: Uint8Array.of(0x21) });
    this.#ready.resolve(at);
  }

  #finish({ how, status }: Pick<Ended, 'how' | 'status'>): void {
    if (this.#over) return;
    this.#over = true;
    this.timeline.exited = this.#stamp();
    this.#nowMs += this.#jitter(this.#script.cleanMs);
    this.timeline.cleaned = this.#stamp();
    this.#end.resolve({
      how,
      status,
      usage: { userMicroseconds: 0, systemMicroseconds: 0, maxRssBytes: 0 },
      collected: new Map(),
      leftovers: this.#incident === 'leaves-something' ? [`/sys/fs/cgroup/scripted/${this.pid}: EBUSY`] : [],
      output: this.#request.what === 'command' ? `${this.#request.argv.join(' ')}\n` : '',
    });
  }

  #stamp(): Nanoseconds {
    return this.timeline.requested + nanoseconds(this.#nowMs);
  }

  async #pass(milliseconds: number): Promise<void> {
    this.#nowMs += milliseconds;
    await (this.#pace > 0 ? delay(milliseconds * this.#pace) : Promise.resolve());
  }
}
