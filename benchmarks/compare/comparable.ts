/** Whether two figures measure the same; and what else bears on them though they do. */
import type { Metric, ResultDocument, RuntimeEntry } from '../result/schema.ts';
import { unquiet } from './quiet.ts';

/** One side of a comparison: a metric of a runtime in one result. */
export interface Side {
  /** "result 2". */
  readonly who: string;
  readonly document: ResultDocument;
  readonly metric: Metric | undefined;
  readonly runtime: RuntimeEntry | undefined;
  /** Good values in ascending order. */
  readonly sorted: readonly number[];
  readonly failed: number;
}

/** Why the two cannot be compared, or `null`: one is missing, or they measure something else. */
export function whyNotComparable(other: Side, baseline: Side): string | null {
  for (const side of [baseline, other]) {
    const missing = whyMissing(side);
    if (missing !== null) return missing;
  }
  const [a, b] = [baseline, other];
  if (a.metric === undefined || b.metric === undefined || a.runtime === undefined || b.runtime === undefined) return 'one side is missing';
  return otherClock(a.metric, b.metric) ?? otherBox(a.runtime, b.runtime, a.metric);
}

/** Why a side has no figure, or `null` when it has one. */
function whyMissing({ who, document, metric, runtime, sorted, failed }: Side): string | null {
  if (metric === undefined) return `${who} does not have this metric`;
  if (runtime === undefined) return `${who} does not have this runtime`;
  if (runtime.state.state === 'unavailable') return `${who} could not run it: ${runtime.state.reason}`;
  if (sorted.length > 0) return null;
  const why = runtime.unmeasurable?.[metric.benchmark];
  if (why !== undefined) return `${who} could not measure it: ${why}`;
  if (failed > 0) return `in ${who} all ${failed} starts failed`;
  return document.run.state === 'interrupted' ? `${who} was interrupted before it` : `${who} took no sample of it`;
}

/** A metric that another tare defined otherwise: the first words that differ are named. */
function otherClock(a: Metric, b: Metric): string | null {
  if (a.unit !== b.unit) return `other units: ${b.unit} against ${a.unit}`;
  if (plain(a.definition) !== plain(b.definition)) return `another definition: “${plain(b.definition)}” against “${plain(a.definition)}”`;
  if (a.anchor !== b.anchor) return `another method: ${b.anchor} against ${a.anchor}`;
  return null;
}

function plain(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function otherBox(a: RuntimeEntry, b: RuntimeEntry, { unit }: Metric): string | null {
  if (a.emulated !== b.emulated) return `${b.emulated ? 'emulated' : 'hardware virtualisation'} against ${a.emulated ? 'emulated' : 'hardware virtualisation'}`;
  if (a.kind !== b.kind || a.runtime !== b.runtime) return `another box under the same name: ${b.runtime} (${b.kind}) against ${a.runtime} (${a.kind})`;
  if (a.rung !== b.rung) return `another rung of the ladder: ${b.rung ?? 'none'} against ${a.rung ?? 'none'}`;
  // How the ready byte arrives is part of the clock.
  if (unit === 'ms' && a.readyBy !== b.readyBy) return `its ready byte comes another way: ${b.readyBy ?? 'straight from the workload'} against ${a.readyBy ?? 'straight from the workload'}`;
  return null;
}

interface Bearing {
  readonly id: string;
  /** The text that both sides must have in common. */
  readonly of: (document: ResultDocument) => string;
  readonly what: string;
  readonly bearsOn: (metric: Metric, runtime: RuntimeEntry) => boolean;
}

const everywhere = (): boolean => true;

/** Differences that leave two figures comparable, and that whoever reads the ratio must know of. */
const BEARINGS: readonly Bearing[] = [
  { id: 'image', of: ({ image }) => `${image.name} ${image.digest.slice(0, 12)}`, what: 'another image', bearsOn: everywhere },
  { id: 'guest-kernel', of: ({ image }) => `${image.kernel.release} ${image.kernel.digest.slice(0, 12)}`, what: 'another guest kernel', bearsOn: (_, { kind }) => kind === 'vm' },
  { id: 'memory', of: ({ run }) => `${run.options.memoryBytes / 2 ** 20} MiB`, what: 'another memory of a box', bearsOn: (_, { kind }) => kind !== 'process' },
  { id: 'cpus', of: ({ run }) => String(run.options.cpus), what: 'other processors of a box', bearsOn: (_, { kind }) => kind !== 'process' },
  { id: 'machine', of: ({ run }) => run.options.machine ?? 'microvm', what: 'another machine for the guest', bearsOn: (_, { runtime }) => runtime === 'vm-micro' },
  { id: 'budget', of: ({ run }) => (run.options.budgetBytes === undefined ? 'none' : `${Math.round(run.options.budgetBytes / 2 ** 20)} MiB`), what: 'another budget for a crowd', bearsOn: ({ benchmark }) => benchmark === 'density' },
  { id: 'gap', of: ({ run }) => `${run.options.gapMs} ms`, what: 'another idle gap between starts', bearsOn: ({ unit }) => unit === 'ms' },
  { id: 'settle', of: ({ run }) => `${run.options.settleMs} ms`, what: 'another time to settle', bearsOn: ({ benchmark }) => benchmark === 'memory' },
  { id: 'interrupted', of: ({ run }) => run.state, what: 'a run that was interrupted', bearsOn: everywhere },
];

export interface Caveat {
  readonly id: string;
  readonly text: string;
  readonly bearsOn: Bearing['bearsOn'];
}

export function caveatsBetween(other: ResultDocument, baseline: ResultDocument): Caveat[] {
  const differing = BEARINGS.flatMap(({ id, of, what, bearsOn }) => {
    const [a, b] = [of(baseline), of(other)];
    return a === b ? [] : [{ id, text: `${what}: ${b} against ${a}`, bearsOn }];
  });
  const noisy = unquiet(other, baseline);
  // Sizes on disk are the same at any load.
  return noisy === null ? differing : [...differing, { id: 'unquiet', text: noisy, bearsOn: ({ benchmark }) => benchmark !== 'disk' }];
}
