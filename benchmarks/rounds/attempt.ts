/**
 * One attempt at a sample: starts at most one instance, holds every wait to a deadline, and sees to it that
 * nothing outlives the attempt, whether it succeeds, fails or is interrupted.
 */
import { performance } from 'node:perf_hooks';
import { StartFailure, TareError } from '../../runtime/errors.ts';
import type { Box, Ended, Instance, StartRequest } from '../../runtime/runtime.ts';
import { sleep, unlessAborted, within } from './wait.ts';
import { relativeTimeline, type RelativeTimeline } from './timeline.ts';

export interface AttemptLimits {
  readonly deadlineMs: number;
  readonly settleMs: number;
  readonly signal: AbortSignal;
}

/** What a runtime that keeps its own deadline gets on top of it before the harness steps in. */
const MOST_GRACE_MS = 5_000;

export class Attempt {
  readonly #box: Box;
  readonly #limits: AttemptLimits;
  #instance: Instance | null = null;
  #ended: Ended | null = null;
  readonly #onAbort = (): void => void this.#instance?.stop().catch(() => undefined);

  constructor(box: Box, limits: AttemptLimits) {
    this.#box = box;
    this.#limits = limits;
    limits.signal.addEventListener('abort', this.#onAbort);
  }

  /** @throws {TareError} when it does not start within the deadline, or before an interrupt */
  async start(request: StartRequest): Promise<Instance> {
    const starting = this.#box.start(request);
    try {
      const instance = await within(unlessAborted(starting, this.#limits.signal), this.#patienceMs(), () => this.#late('the instance was not created'));
      this.#instance = instance;
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
        const instance = await unlessAborted(this.#box.start({ what: 'workload', then: 'exit', account: false }), this.#limits.signal);
        await instance.ready(this.#limits.deadlineMs);
        const { leftovers } = await within(instance.ended, this.#patienceMs(), () => this.#late('the instance became ready and did not end'));
        if (leftovers.length > 0) throw new StartFailure('ended', `left behind: ${leftovers.join('; ')}`, 'tare clean', '');
        finished += 1;
      }
    };
    await Promise.all(Array.from({ length: starters }, loop));
    return (finished * 1000) / (performance.now() - began);
  }

  /** Waits for the ready byte. @throws {StartFailure} when it does not come */
  async ready(): Promise<void> {
    const { deadlineMs } = this.#limits;
    await within(this.#running().ready(deadlineMs), this.#patienceMs(), () => this.#late('no ready byte came'));
  }

  /** Idles for the settling time; cut short by an interrupt. */
  async settle(): Promise<void> {
    await sleep(this.#limits.settleMs, this.#limits.signal);
  }

  /** Waits until the instance has ended by itself and is gone. @throws {StartFailure} when it stays */
  async ended(): Promise<Ended> {
    return this.#gone(this.#running().ended, 'the instance became ready and did not end');
  }

  /** Ends the instance. @throws {StartFailure} when it cannot be ended */
  async stop(): Promise<Ended> {
    return this.#gone(this.#running().stop(), 'the instance could not be stopped');
  }

  /**
   * Whatever came of it: the instance is stopped if it still runs.
   * @returns what could not be removed, `null` for the timeline when nothing was started
   */
  async finish(): Promise<{ readonly leftovers: readonly string[]; readonly timeline: RelativeTimeline | null }> {
    this.#limits.signal.removeEventListener('abort', this.#onAbort);
    if (this.#instance === null) return { leftovers: [], timeline: null };
    const leftovers: string[] = [];
    if (this.#ended === null) {
      try {
        await this.stop();
      } catch (error) {
        leftovers.push(`${this.#instance.pid}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
    leftovers.push(...(this.#ended?.leftovers ?? []));
    return { leftovers, timeline: relativeTimeline(this.#instance.timeline) };
  }

  #running(): Instance {
    if (this.#instance === null) throw new TareError('host', 'an instance was asked for before it was started', 'report this as a bug of tare');
    return this.#instance;
  }

  async #gone(ending: Promise<Ended>, otherwise: string): Promise<Ended> {
    this.#ended = await within(ending, this.#patienceMs(), () => this.#late(otherwise));
    return this.#ended;
  }

  #patienceMs(): number {
    return this.#limits.deadlineMs + Math.min(this.#limits.deadlineMs, MOST_GRACE_MS);
  }

  #late(what: string): StartFailure {
    return new StartFailure('deadline', `${what} within ${this.#limits.deadlineMs} ms`, 'look at its log; on a slow machine give a longer deadline', '');
  }
}
