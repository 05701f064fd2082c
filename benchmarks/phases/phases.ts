/** What a start consists of, part by part: of starts of their own, since telling may cost time. */
import { PHASES, type PhaseName } from '../../runtime/phases.ts';
import { metric, type Benchmark } from '../benchmark.ts';
import type { Metric } from '../result/schema.ts';
import { relativeTimeline } from '../rounds/timeline.ts';

const TEXTS: Readonly<Record<PhaseName, { readonly title: string; readonly definition: string }>> = {
  runtime: { title: 'container runtime', definition: 'From the request until the workload’s exec, of what is made by a plan: a process, a container.' },
  qemu: { title: 'QEMU', definition: 'From the request until the machine’s first word: QEMU’s own start, its devices, its memory. Of a machine that boots nothing, all of its start.' },
  firmware: { title: 'firmware', definition: 'From the firmware’s first word until it hands over to the boot sector.' },
  'boot loader': { title: 'boot loader', definition: 'From there until the kernel’s own clock starts: kernel and initramfs are read from the disk and unpacked.' },
  kernel: { title: 'kernel', definition: 'From there until the first program: of the initramfs where there is one that does more than hold the files.' },
  initramfs: { title: 'initramfs', definition: 'From the initramfs’s first program until init on the root file system.' },
  init: { title: 'init', definition: 'From init’s first act until services may start.' },
  service: { title: 'service', definition: 'From there, or from the exec, until the workload’s first byte arrives.' },
};

/** Names in a result have no spaces. */
function named(phase: PhaseName): string {
  return phase.replace(' ', '-');
}

const METRICS: readonly Metric[] = PHASES.map((phase) => ({
  ...metric('phases', named(phase), { ...TEXTS[phase], unit: 'ms', anchor: 'phases', primary: phase === 'service' }),
  // No box has all of them.
  sparse: true,
}));

export const phases: Benchmark = {
  name: 'phases',
  title: 'Parts of a start',
  timedBy: null,
  warmup: false,
  cost: { starts: 1, stops: 0, settles: 0, otherMs: 0 },
  metrics: METRICS,

  async take(box, attempt) {
    const instance = await attempt.start({ what: 'workload', then: 'exit', account: true, telling: true });
    await attempt.ended();
    const told = box.phases?.(instance) ?? [];
    return { values: Object.fromEntries(told.map(({ name, milliseconds }) => [named(name), milliseconds])), timeline: relativeTimeline(instance.timeline) };
  },
};
