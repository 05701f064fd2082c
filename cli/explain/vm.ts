/** What there is to tell of a virtual machine: its hardware, its kernel's parameters, how it boots, what it pretends to have. */
import { setTimeout as sleep } from 'node:timers/promises';
import { quantile } from '../../benchmarks/statistics/quantile.ts';
import { containerRuntime } from '../../runtime/container/container.ts';
import { StartFailure, TareError } from '../../runtime/errors.ts';
import type { Image } from '../../runtime/image/image.ts';
import { loadImage } from '../../runtime/image/load.ts';
import type { StartPhase } from '../../runtime/phases.ts';
import type { Box, BoxOptions } from '../../runtime/runtime.ts';
import { devicesOf, type ExplainableVm } from '../../runtime/vm/explained.ts';
import { vmFloor } from '../../runtime/vm/floor.ts';
import { vmFull } from '../../runtime/vm/full/full.ts';
import { prepareMicro } from '../../runtime/vm/micro.ts';
import { vmRestore } from '../../runtime/vm/restore.ts';

export const EXPLAINED_VMS = ['vm-floor', 'vm-micro', 'vm-restore', 'vm-full'] as const;
export type ExplainedVm = (typeof EXPLAINED_VMS)[number];

export interface VmExplanation {
  readonly name: ExplainedVm;
  readonly image: string;
  readonly summary: string;
  readonly emulated: boolean;
  readonly acceleratorReason: string;
  /** Why it was not measured to the end; `null` where it was, or was not to be. */
  readonly failure: string | null;
  /** Median of starts, in ms; `null` when nothing was started. */
  readonly readyMs: number | null;
  readonly starts: number;
  /** Of a boot of its own, for telling costs time; `null` for a machine that has none, or when nothing was started. */
  readonly phases: readonly StartPhase[] | null;
  readonly arguments: readonly { readonly words: string; readonly why: string }[];
  readonly parameters: readonly { readonly word: string; readonly why: string }[];
  /** Types of devices with their number, as QEMU tells; `null` when nothing was started. */
  readonly devices: readonly { readonly type: string; readonly count: number }[] | null;
  /** The container beside it. */
  readonly container: { readonly readyMs: number; readonly steps: number } | null;
}

const OPTIONS: BoxOptions = { memoryBytes: 256 * 2 ** 20, cpus: 1, accelerator: 'auto' };
const DEADLINE_MS = 180_000;
const GAP_MS = 20;

/** Starts that a median is of: a traditional machine takes half a minute where it is emulated. */
const STARTS: Readonly<Record<ExplainedVm, number>> = { 'vm-floor': 20, 'vm-micro': 5, 'vm-restore': 10, 'vm-full': 1 };

/** Where a disk of vm-full is still to be built, that is told too. */
async function open(name: ExplainedVm, image: Image, say: Say): Promise<ExplainableVm> {
  const options = { ...OPTIONS, say };
  switch (name) {
    case 'vm-floor':
      return (await vmFloor.prepare(image, options)) as ExplainableVm;
    case 'vm-micro':
      return prepareMicro(image, options);
    case 'vm-restore':
      return (await vmRestore.prepare(image, options)) as ExplainableVm;
    case 'vm-full':
      return (await vmFull.prepare(image, options)) as ExplainableVm;
  }
}

type Say = (what: string) => void;

export interface VmWish {
  /** Start it: for its time, its phases and its devices. */
  readonly measure: boolean;
  /** What is in it. Default: `tiny`, and `web` in vm-full. */
  readonly image?: string | undefined;
  /** Whether the container is measured beside it. */
  readonly beside: boolean;
  readonly say: Say;
}

async function medianReadyMs(box: Box, starts: number, say: Say): Promise<number> {
  const taken: number[] = [];
  while (taken.length < starts) {
    say(`start ${taken.length + 1} of ${starts}`);
    await sleep(GAP_MS);
    const instance = await box.start({ what: 'workload', then: 'exit', account: true });
    const ready = await instance.ready(DEADLINE_MS);
    taken.push(Number(ready - instance.timeline.requested) / 1e6);
    await instance.ended;
  }
  return quantile(taken.sort((a, b) => a - b), 0.5);
}

