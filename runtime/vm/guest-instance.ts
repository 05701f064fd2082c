/**
 * An instance whose exit status is the guest's and not QEMU's.
 */
import type { CgroupControl } from '../cgroup/control.ts';
import { StartFailure } from '../errors.ts';
import type { Ended, Instance, MemoryReading, Nanoseconds, Timeline } from '../runtime.ts';
import { explainDeadline, explainQemuEnd, type Attempt } from './qemu/failures.ts';
import { guestCode, NO_CODE } from './qemu/exit.ts';

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

  constructor(qemu: Instance, attempt: Attempt) {
    this.#qemu = qemu;
    this.#attempt = attempt;
    this.timeline = qemu.timeline;
    this.ended = qemu.ended.then((ended) => endOfGuest(ended, qemu.timeline.ready !== null, attempt));
  }

  get cgroup(): CgroupControl | null {
    return this.#qemu.cgroup;
  }

  outputSoFar(): string {
    return this.#qemu.outputSoFar();
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

  memory(): Promise<MemoryReading> {
    return this.#qemu.memory();
  }

  signal(signal: number): void {
    this.#qemu.signal(signal);
  }

  async stop(): Promise<Ended> {
    await this.#qemu.stop();
    return this.ended;
  }
}
