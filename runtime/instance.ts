/**
 * A running instance, whatever the runtime: a plan that the launcher performs, and its life as stamps.
 */
import { constants } from 'node:os';
import { CgroupControl } from './cgroup/control.ts';
import type { CgroupHierarchy } from './cgroup/hierarchy.ts';
import { cgroupHierarchy } from './cgroup/hierarchy.ts';
import { StartFailure, TareError } from './errors.ts';
import type { LaunchListener, Launcher } from './launcher/client.ts';
import { errnoText, stepFailure } from './launcher/failure.ts';
import { PreparedPlan, type Slot } from './launcher/prepared.ts';
import type { LauncherEvent } from './launcher/wire.ts';
import { weigh } from './memory.ts';
import type { Plan } from './plan.ts';
import type { Ended, Instance, MemoryReading, Spoken, StartRequest, Timeline, TimelineStep, Usage } from './runtime.ts';

const NO_USAGE: Usage = { userMicroseconds: 0, systemMicroseconds: 0, maxRssBytes: 0 };

/** Output kept of an instance: enough for a console log, bounded for a flood. */
const OUTPUT_LIMIT = 128 * 1024;

/** Pieces of it that are kept with their arrival: from the first on, for a boot is told by its beginning. */
const MOST_PIECES = 8192;

/** As much of the end as is looked at for hopeless words. */
const END_OF_OUTPUT = 4096;

/** How an instance that is not ready words its own end; runtimes know more than "it ended". */
export type ExplainEnd = (ended: Ended, timeline: Timeline) => StartFailure;

export interface StartOptions {
  readonly explain?: ExplainEnd;
  /** Whether the end of what it said means that it will never be ready: milliseconds after which it is stopped then, or null. */
  readonly hopeless?: (said: string) => number | null;
  /** Of one that is late and about to be stopped: what else can be learned of it, for the log. Comes to an end by itself. */
  readonly lastWords?: (pid: number) => Promise<string>;
  /** Asked to end in its own way before it is killed, e.g. by QMP. */
  readonly quit?: () => Promise<void>;
  /** Where it can be reached, for one that has a network. */
  readonly address?: (slot: Slot) => string;
  /** Where its service is asked by HTTP. */
  readonly url?: (slot: Slot) => string;
  /** What of the host's disk is its own, for one that has something there. */
  readonly written?: () => { readonly lengthBytes: number; readonly allocatedBytes: number };
  /** Taken beforehand by `launcher.slot()`, for what has to be laid out under its name before the clock starts. */
  readonly slot?: Slot;
}

interface Deferred<T> {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: Error): void;
}

function deferred<T>(): Deferred<T> {
  let settle!: Pick<Deferred<T>, 'resolve' | 'reject'>;
  const promise = new Promise<T>((resolve, reject) => (settle = { resolve, reject }));
  promise.catch(() => undefined); // whoever awaits it hears of it; nobody need
  return { promise, ...settle };
}

function explainEnd(ended: Ended): StartFailure {
  const how = ended.how === 'exited' ? `exited with status ${ended.status}` : `was ended by signal ${ended.status}`;
  return new StartFailure('ended', `the main process ${how} before it was ready`, 'its output, if any, is in the log', ended.output);
}

class LaunchedInstance implements Instance, LaunchListener {
  readonly timeline: Timeline;
  readonly address: string | null;
  readonly url: string | null;
  readonly cgroup: CgroupControl;
  pid = 0;
  readonly started = deferred<void>();
  readonly #ready = deferred<bigint>();
  readonly #ended = deferred<Ended>();
  readonly #launcher: Launcher;
  readonly #slot: Slot;
  readonly #plan: Plan;
  readonly #explain: ExplainEnd;
  readonly #quit: (() => Promise<void>) | undefined;
  readonly #hopeless: StartOptions['hopeless'];
  readonly #written: StartOptions['written'];
  readonly #lastWords: StartOptions['lastWords'];
  readonly #collected = new Map<string, string>();
  #output = '';
  #condemned: NodeJS.Timeout | null = null;
  readonly #spoken: Spoken[] = [];
  #end: { how: Ended['how']; status: number; usage: Usage } | null = null;
  #failure: StartFailure | null = null;

  constructor(launcher: Launcher, slot: Slot, plan: Plan, requested: bigint, options: StartOptions) {
    this.#launcher = launcher;
    this.#slot = slot;
    this.#plan = plan;
    this.#explain = options.explain ?? explainEnd;
    this.#quit = options.quit;
    this.#hopeless = options.hopeless;
    this.#written = options.written;
    this.#lastWords = options.lastWords;
    this.cgroup = new CgroupControl(hierarchy(), slot);
    this.address = options.address?.(slot) ?? null;
    this.url = options.url?.(slot) ?? null;
    this.timeline = { requested, received: null, steps: [], ready: null, marks: [], exited: null, cleaned: null };
  }

  get ended(): Promise<Ended> {
    return this.#ended.promise;
  }

