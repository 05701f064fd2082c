/**
 * One attempt at a sample: starts what it needs, mostly one instance, holds every wait to a deadline, and sees to it
 * that nothing outlives the attempt, whether it succeeds, fails or is interrupted.
 */
import { performance } from 'node:perf_hooks';
import { StartFailure, TareError } from '../../runtime/errors.ts';
import type { Box, Ended, Instance, StartRequest } from '../../runtime/runtime.ts';
import { sleep, unlessAborted, within } from './wait.ts';
import { relativeTimeline, type RelativeTimeline } from './timeline.ts';

export interface AttemptLimits {
  readonly deadlineMs: number;
  readonly settleMs: number;
  /** What is read is used for nothing. */
  readonly warmup?: boolean;
  /** Idle time between what should not disturb each other. */
  readonly gapMs: number;
  /** The memory limit of a box. */
  readonly memoryBytes: number;
  /** How much of the host's memory a crowd may take. */
  readonly budgetBytes: number;
  readonly signal: AbortSignal;
}

/** What a runtime that keeps its own deadline gets on top of it before the harness steps in. */
const MOST_GRACE_MS = 5_000;

/** How often it is looked for what only shows. No figure comes of it: those are of stamps. */
const LOOK_EVERY_MS = 10;

export class Attempt {
  readonly #box: Box;
  readonly limits: AttemptLimits;
  /** All that were started, in order, with their ends as far as they are known. */
  readonly #instances = new Map<Instance, Ended | null>();
  #latest: Instance | null = null;
  readonly #onAbort = (): void => {
    for (const instance of this.#instances.keys()) instance.stop().catch(() => undefined);
  };

  constructor(box: Box, limits: AttemptLimits) {
    this.#box = box;
    this.limits = limits;
    limits.signal.addEventListener('abort', this.#onAbort);
  }

  /**
   * Starts one more. What is said below without naming an instance is said of the latest.
   * @throws {TareError} when it does not start within the deadline, or before an interrupt
   */
  async start(request: StartRequest): Promise<Instance> {
    const starting = this.#box.start(request);
    try {
      const instance = await within(unlessAborted(starting, this.limits.signal), this.#patienceMs(), () => this.#late('the instance was not created', null));
      this.#instances.set(instance, null);
      this.#latest = instance;
      return instance;
    } catch (error) {
      starting.then((late) => late.stop()).catch(() => undefined);
      throw error;
    }
  }

  /**
   * Starts boxes back to back with several starters at once, each to its end.
   * @param least starts of each starter, however long they take
   * @returns finished starts a second
   * @throws {StartFailure} when one does not become ready, end or leave nothing in time
   */
  async rate(starters: number, windowMs: number, least: number): Promise<number> {
    const began = performance.now();
    let finished = 0;
    const loop = async (): Promise<void> => {
      for (let own = 0; own < least || performance.now() - began < windowMs; own++) {
        const instance = await unlessAborted(this.#box.start({ what: 'workload', then: 'exit', account: false }), this.limits.signal);
        await instance.ready(this.limits.deadlineMs);
        const { leftovers } = await within(instance.ended, this.#patienceMs(), () => this.#late('the instance became ready and did not end', instance));
        if (leftovers.length > 0) throw new StartFailure('ended', `left behind: ${leftovers.join('; ')}`, 'tare clean', '');
        finished += 1;
      }
    };
    await Promise.all(Array.from({ length: starters }, loop));
    return (finished * 1000) / (performance.now() - began);
  }

  /** Waits for the ready byte. @throws {StartFailure} when it does not come */
  async ready(instance = this.#running()): Promise<void> {
    const { deadlineMs } = this.limits;
    await within(instance.ready(deadlineMs), this.#patienceMs(), () => this.#late('no ready byte came', instance));
  }

  /** Idles for the settling time; cut short by an interrupt. */
  async settle(): Promise<void> {
    await this.wait(this.limits.settleMs);
  }

  /** Idles; cut short by an interrupt. */
  async wait(milliseconds: number): Promise<void> {
    await sleep(milliseconds, this.limits.signal);
  }

  /**
   * Looks again and again, every few milliseconds, until something is seen.
   * @param seen `undefined` as long as it is not; throws when it will never be
   * @throws {StartFailure} when it does not come within the deadline
   */
  async until<T>(seen: () => T | undefined, what: string): Promise<T> {
    for (const end = performance.now() + this.#patienceMs(); ; await this.wait(LOOK_EVERY_MS)) {
      const found = seen();
      if (found !== undefined) return found;
      if (this.limits.signal.aborted) throw new TareError('interrupted', 'the run was interrupted', '');
      if (performance.now() > end) throw this.#late(what);
    }
  }

  /** Waits until the instance has ended by itself and is gone. @throws {StartFailure} when it stays */
  async ended(instance = this.#running()): Promise<Ended> {
    return this.#gone(instance, instance.ended, 'the instance became ready and did not end');
  }

  /** Ends the instance. @throws {StartFailure} when it cannot be ended */
  async stop(instance = this.#running()): Promise<Ended> {
    return this.#gone(instance, instance.stop(), 'the instance could not be stopped');
  }

  /**
   * Whatever came of it: what still runs is stopped.
   * @returns what could not be removed, and the timeline of the first; `null` when nothing was started
   */
  async finish(): Promise<{ readonly leftovers: readonly string[]; readonly timeline: RelativeTimeline | null }> {
    this.limits.signal.removeEventListener('abort', this.#onAbort);
    const [first] = this.#instances.keys();
    if (first === undefined) return { leftovers: [], timeline: null };
    const leftovers = await Promise.all([...this.#instances].map(([instance, ended]) => this.#leftBy(instance, ended)));
    return { leftovers: leftovers.flat(), timeline: relativeTimeline(first.timeline) };
  }

  async #leftBy(instance: Instance, ended: Ended | null): Promise<readonly string[]> {
    try {
      return (ended ?? (await this.stop(instance))).leftovers;
    } catch (error) {
      return [`${instance.pid}: ${error instanceof Error ? error.message : String(error)}`];
    }
  }

  #running(): Instance {
    if (this.#latest === null) throw new TareError('host', 'an instance was asked for before it was started', 'report this as a bug of tare');
    return this.#latest;
  }

  async #gone(instance: Instance, ending: Promise<Ended>, otherwise: string): Promise<Ended> {
    const ended = await within(ending, this.#patienceMs(), () => this.#late(otherwise, instance));
    this.#instances.set(instance, ended);
    return ended;
  }

  #patienceMs(): number {
    return this.limits.deadlineMs + Math.min(this.limits.deadlineMs, MOST_GRACE_MS);
  }

  /** @param instance that is late, and whose words are the log */
  #late(what: string, instance = this.#latest): StartFailure {
    return new StartFailure('deadline', `${what} within ${this.limits.deadlineMs} ms`, 'look at its log; on a slow machine give a longer deadline', instance?.outputSoFar() ?? '');
  }
}