async function phasesOf(name: ExplainedVm, box: Box, say: Say): Promise<readonly StartPhase[] | null> {
  if (name === 'vm-floor' || name === 'vm-restore') return null;
  say('a boot that tells of itself');
  const instance = await box.start({ what: 'workload', then: 'exit', account: true, telling: true });
  const timer = setTimeout(() => void instance.stop(), DEADLINE_MS);
  await instance.ended;
  clearTimeout(timer);
  return box.phases?.(instance) ?? null;
}

function counted(types: readonly string[]): { type: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const type of types) counts.set(type, (counts.get(type) ?? 0) + 1);
  return [...counts].map(([type, count]) => ({ type, count })).sort((a, b) => a.type.localeCompare(b.type));
}

type Measured = Pick<VmExplanation, 'readyMs' | 'phases' | 'devices' | 'failure'>;

const NOTHING: Measured = { readyMs: null, phases: null, devices: null, failure: null };

/** What comes of it: a boot that fails leaves what was learned before it. */
async function measured(name: ExplainedVm, box: Box, say: Say): Promise<Measured> {
  let found = NOTHING;
  try {
    // A guest without an operating system has ended before it could be asked.
    if (name !== 'vm-floor') found = { ...found, devices: await countedDevices(box, say) };
    found = { ...found, readyMs: await medianReadyMs(box, STARTS[name], say) };
    return { ...found, phases: await phasesOf(name, box, say) };
  } catch (error) {
    if (!(error instanceof StartFailure)) throw error;
    return { ...found, failure: error.message };
  }
}

async function countedDevices(box: Box, say: Say): Promise<VmExplanation['devices']> {
  say('its devices');
  return counted((await devicesOf(box)).map(({ type }) => type));
}

async function containerBeside(image: Image, say: Say): Promise<VmExplanation['container']> {
  if ((await containerRuntime.availability()).state === 'unavailable') return null;
  const box = await containerRuntime.prepare(image, OPTIONS);
  try {
    const steps = box.plan({ what: 'workload', then: 'exit', account: false }).length;
    return { readyMs: await medianReadyMs(box, 20, (what) => say(`container, ${what}`)), steps };
  } finally {
    await box.close();
  }
}

/** @throws {TareError} when this host cannot start it */
export async function vmExplanation(name: ExplainedVm, { measure, image: wanted = name === 'vm-full' ? 'web' : 'tiny', beside, say }: VmWish): Promise<VmExplanation> {
  const image = await loadImage(wanted);
  const box = await open(name, image, say);
  try {
    if (box.accelerator === null) throw new TareError('host', `${name} has no accelerator`, 'this is a fault of tare: please report it');
    const { arguments: words, parameters } = box.explain();
    const { readyMs, phases, devices, failure } = measure ? await measured(name, box, say) : NOTHING;
    return {
      name,
      image: wanted,
      summary: SUMMARIES[name],
      emulated: box.accelerator === 'tcg',
      acceleratorReason: box.acceleratorReason ?? '',
      failure,
      readyMs,
      starts: readyMs === null ? 0 : STARTS[name],
      phases,
      arguments: words.map((argument) => ({ words: argument.words.join(' '), why: argument.why })),
      parameters: parameters.map(({ word, why }) => ({ word, why })),
      devices,
      container: measure && beside ? await containerBeside(image, say) : null,
    };
  } finally {
    await box.close();
  }
}

const SUMMARIES: Readonly<Record<ExplainedVm, string>> = {
  'vm-floor': 'A machine without any software but one instruction that says that it is there: what the hypervisor costs by itself.',
  'vm-micro': 'The best that a stock kernel does: no firmware to speak of, no boot loader, no disk, a kernel that is told to skip what nobody needs.',
  'vm-restore': 'A machine that was booted beforehand and saved: it goes on where it stood.',
  'vm-full': 'A computer as one buys it, imitated: it is switched on, looks for a disk, loads an operating system and starts its services.',
};
