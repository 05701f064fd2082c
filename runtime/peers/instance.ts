/** A peer's instance: the launcher knows the tool; this knows the container that the tool runs. */
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CgroupControl } from '../cgroup/control.ts';
import { StartFailure } from '../errors.ts';
import type { Ended, Instance, MemoryReading, Timeline, Spoken } from '../runtime.ts';
import type { Stand } from './peer.ts';
import { killAll, sortProcesses } from './processes.ts';
import { weighContainer } from './weigh.ts';

/** How long a tool may take to notice that its container has ended, and to clear up after it. */
const PATIENCE_MS = 5000;

export class PeerInstance implements Instance {
  readonly address = null;
  readonly url = null;
  readonly ended: Promise<Ended>;
  readonly #inner: Instance;
  readonly #stand: Stand;
  readonly #name: string;
  readonly #program: string;
  #over = false;

  /** @param readiness whether it is to say that it is ready: if it ends without, something may be left of it */
  constructor(inner: Instance, stand: Stand, name: string, program: string, readiness: boolean) {
    this.#inner = inner;
    this.#stand = stand;
    this.#name = name;
    this.#program = program;
    this.ended = inner.ended.then((ended) => {
      this.#over = true;
      return this.#clearUp(ended, ended.how === 'signalled' || (readiness && inner.timeline.ready === null));
    });
  }

  get timeline(): Timeline {
    return this.#inner.timeline;
  }

  /** The tool's: the container's own process is another. */
  get pid(): number {
    return this.#inner.pid;
  }

  get cgroup(): CgroupControl | null {
    return this.#stand.cgroupElsewhere === true ? null : this.#inner.cgroup;
  }

  outputSoFar(): string {
    return this.#inner.outputSoFar();
  }

  spoken(): readonly Spoken[] {
    return this.#inner.spoken();
  }

  async ready(deadlineMs: number): Promise<bigint> {
    const timer = new AbortController();
    const late = sleep(deadlineMs, 'late' as const, { signal: timer.signal });
    late.catch(() => undefined); // aborted: it was in time
    try {
      // The longer deadline is never reached: ending the tool alone would leave its container running.
      const first = await Promise.race([this.#inner.ready(deadlineMs + 60_000), late]);
      if (first !== 'late') return first;
      const { output } = await this.stop();
      throw new StartFailure('deadline', `not ready within ${deadlineMs} ms: stopped`, 'allow it more time with --deadline, or see its log for where it hangs', output);
    } catch (error) {
      if (this.#over) await this.ended;
      throw error;
    } finally {
      timer.abort();
    }
  }

  async memory(): Promise<MemoryReading> {
    return weighContainer(this.#name, await this.#stand.cgroup(this.#name), await this.#words(), this.#program);
  }

  signal(signal: number): void {
    this.#inner.signal(signal);
  }

  /** Kills the container, so that the tool ends as it does by itself and clears up; kills the tool when it does not. */
  async stop(): Promise<Ended> {
    for (const giveUp = Date.now() + PATIENCE_MS; !this.#over && Date.now() < giveUp; ) {
      killAll(sortProcesses(await this.#stand.cgroup(this.#name), await this.#words(), this.#program).container);
      await Promise.race([this.#inner.ended, sleep(50)]);
    }
    if (!this.#over) this.signal(constants.signals.SIGKILL);
    return this.ended;
  }

  async #words(): Promise<readonly string[]> {
    return [this.#name, ...((await this.#stand.aliases?.(this.#name)) ?? [])];
  }

  async #clearUp(ended: Ended, forced: boolean): Promise<Ended> {
    try {
      this.#stand.unlay?.(this.#name);
      if (forced) await this.#stand.remove?.(this.#name);
      else if (this.#stand.settle !== undefined) {
        await this.#stand.settle(this.#name);
        this.timeline.cleaned = process.hrtime.bigint();
      }
      return ended;
    } catch (error) {
      return { ...ended, leftovers: [...ended.leftovers, (error as Error).message] };
    }
  }
}
