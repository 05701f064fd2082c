/**
 * `container-ahead`: the same container, entering a network namespace that was made beforehand, while nobody waited.
 *
 * Making one is the dearest single step of a start. A pool hides it, as some platforms do; it does not make it
 * cheaper: every start is paid for in the gap before it. So this is a series of its own and never the default figure.
 */
import { startInstance } from '../instance.ts';
import { Launcher } from '../launcher/client.ts';
import { PreparedPlan, type Slot } from '../launcher/prepared.ts';
import type { DiskItem, Image } from '../image/image.ts';
import { hostPathOf } from '../image/lookup.ts';
import type { Plan } from '../plan.ts';
import type { Box, Instance, StartRequest } from '../runtime.ts';
import { clone, descriptors, exec, linkUp, setsid } from '../steps.ts';
import { isOther } from '../workload.ts';
import { type Making, warm } from './box.ts';
import type { ContainerSpec } from './spec.ts';

const READY_MS = 10_000;

/** A process that does nothing but keep a network namespace with its loopback switched on. */
interface Kept {
  readonly keeper: Instance;
  readonly plan: PreparedPlan;
}

export class AheadBox implements Box {
  readonly kind = 'container';
  readonly accelerator = null;
  readonly versions = {};
  readonly configuredMemoryBytes: number | null;
  readonly unmeasurable = { phases: 'most of its steps are done before it is asked for' };
  readonly #launcher: Launcher;
  readonly #image: Image;
  readonly #spec: ContainerSpec;
  readonly #making: Making;
  #next: Promise<Kept>;

  constructor(image: Image, spec: ContainerSpec, launcher: Launcher) {
    this.#image = image;
    this.#spec = { ...spec, namespaces: spec.namespaces.filter((name) => name !== 'net') };
    this.#launcher = launcher;
    this.#making = warm(image);
    this.configuredMemoryBytes = spec.limits?.memoryBytes ?? null;
    this.#next = this.#keep();
  }

  plan(request: StartRequest): Plan {
    return this.#making.plan(this.#entering('/proc/PID/ns/net'), { launcherPid: this.#launcher.pid, number: 0 }, request);
  }

  /** The namespace is there when the clock starts; the next one is made once this start is over. */
  async start(request: StartRequest): Promise<Instance> {
    const { keeper, plan } = await this.#next;
    const usual = request.what === 'workload' && request.then === 'exit' && !isOther(request);
    const makePlan = (slot: Slot): Plan => this.#making.plan(this.#entering(`/proc/${keeper.pid}/ns/net`), slot, request);
    const starting = startInstance(this.#launcher, usual ? plan : makePlan);
    this.#next = starting.then(
      async (instance) => {
        // Entered, so the namespace lives on with its container; but not while somebody waits for the ready byte.
        if (request.what === 'workload') await instance.ready(READY_MS).catch(() => undefined);
        await keeper.stop();
        return this.#keep();
      },
      async () => {
        await keeper.stop();
        return this.#keep();
      },
    );
    this.#next.catch(() => undefined); // the next start hears of it
    return starting;
  }

  async disk(): Promise<readonly DiskItem[]> {
    return this.#making.disk;
  }

  async close(): Promise<void> {
    await this.#next.catch(() => undefined);
    await this.#launcher.close();
  }

  #entering(path: string): ContainerSpec {
    return { ...this.#spec, joined: [{ namespace: 'net', path }] };
  }

  async #keep(): Promise<Kept> {
    const why = 'keeps a network namespace until a container enters it';
    const keeper = await startInstance(this.#launcher, () => [
      descriptors({ stdin: 'null', stdout: 'null', stderr: 'null', mark: true }, why),
      clone(['net'], '', why),
      linkUp('lo', why),
      setsid(why),
      exec(hostPathOf(this.#image, this.#image.workload), [this.#image.workload, 'fd:3', 'idle'], [], why),
    ]);
    await keeper.ready(READY_MS);
    const entering = this.#entering(`/proc/${keeper.pid}/ns/net`);
    const plan = this.#launcher.prepare((slot) => this.#making.plan(entering, slot, { what: 'workload', then: 'exit', account: false }));
    return { keeper, plan };
  }
}
