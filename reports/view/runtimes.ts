import type { PlanStep, ResultDocument, RuntimeEntry } from '../../benchmarks/result/schema.ts';
import { elapsed, quantity } from './quantity.ts';
import { shellLine } from './shell.ts';

export type Kind = RuntimeEntry['kind'];

export interface Fact {
  readonly term: string;
  readonly text: string;
}

export interface RuntimeView {
  readonly id: string;
  /** The runtime's own name, by which it has its colour. */
  readonly name: string;
  readonly kind: Kind;
  readonly kindTitle: string;
  readonly summary: string;
  readonly emulated: boolean;
  /** `vm-micro (emulated)`: for text that has no other way to carry the mark. */
  readonly label: string;
  readonly unavailable: { readonly reason: string; readonly remedy: string } | null;
  /** The whole command line, ready to paste, or `null` for what is not a command. */
  readonly command: string | null;
  readonly plan: readonly PlanStep[];
  readonly facts: readonly Fact[];
}

const kindTitles: Record<Kind, string> = { process: 'plain process', container: 'container', vm: 'virtual machine' };
const kindOrder: readonly Kind[] = ['process', 'container', 'vm'];

/** The runtimes from the lightest kind of box to the heaviest, within a kind in the order of the run. */
export function runtimeViews(document: ResultDocument): RuntimeView[] {
  return [...document.runtimes].sort((a, b) => kindOrder.indexOf(a.kind) - kindOrder.indexOf(b.kind)).map(runtimeView);
}

function runtimeView(entry: RuntimeEntry): RuntimeView {
  const { id, runtime, kind, summary, emulated } = entry;
  return {
    id, name: runtime, kind, kindTitle: kindTitles[kind], summary, emulated,
    label: emulated ? `${id} (emulated)` : id,
    unavailable: entry.state.state === 'unavailable' ? { reason: entry.state.reason, remedy: entry.state.remedy } : null,
    command: entry.command.length > 0 ? shellLine(entry.command) : null,
    plan: entry.plan,
    facts: facts(entry),
  };
}

function facts(entry: RuntimeEntry): Fact[] {
  const found: Fact[] = [{ term: 'Kind', text: kindTitles[entry.kind] }];
  const add = (term: string, text: string | null | undefined) => { if (text) found.push({ term, text }); };
  if (entry.id !== entry.runtime) add('Runtime', entry.runtime);
  if (entry.accelerator) add('Accelerator', entry.emulated ? `${entry.accelerator} (emulated)` : entry.accelerator);
  add('Decided by', entry.acceleratorReason);
  add('Memory set aside', entry.configuredMemoryBytes === null ? null : quantity(entry.configuredMemoryBytes, 'bytes'));
  add('Provision, once', entry.provisionMs === null ? null : elapsed(entry.provisionMs));
  for (const [name, version] of Object.entries(entry.versions)) add(name, version);
  return found;
}

/** Which two runtimes the report is about: the container and the virtual machine that people run. */
export interface Pair {
  /** The lighter box. */
  readonly subject: RuntimeView;
  readonly opponent: RuntimeView;
}

/** Best known first; what is in neither list comes in the order of the run. */
const favoured = ['container', 'vm-full', 'vm-micro', 'vm-restore'];

/**
 * The pair for the headline: a container and a virtual machine where both were measured, else whatever two
 * kinds there are, lighter one first. `vm-floor` has no operating system in it and stands in only when
 * there is no other machine.
 * @param measured ids of the runtimes that have figures
 */
export function headlinePair(runtimes: readonly RuntimeView[], measured: ReadonlySet<string>): Pair | null {
  const best = (kind: Kind) => runtimes.filter((one) => one.kind === kind && measured.has(one.id)).sort((a, b) => rank(a) - rank(b))[0];
  const [process, container, vm] = [best('process'), best('container'), best('vm')];
  if (container && vm) return { subject: container, opponent: vm };
  if (process && vm) return { subject: process, opponent: vm };
  if (process && container) return { subject: process, opponent: container };
  return null;
}

function rank(runtime: RuntimeView): number {
  if (runtime.name === 'vm-floor') return favoured.length + 1;
  const place = favoured.indexOf(runtime.name);
  return place < 0 ? favoured.length : place;
}
