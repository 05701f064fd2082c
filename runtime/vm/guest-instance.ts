/**
 * An instance whose exit status is the guest's and not QEMU's, and which may be spoken to by QMP.
 */
import { constants } from 'node:os';
import { dirname } from 'node:path';
import type { CgroupControl } from '../cgroup/control.ts';
import { StartFailure, TareError } from '../errors.ts';
import type { Balloon, Ended, Instance, MemoryReading, Nanoseconds, Spoken, Timeline } from '../runtime.ts';
import { balloonOf } from './balloon.ts';
import type { RamPlace } from './memory-parts.ts';
import { explainDeadline, explainQemuEnd, type Attempt } from './qemu/failures.ts';
import { guestCode, NO_CODE } from './qemu/exit.ts';
import type { QmpClient } from './qmp/client.ts';
import { reachQmp } from './qmp/socket.ts';
import { PATIENCE, shutDown, type Shutdown } from './shutdown.ts';
import { weighMachine } from './weigh.ts';

/** How a machine is reached, and how long its guest may take to shut down. */
export interface Monitor {
  readonly socket: string;
  readonly powerdownMs: number;
}

/**
 * @param ended as QEMU ended
 * @returns as the guest did: with its code; or, when it had none to give, with 125 and the reason at the end of
 * the output. One that was ended by a signal stays so.
 */
export function endOfGuest(ended: Ended, marked: boolean, attempt: Attempt): Ended {
  const code = guestCode(ended, marked);
  if (code !== null) return { ...ended, status: code };
  if (ended.how === 'signalled' || (marked && ended.status === 0)) return ended;
  const failure = explainQemuEnd(ended, attempt);
  return { ...ended, status: NO_CODE, output: `${ended.output}${ended.output === '' || ended.output.endsWith('\n') ? '' : '\n'}${failure.message}\n${failure.remedy}\n` };
}

export class GuestInstance implements Instance {
  readonly timeline: Timeline;
  readonly address = null;
  readonly ended: Promise<Ended>;
  readonly #qemu: Instance;
  readonly #attempt: Attempt;
  readonly #monitor: Monitor | null;
  readonly balloon?: Balloon;
  readonly #ram: RamPlace;
  readonly #gone = new AbortController();
  #client: Promise<QmpClient> | null = null;
  #shutdown: Shutdown | null = null;

  constructor(qemu: Instance, attempt: Attempt, monitor: Monitor | null = null, ram: RamPlace = { is: 'memfd' }, hasBalloon = false) {
    this.#qemu = qemu;
    this.#ram = ram;
    if (hasBalloon) this.balloon = balloonOf(() => this.qmp());
    this.#attempt = attempt;
    this.#monitor = monitor;
    void qemu.ended.then(() => this.#gone.abort());
    this.timeline = qemu.timeline;
    this.ended = qemu.ended.then((ended) => endOfGuest(ended, qemu.timeline.ready !== null, attempt));
  }

  get cgroup(): CgroupControl | null {
    return this.#qemu.cgroup;
  }

  written(): ReturnType<NonNullable<Instance['written']>> {
    return this.#qemu.written?.() ?? { lengthBytes: 0, allocatedBytes: 0 };
  }

  outputSoFar(): string {
    return this.#qemu.outputSoFar();
  }

  spoken(): readonly Spoken[] {
    return this.#qemu.spoken();
  }

  get url(): string | null {
    return this.#qemu.url;
  }

  get pid(): number {
    return this.#qemu.pid;
  }

  async ready(deadlineMs: number): Promise<Nanoseconds> {
    try {
      return await this.#qemu.ready(deadlineMs);
    } catch (error) {
      throw error instanceof StartFailure && error.reason === 'deadline' ? explainDeadline(error, this.#attempt) : error;
    }
  }

  /**
   * The connection to QEMU's monitor: one, as QEMU serves no more.
   * @throws {TareError} when the machine has no socket, or nobody answers
   */
  async qmp(): Promise<QmpClient> {
    this.#client ??= reachQmp(this.#reachable().socket, { signal: this.#gone.signal });
    try {
      return await this.#client;
    } catch (error) {
      this.#client = null;
      throw error;
    }
  }

  /** A directory of its own on the host, which goes when it does. @throws {TareError} when the machine has no socket there */
  get directory(): string {
    return dirname(this.#reachable().socket);
  }

  /** How it was ended from here; null while it was not. */
  get shutdown(): Shutdown | null {
    return this.#shutdown;
  }

  /** Ends it in good order. @throws {TareError} when even the kernel cannot */
  async shutDown(): Promise<Shutdown> {
    const machine = { pid: this.pid, ended: this.#qemu.ended, reach: () => this.qmp(), kill: () => this.signal(constants.signals.SIGKILL) };
    return (this.#shutdown = await shutDown(machine, { ...PATIENCE, powerdownMs: this.#monitor?.powerdownMs ?? 0 }));
  }

  async memory(): Promise<MemoryReading> {
    return weighMachine(() => this.#qemu.memory(), this.pid, this.#ram);
  }

  signal(signal: number): void {
    this.#qemu.signal(signal);
  }

  async stop(): Promise<Ended> {
    await this.#qemu.stop();
    return this.ended;
  }

  #reachable(): Monitor {
    if (this.#monitor === null) throw new TareError('usage', `this ${this.#attempt.runtime} was started without a QMP socket`, 'start one that idles: machines whose start is timed go without');
    return this.#monitor;
  }
}