  async ready(deadlineMs: number): Promise<bigint> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), deadlineMs)));
    try {
      const first = await Promise.race([this.#ready.promise, late]);
      if (first !== 'late') return first;
    } finally {
      clearTimeout(timer);
    }
    const learned = (await this.#lastWords?.(this.pid).catch(() => '')) ?? '';
    this.signal(constants.signals.SIGKILL);
    const ended = await this.ended;
    throw new StartFailure('deadline', `not ready within ${deadlineMs} ms: stopped`, 'allow it more time with --deadline, or see its log for where it hangs', `${ended.output}${learned}`);
  }

  async memory(): Promise<MemoryReading> {
    return weigh(hierarchy(), this.#slot, this.pid);
  }

  /** Ours write nowhere else: a container's writable layer lies in memory (docs/decisions/0003). */
  written(): { readonly lengthBytes: number; readonly allocatedBytes: number } {
    return this.#written?.() ?? { lengthBytes: 0, allocatedBytes: 0 };
  }

  outputSoFar(): string {
    return this.#output;
  }

  spoken(): readonly Spoken[] {
    return this.#spoken;
  }

  signal(signal: number): void {
    this.#launcher.signal(this.#slot, signal);
  }

  async stop(): Promise<Ended> {
    if (this.#end === null) {
      await this.#quit?.();
      this.signal(constants.signals.SIGKILL);
    }
    return this.ended;
  }

  event(event: LauncherEvent): void {
    const { timeline } = this;
    switch (event.kind) {
      case 'started':
        timeline.received = event.received;
        timeline.steps = this.#steps(event.stamps);
        this.pid = event.pid;
        this.started.resolve();
        break;
      case 'failed':
        timeline.received = event.received;
        timeline.steps = this.#steps(event.stamps);
        this.#failure = stepFailure(this.#plan, event.step, event.errno, event.path);
        break;
      case 'mark':
        timeline.marks.push({ at: event.at, bytes: event.bytes });
        if (timeline.ready === null) {
          timeline.ready = event.at;
          this.#ready.resolve(event.at);
        }
        break;
      case 'output':
        this.#output = (this.#output + event.bytes.toString()).slice(-OUTPUT_LIMIT);
        if (this.#spoken.length < MOST_PIECES) this.#spoken.push({ at: event.at, text: event.bytes.toString() });
        this.#despair();
        break;
      case 'collected':
        this.#collected.set(event.path, event.errno === 0 ? event.content : '');
        break;
      case 'exited': {
        timeline.exited = event.at;
        const { userMicroseconds, systemMicroseconds, maxRssBytes } = event;
        this.#end = { how: event.signalled ? 'signalled' : 'exited', status: event.status, usage: { userMicroseconds, systemMicroseconds, maxRssBytes } };
        break;
      }
      case 'cleaned':
        timeline.cleaned = event.at;
        this.#finish(event.leftovers.map(({ errno, path }) => `${path}: ${errnoText(errno)}`));
        break;
      case 'error':
        this.lost(new TareError('launcher', `the launcher refused the plan${event.step === null ? '' : ` at step ${event.step + 1} (${this.#plan[event.step]?.label ?? ''})`}: ${event.text}`, 'this is a fault of tare: please report it'));
        break;
      case 'hello':
        break;
    }
  }

  lost(error: TareError): void {
    this.started.reject(error);
    this.#ready.reject(error);
    this.#ended.resolve({ how: 'signalled', status: constants.signals.SIGKILL, usage: NO_USAGE, collected: this.#collected, leftovers: [error.message], output: this.#output });
  }

  /** Waits no longer than there is hope. */
  #despair(): void {
    if (this.#hopeless === undefined || this.timeline.ready !== null || this.#condemned !== null) return;
    const graceMs = this.#hopeless(this.#output.slice(-END_OF_OUTPUT));
    if (graceMs !== null) this.#condemned = setTimeout(() => this.signal(constants.signals.SIGKILL), graceMs);
  }

  #steps(stamps: readonly bigint[]): TimelineStep[] {
    return stamps.map((at, index) => ({ at, label: this.#plan[index]?.label ?? '', op: this.#plan[index]?.op ?? '' }));
  }

  #finish(leftovers: readonly string[]): void {
    if (this.#condemned !== null) clearTimeout(this.#condemned);
    const ended: Ended = { ...(this.#end ?? { how: 'exited', status: 127, usage: NO_USAGE }), collected: this.#collected, leftovers, output: this.#output };
    if (this.#failure !== null) this.started.reject(this.#failure);
    if (this.timeline.ready === null) this.#ready.reject(this.#failure ?? this.#explain(ended, this.timeline));
    this.#ended.resolve(ended);
  }
}

let known: CgroupHierarchy | null = null;

/** The host's hierarchy: it does not change while we run, but for the controllers that a first start hands down. */
export function hierarchy(): CgroupHierarchy {
  if (known === null || known.toEnable.length > 0) known = cgroupHierarchy();
  return known;
}

/** A box's plans by request, each prepared when it is first asked for. */
export function preparedPlan(launcher: Launcher, known: Map<string, PreparedPlan>, request: StartRequest, makePlan: (slot: Slot) => Plan): PreparedPlan {
  if (request.what === 'command') return launcher.prepare(makePlan);
  const key = JSON.stringify(request);
  let prepared = known.get(key);
  if (prepared === undefined) known.set(key, (prepared = launcher.prepare(makePlan)));
  return prepared;
}

/**
 * Starts an instance. The clock starts here. A plan that is not yet prepared is made after that: it is the
 * runtime's own work, and counts.
 * @throws {StartFailure} when a step fails; nothing is left behind then
 * @throws {TareError} `launcher` when the launcher is gone or refuses the plan
 */
export async function startInstance(launcher: Launcher, source: PreparedPlan | ((slot: Slot) => Plan), options: StartOptions = {}): Promise<Instance> {
  const requested = process.hrtime.bigint();
  const slot = options.slot ?? launcher.slot();
  const prepared = source instanceof PreparedPlan ? source : new PreparedPlan(slot, source);
  launcher.launch(slot, prepared);
  const instance = new LaunchedInstance(launcher, slot, prepared.plan, requested, options);
  launcher.listen(slot, instance);
  await instance.started.promise;
  return instance;
}
