/** What is said of memory: by every way of counting, of machines in parts, over N, beside what was set aside. */
import type { ResultDocument } from '../../benchmarks/result/schema.ts';
import { configuredRows, type ConfiguredRow } from './configured.ts';
import { growthViews, type GrowthView } from './growth.ts';
import { lensesView, type LensesView } from './lens.ts';
import { quantityText } from './numbers.ts';
import type { RuntimeView } from './runtimes.ts';

/** One part of a virtual machine's PSS. */
export interface MachinePart {
  readonly id: string;
  readonly name: string;
  readonly what: string;
}

export interface MachineRow {
  readonly runtime: RuntimeView;
  readonly bytes: readonly number[];
  readonly texts: readonly string[];
}

export interface MemoryView extends LensesView {
  readonly machineParts: readonly MachinePart[];
  readonly machines: readonly MachineRow[];
  readonly configured: readonly ConfiguredRow[];
  /** Over the number of boxes, by way of counting. Empty where growth was not taken. */
  readonly growth: readonly GrowthView[];
}

const MACHINE_PARTS: readonly MachinePart[] = [
  { id: 'ram', name: 'guest RAM', what: 'what the guest has touched' },
  { id: 'snapshot', name: 'snapshot', what: 'guest RAM read from the snapshot, not yet written, shared' },
  { id: 'hypervisor', name: 'hypervisor', what: 'QEMU’s own heap, stacks and, if emulated, translated code' },
  { id: 'program', name: 'program', what: 'QEMU’s files and what the guest is loaded from, shared' },
];

/** Machines of which every part is known. */
function machineRows(result: ResultDocument, runtimes: readonly RuntimeView[]): MachineRow[] {
  return runtimes.flatMap((runtime) => {
    const bytes = MACHINE_PARTS.map(({ id }) => result.statistics.find((each) => each.metric === `memory.${id}` && each.runtime === runtime.id)?.summary?.median ?? null);
    return bytes.every((each) => each !== null) ? [{ runtime, bytes, texts: bytes.map((each) => quantityText('bytes', each)) }] : [];
  });
}

/** Its lists are empty where nothing was weighed. */
export function memoryView(result: ResultDocument, runtimes: readonly RuntimeView[]): MemoryView {
  return {
    ...lensesView(result, runtimes),
    machineParts: MACHINE_PARTS,
    machines: machineRows(result, runtimes),
    configured: configuredRows(result, runtimes),
    growth: growthViews(result, runtimes),
  };
}
