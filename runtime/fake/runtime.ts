/** Runtimes that play a script: with them the whole harness, and the command, are tested without root. */
import { setTimeout as delay } from 'node:timers/promises';
import { StartFailure, TareError } from '../errors.ts';
import type { DiskItem } from '../image/image.ts';
import { plannedPhases, type StartPhase } from '../phases.ts';
import type { Plan } from '../plan.ts';
import type { Accelerator, Availability, Box, Instance, Kind, Runtime, StartRequest } from '../runtime.ts';
import { clone, exec } from '../steps.ts';
import { FakeInstance } from './instance.ts';
import { seededJitter, type Jitter } from './jitter.ts';
import { fakeScript, type FakeRuntimeScript, type FakeScriptInput, type Incident } from './script.ts';

/** @throws {z.ZodError} for what is no script */
export function fakeRuntimes(input: FakeScriptInput): FakeRuntime[] {
  const script = fakeScript.parse(input);
  return script.runtimes.map((runtime, index) => new FakeRuntime(runtime, script.seed + index, script.pace));
}

export class FakeRuntime implements Runtime {
  readonly name: string;
  readonly kind: Kind;
  readonly summary: string;
  readonly rung?: string;
  /** Boxes made so far, for tests that look at what became of them. */
  readonly boxes: FakeBox[] = [];
  readonly #script: FakeRuntimeScript;
  readonly #seed: number;
  readonly #pace: number;

  constructor(script: FakeRuntimeScript, seed: number, pace: number) {
    this.name = script.name;
    this.kind = script.kind;
    this.summary = script.summary;
    if (script.rung !== undefined) this.rung = script.rung;
    this.#script = script;
    this.#seed = seed;
    this.#pace = pace;
  }

  async availability(): Promise<Availability> {
    return this.#script.availability;
  }

  async prepare(): Promise<FakeBox> {
    const { prepareFails, prepareMs, jitter } = this.#script;
    await delay(prepareMs * this.#pace);
    if (prepareFails !== undefined) throw new TareError('host', prepareFails.message, prepareFails.remedy);
    const box = new FakeBox(this.#script, seededJitter(this.#seed + 1000 * this.boxes.length, jitter), this.#pace);
    this.boxes.push(box);
    return box;
  }
}

export class FakeBox implements Box {
  readonly kind: Kind;
  readonly accelerator: Accelerator | null;
  readonly acceleratorReason?: string;
  readonly versions: Readonly<Record<string, string>>;
  readonly configuredMemoryBytes: number | null;
  /** Every instance ever started. */
  readonly instances: FakeInstance[] = [];
  closed = false;
  readonly #script: FakeRuntimeScript;
  readonly #jitter: Jitter;
  readonly #pace: number;
  readonly #closing: Promise<never>;
  #starts = 0;
  #abandon: (reason: Error) => void = () => undefined;

  constructor(script: FakeRuntimeScript, jitter: Jitter, pace: number) {
    this.#script = script;
    this.#jitter = jitter;
    this.#pace = pace;
    this.kind = script.kind;
    this.accelerator = script.accelerator;
    if (script.acceleratorReason !== undefined) this.acceleratorReason = script.acceleratorReason;
    this.versions = script.versions;
    this.configuredMemoryBytes = script.configuredMemoryBytes;
    this.#closing = new Promise((_resolve, reject) => (this.#abandon = reject));
    this.#closing.catch(() => undefined);
  }

  plan(request: StartRequest): Plan {
    const { command, steps } = this.#script;
    const argv = request.what === 'command' ? request.argv : command;
    return [
      clone([], '', 'a process of its own'),
      ...steps.map(({ label, why }) => ({ op: 'write' as const, args: [label], label, why })),
      exec(argv[0] ?? '', argv, [], 'becomes the workload'),
    ];
  }

  /** One that was given no steps is its program from the first moment on. */
  phases({ timeline }: Instance): readonly StartPhase[] {
    if (timeline.steps.length > 0 || timeline.ready === null) return plannedPhases(timeline);
    return [{ name: 'service', milliseconds: Number(timeline.ready - timeline.requested) / 1e6, what: 'the program starts' }];
  }

  async start(request: StartRequest): Promise<Instance> {
    const { name } = this.#script;
    if (this.closed) throw new TareError('launcher', `the box of ${name} is closed`, 'prepare it again');
    const incident = this.#incidentOf(this.#starts++);
    if (incident === 'start-hangs') return this.#closing;
    if (incident === 'step-fails') {
      throw new StartFailure('step', `${name}: mount proc on /proc: EPERM (operation not permitted)`, 'run as root', 'scripted: step-fails');
    }
    const instance = new FakeInstance(this.#script, incident, request, 100_000 + this.#starts, this.#jitter, this.#pace);
    this.instances.push(instance);
    return instance;
  }

  async disk(): Promise<readonly DiskItem[]> {
    return this.#script.disk;
  }

  async close(): Promise<void> {
    this.closed = true;
    this.#abandon(new TareError('launcher', `the box of ${this.#script.name} was closed`, ''));
    await Promise.all(this.instances.map((instance) => instance.stop()));
  }

  #incidentOf(start: number): Incident | null {
    const found = this.#script.incidents.find((incident) =>
      incident.start !== undefined ? incident.start === start : incident.every === undefined || (start + 1) % incident.every === 0,
    );
    return found?.what ?? null;
  }
}
