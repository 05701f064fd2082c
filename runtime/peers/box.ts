/** A box of a peer: the launcher starts the tool, the tool starts the container. */
import type { DiskItem, Image } from '../image/image.ts';
import { findInImage } from '../image/lookup.ts';
import { preparedPlan, startInstance } from '../instance.ts';
import type { Launcher } from '../launcher/client.ts';
import { type PreparedPlan, type Slot, slotName } from '../launcher/prepared.ts';
import type { Plan, Step } from '../plan.ts';
import type { Box, HelperReading, Instance, StartRequest } from '../runtime.ts';
import { clone, descriptors, exec } from '../steps.ts';
import { workloadCommand } from '../workload.ts';
import { PeerInstance } from './instance.ts';
import type { Ground, Inside, Peer, Stand } from './peer.ts';
import { removePlace } from './place.ts';

/** Of a tool that is told by other means what the environment inside is to be. */
const TOOL_ENVIRONMENT = ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'XDG_RUNTIME_DIR=/run'];

/** What runs inside, and finds the mark channel in descriptor MARK. */
export function insideOf(image: Image, request: StartRequest, mark: number, environment: readonly string[]): Inside {
  if (request.what === 'workload') return { argv: workloadCommand(image, request, mark), environment, marks: true, interactive: false };
  const [name = '', ...rest] = request.argv;
  return { argv: [findInImage(image, name), ...rest], environment, marks: false, interactive: request.streams === 'inherit' };
}

function streams(request: StartRequest): Step {
  if (request.what === 'workload') {
    return descriptors({ stdin: 'null', stdout: 'capture', stderr: 'capture', mark: true }, 'standard streams, and the channel on which the workload says that it is ready');
  }
  return descriptors({ stdin: request.streams === 'inherit' ? 'inherit' : 'null', stdout: request.streams, stderr: request.streams, mark: false }, 'the terminal of whoever asked');
}

/** A tool that hands no descriptor on gets the mark channel as its standard output, which it does hand on. */
function execTool(peer: Peer, program: string, words: readonly string[], environment: readonly string[], { marks }: Inside, why: string): Step {
  if (peer.mark === 3 || !marks) return exec(program, [peer.program, ...words], environment, why);
  return exec('/bin/sh', ['sh', '-c', 'exec "$@" >&3 3>&-', 'sh', program, ...words], environment, `its standard output becomes the mark channel, since it hands on no descriptor 3; ${why}`);
}

/** The complete plan of one instance. */
export function peerPlan(peer: Peer, stand: Stand, program: string, slot: Slot, request: StartRequest, inside: Inside): Plan {
  const name = slotName(slot);
  const { before = [], namespaces = [], cloneInto = '', inside: within = [] } = stand.surroundings?.(slot, name) ?? {};
  const options = stand.options(name, inside);
  const why = options.map(({ words, why: reason }) => `${words.join(' ')}: ${reason}`).join('; ');
  return [
    streams(request),
    ...before,
    clone(namespaces, cloneInto, `a process for ${peer.name}`),
    ...within,
    execTool(peer, program, options.flatMap(({ words }) => words), stand.environment?.(inside, TOOL_ENVIRONMENT) ?? TOOL_ENVIRONMENT, inside, why),
  ];
}

export class PeerBox implements Box {
  readonly kind = 'container';
  readonly accelerator = null;
  readonly unmeasurable = { http: 'peers are started without a network to the host', phases: 'its steps happen inside another tool, which does not tell of them' };
  readonly versions: Readonly<Record<string, string>>;
  readonly configuredMemoryBytes: number;
  readonly readyBy?: string;
  readonly #peer: Peer;
  readonly #ground: Ground;
  readonly #stand: Stand;
  readonly #launcher: Launcher;
  readonly #environment: readonly string[];
  readonly #prepared = new Map<string, PreparedPlan>();
  readonly #running = new Set<PeerInstance>();

  constructor(peer: Peer, ground: Ground, stand: Stand, launcher: Launcher, versions: Readonly<Record<string, string>>, environment: readonly string[]) {
    this.#peer = peer;
    this.#ground = ground;
    this.#stand = stand;
    this.#launcher = launcher;
    this.versions = versions;
    this.configuredMemoryBytes = ground.memoryBytes;
    this.#environment = environment;
    if (peer.readyBy !== undefined) this.readyBy = peer.readyBy;
  }

  plan(request: StartRequest): Plan {
    return this.#plan(this.#ground.slot, request, this.#inside(request));
  }

  async start(request: StartRequest): Promise<Instance> {
    const inside = this.#inside(request);
    const slot = this.#launcher.slot();
    const name = slotName(slot);
    this.#stand.lay?.(name, inside);
    try {
      const inner = await startInstance(this.#launcher, preparedPlan(this.#launcher, this.#prepared, request, (each) => this.#plan(each, request, inside)), { slot });
      const instance = new PeerInstance(inner, this.#stand, name, this.#ground.program, request.what === 'workload');
      this.#running.add(instance);
      void instance.ended.then(() => this.#running.delete(instance));
      return instance;
    } catch (error) {
      this.#stand.unlay?.(name);
      throw error;
    }
  }

  async disk(): Promise<readonly DiskItem[]> {
    return this.#ground.image.layers.map(({ name, storey, lengthBytes, allocatedBytes }) => ({ name, storey, capacityBytes: null, lengthBytes, allocatedBytes, shared: true }));
  }

  async daemons(): Promise<HelperReading> {
    return (await this.#stand.daemons?.()) ?? { pssBytes: 0, processes: 0, names: [] };
  }

  async close(): Promise<void> {
    // The launcher goes last: while it lives, `tare clean` takes nothing of this for a leftover.
    try {
      await Promise.all([...this.#running].map((instance) => instance.stop()));
      await this.#stand.close?.();
    } finally {
      removePlace(this.#ground.boxName);
      await this.#launcher.close();
    }
  }

  #inside(request: StartRequest): Inside {
    return insideOf(this.#ground.image, request, this.#peer.mark, this.#environment);
  }

  #plan(slot: Slot, request: StartRequest, inside: Inside): Plan {
    return peerPlan(this.#peer, this.#stand, this.#ground.program, slot, request, inside);
  }
}
