/**
 * The two stacks of every lecture on containers, with what each layer was measured to cost: host OS, hypervisor,
 * guest OS, prerequisites, app beside host OS, container runtime, prerequisites, app.
 */
import type { ResultDocument, RuntimeEntry } from '../../benchmarks/result/schema.ts';
import { quantityText, type Quantity } from './numbers.ts';
import type { RuntimeView } from './runtimes.ts';

export const STACK_MEASURES = [
  { id: 'time', title: 'Start-up', quantity: 'ms', unit: 'time until ready' },
  { id: 'memory', title: 'Memory', quantity: 'bytes', unit: 'memory of one idle instance' },
  { id: 'disk', title: 'Disk', quantity: 'bytes', unit: 'bytes allocated on disk' },
] as const satisfies readonly { id: string; title: string; quantity: Quantity; unit: string }[];

export type StackMeasure = (typeof STACK_MEASURES)[number]['id'];

export type LayerId = 'app' | 'prerequisites' | 'guest-os' | 'hypervisor' | 'container-runtime' | 'host-os';

export interface LayerFigure {
  /** `null`: it has none of its own, or none was measured; `text` says which. */
  readonly value: number | null;
  readonly text: string;
}

export interface StackLayer {
  readonly id: LayerId;
  readonly name: string;
  /** One sentence for a class. */
  readonly what: string;
  readonly figures: Readonly<Record<StackMeasure, LayerFigure>>;
}

export interface StackView {
  readonly runtime: RuntimeView;
  readonly title: string;
  /** From the app down to what stands on the host. */
  readonly layers: readonly StackLayer[];
  /** Of the layers that have a figure. */
  readonly totals: Readonly<Record<StackMeasure, LayerFigure>>;
}

export interface StacksView {
  readonly machine: StackView;
  readonly container: StackView;
}

type Values = Partial<Record<LayerId, number>>;

const NAMES: Readonly<Record<LayerId, { readonly name: string; readonly what: string }>> = {
  app: { name: 'App', what: 'the program that is wanted, the same in both' },
  prerequisites: { name: 'Prerequisites', what: 'libraries and tools that the app needs, the same in both' },
  'guest-os': { name: 'Guest OS', what: 'an operating system of its own: boot loader, kernel, init system, services' },
  hypervisor: { name: 'Hypervisor', what: 'QEMU, which pretends to be a computer' },
  'container-runtime': { name: 'Container runtime', what: 'asks the host’s kernel for namespaces, cgroup and a root of its own, and steps aside' },
  'host-os': { name: 'Host OS', what: 'its kernel runs everything; it is there already, so nothing of it is counted' },
};

/** Why a layer has no figure of its own. */
const ABSENT: Readonly<Record<StackMeasure, Partial<Record<LayerId, string>>>> = {
  time: { prerequisites: 'nothing of it is started by itself' },
  memory: { prerequisites: 'counted with what runs it' },
  disk: {},
};

const MACHINE_LAYERS: readonly LayerId[] = ['app', 'prerequisites', 'guest-os', 'hypervisor'];
const CONTAINER_LAYERS: readonly LayerId[] = ['app', 'prerequisites', 'container-runtime'];

const GUEST_PHASES = ['firmware', 'boot-loader', 'kernel', 'initramfs', 'init'] as const;

const MACHINE_STOREYS: Readonly<Record<RuntimeEntry['disk'][number]['storey'], LayerId>> = {
  app: 'app', prerequisites: 'prerequisites', base: 'guest-os', 'guest-kernel': 'guest-os', initramfs: 'guest-os', 'boot-loader': 'guest-os', metadata: 'guest-os', hypervisor: 'hypervisor', runtime: 'hypervisor', snapshot: 'guest-os',
};
/** A container's base system is what its app needs to find: libraries and tools. */
const CONTAINER_STOREYS: Readonly<Record<RuntimeEntry['disk'][number]['storey'], LayerId>> = {
  app: 'app', prerequisites: 'prerequisites', base: 'prerequisites', 'guest-kernel': 'prerequisites', initramfs: 'prerequisites', 'boot-loader': 'prerequisites', metadata: 'prerequisites', hypervisor: 'container-runtime', runtime: 'container-runtime', snapshot: 'container-runtime',
};

function medians(result: ResultDocument, runtime: string): (metric: string) => number | null {
  return (metric) => result.statistics.find((each) => each.metric === metric && each.runtime === runtime)?.summary?.median ?? null;
}

