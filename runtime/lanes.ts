/**
 * Launchers for a box that is asked to start several instances at once.
 *
 * A launcher stands still while it makes a container, so one alone keeps one processor busy at most. Whoever starts
 * one at a time never has a second; when a start is asked for while another is being made, one more is opened in the
 * background, up to one a processor, and the next such start finds it.
 */
import { availableParallelism } from 'node:os';
import { preparedPlan, startInstance, type StartOptions } from './instance.ts';
import { Launcher, type LauncherOptions } from './launcher/client.ts';
import type { PreparedPlan, Slot } from './launcher/prepared.ts';
import type { Plan } from './plan.ts';
import type { Instance, StartRequest } from './runtime.ts';

interface Lane {
  readonly launcher: Launcher;
  /** A plan's message names its launcher, so each lane has its own. */
  readonly prepared: Map<string, PreparedPlan>;
  /** Starts that have been asked for and not yet answered. */
  starting: number;
}

export class Lanes {
  readonly #lanes: Lane[];
  readonly #options: LauncherOptions;
  #opening: Promise<void> | null = null;
  #closed = false;

  private constructor(first: Launcher, options: LauncherOptions) {
    this.#lanes = [{ launcher: first, prepared: new Map(), starting: 0 }];
    this.#options = options;
  }

  /** @throws {TareError} `launcher` when it is not built or does not start */
  static async open(options: LauncherOptions = {}): Promise<Lanes> {
    return new Lanes(await Launcher.open(options), options);
  }

  /** The first launcher's: by it a plan is shown. */
  get pid(): number {
    return this.#first.launcher.pid;
  }

  /**
   * Starts an instance in the lane with the fewest starts under way.
   * @param fresh the plan is made anew for its slot, not prepared once
   * @throws {StartFailure} when a step fails; nothing is left behind then
   */
  async start(request: StartRequest, makePlan: (slot: Slot) => Plan, options: StartOptions, fresh = false): Promise<Instance> {
    const lane = this.#lanes.reduce((least, each) => (each.starting < least.starting ? each : least));
    if (lane.starting > 0) this.#widen();
    lane.starting += 1;
    try {
      return await startInstance(lane.launcher, fresh ? makePlan : preparedPlan(lane.launcher, lane.prepared, request, makePlan), options);
    } finally {
      lane.starting -= 1;
    }
  }

  /** Ends the launchers; instances still running are killed and removed. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#opening;
    await Promise.all(this.#lanes.map(({ launcher }) => launcher.close()));
  }

  get #first(): Lane {
    return this.#lanes[0] as Lane;
  }

  #widen(): void {
    if (this.#opening !== null || this.#closed || this.#lanes.length >= availableParallelism()) return;
    this.#opening = Launcher.open(this.#options)
      .then((launcher) => void this.#lanes.push({ launcher, prepared: new Map(), starting: 0 }))
      .catch(() => undefined) // the lanes there are will do
      .finally(() => (this.#opening = null));
  }
}
