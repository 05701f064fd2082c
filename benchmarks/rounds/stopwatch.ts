/**
 * tinybench as the timer of one visit at a time: a task a runtime, one iteration a visit, so that rounds can
 * interleave what tinybench alone would run one after the other.
 *
 * Its traps, and what is done about them: it times by its own clock when an overridden duration is NaN or
 * negative (durations are checked before they get here); it swallows errors (they are taken out of the
 * result again); it calls a function once more to learn whether it is asynchronous (it is told); it keeps
 * samples sorted (the ordered record is the run's own).
 */
import { Bench } from 'tinybench';

export class Stopwatch {
  readonly #bench: Bench;
  readonly #takes = new Map<string, () => Promise<number | null>>();

  constructor(name: string) {
    this.#bench = new Bench({ name, time: 0, iterations: 1, warmup: false });
  }

  /**
   * Performs `take` once as an iteration of the task `name`.
   * @param take resolves with its duration in ms by better stamps than a timer's in this process, or with
   *   `null` to be timed from outside; never rejects
   * @returns the duration in ms that tinybench recorded
   * @throws {RangeError} for a duration that is no duration
   */
  async time(name: string, take: () => Promise<number | null>): Promise<number> {
    this.#takes.set(name, take);
    const task = this.#bench.getTask(name) ?? this.#add(name);
    task.reset();
    await task.run();
    const { result } = task;
    if (result.state === 'errored') throw result.error;
    if (result.state !== 'completed') throw new Error(`tinybench left the task ${name} ${result.state}`);
    return result.latency.mean;
  }

  #add(name: string): NonNullable<ReturnType<Bench['getTask']>> {
    this.#bench.add(
      name,
      async () => {
        const duration = (await this.#takes.get(name)?.()) ?? null;
        if (duration === null) return undefined;
        if (!Number.isFinite(duration) || duration < 0) throw new RangeError(`${duration} ms is no duration`);
        return { overriddenDuration: duration };
      },
      { async: true },
    );
    return this.#bench.getTask(name) as NonNullable<ReturnType<Bench['getTask']>>;
  }
}