function sum(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((total, value) => total + value, 0);
}

function present(values: Readonly<Partial<Record<LayerId, number | null>>>): Values {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
}

function machineTime(of: (metric: string) => number | null): Values {
  const guest = sum(GUEST_PHASES.map((phase) => of(`phases.${phase}`)));
  return present({ hypervisor: of('phases.qemu'), 'guest-os': guest, app: of('phases.service') });
}

/** What the same program takes in no box is the app's; what is neither the app's nor QEMU's own is the guest's. */
function machineMemory(of: (metric: string) => number | null, app: number | null): Values {
  const [charge, own] = [of('memory.cgroup'), sum([of('memory.hypervisor'), of('memory.program')])];
  if (charge === null || own === null) return {};
  return present({ hypervisor: own, 'guest-os': Math.max(0, charge - own - (app ?? 0)), app });
}

function containerMemory(of: (metric: string) => number | null, app: number | null): Values {
  const charge = of('memory.cgroup');
  if (charge === null) return {};
  return app === null ? { 'container-runtime': charge } : { 'container-runtime': Math.max(0, charge - app), app };
}

function onDisk(entry: RuntimeEntry, storeys: Readonly<Record<RuntimeEntry['disk'][number]['storey'], LayerId>>): Values {
  const values: Values = {};
  for (const { storey, allocatedBytes } of entry.disk) values[storeys[storey]] = (values[storeys[storey]] ?? 0) + allocatedBytes;
  return values;
}

function figure(quantity: Quantity, value: number | undefined, otherwise: string): LayerFigure {
  return value === undefined ? { value: null, text: otherwise } : { value, text: quantityText(quantity, value) };
}

function stack(runtime: RuntimeView, title: string, ids: readonly LayerId[], values: Readonly<Record<StackMeasure, Values>>): StackView {
  const of = <T>(make: (measure: (typeof STACK_MEASURES)[number]) => T): Record<StackMeasure, T> => Object.fromEntries(STACK_MEASURES.map((measure) => [measure.id, make(measure)])) as Record<StackMeasure, T>;
  const measured = (measure: StackMeasure): boolean => Object.keys(values[measure]).length > 0;
  return {
    runtime,
    title,
    layers: ids.map((id) => ({
      id,
      ...NAMES[id],
      figures: of(({ id: measure, quantity }) => figure(quantity, values[measure][id], measured(measure) ? (ABSENT[measure][id] ?? 'none of its own') : 'not measured')),
    })),
    totals: of(({ id: measure, quantity }) => figure(quantity, sum(Object.values(values[measure])) ?? undefined, 'not measured')),
  };
}

/**
 * The container beside the heaviest machine that was measured; null when either is lacking.
 * Times of a machine's layers are of boots that tell of themselves, so their sum is a little more than a start that is timed.
 */
export function stacksView(result: ResultDocument, runtimes: readonly RuntimeView[]): StacksView | null {
  const container = runtimes.find(({ id, notMeasured }) => id === 'container' && notMeasured === null);
  const machine = runtimes.findLast(({ kind, notMeasured }) => kind === 'vm' && notMeasured === null);
  const entryOf = (id: string): RuntimeEntry | undefined => result.runtimes.find((entry) => entry.id === id);
  const [containerEntry, machineEntry] = [entryOf(container?.id ?? ''), entryOf(machine?.id ?? '')];
  if (container === undefined || machine === undefined || containerEntry === undefined || machineEntry === undefined) return null;
  const app = medians(result, 'process')('memory.cgroup');
  const [inContainer, inMachine] = [medians(result, container.id), medians(result, machine.id)];
  const [making, program] = [inContainer('phases.runtime'), inContainer('phases.service')];
  return {
    machine: stack(machine, 'Virtual machine', MACHINE_LAYERS, { time: machineTime(inMachine), memory: machineMemory(inMachine, app), disk: onDisk(machineEntry, MACHINE_STOREYS) }),
    container: stack(container, 'Container', CONTAINER_LAYERS, { time: present({ 'container-runtime': making, app: program }), memory: containerMemory(inContainer, app), disk: onDisk(containerEntry, CONTAINER_STOREYS) }),
  };
}

export const HOST_LAYER = { id: 'host-os', ...NAMES['host-os'] } as const;
