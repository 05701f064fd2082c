/** A run of any length whose figures are made up: for finding out how the suite itself grows. Never shown as measured. */
import { fakeHost } from '../../runtime/fake/host.ts';
import { fakeImage } from '../../runtime/fake/image.ts';
import type { Kind } from '../../runtime/runtime.ts';
import { metricsOf } from '../catalogue.ts';
import type { Visit } from '../events.ts';
import type { JournalHeader } from '../journal/record.ts';
import { planRun, type RunPlan } from '../plan/plan.ts';
import { normal } from '../random/gamma.ts';
import { stream, type Stream } from '../random/stream.ts';
import { imageEntry } from '../result/image.ts';
import { SCHEMA_VERSION, type Outcome, type RuntimeEntry } from '../result/schema.ts';
import { hostEntry } from '../run.ts';

/** As many steps as a start of each has. */
const BOXES: readonly { readonly id: string; readonly kind: Kind; readonly readyMs: number; readonly steps: number }[] = [
  { id: 'process', kind: 'process', readyMs: 0.5, steps: 1 },
  { id: 'container', kind: 'container', readyMs: 2, steps: 24 },
  { id: 'vm-floor', kind: 'vm', readyMs: 28, steps: 4 },
  { id: 'vm-micro', kind: 'vm', readyMs: 1300, steps: 8 },
];

export function planned(samples: number): RunPlan {
  return planRun({ runtimes: BOXES.map(({ id, kind }) => ({ id, kind })), benchmarks: ['startup'], samples: Math.ceil(samples / BOXES.length), seed: 'scale' });
}

export function headerOf(plan: RunPlan): JournalHeader {
  return {
    record: 'run',
    format: 'tare-journal',
    schemaVersion: SCHEMA_VERSION,
    tare: { version: '0.0.0', commit: null },
    id: 'scale',
    startedAt: new Date(0).toISOString(),
    command: [],
    conditions: { loadAverage1: null, swapUsedBytes: null },
    options: plan.options,
    host: hostEntry(fakeHost()),
    image: imageEntry(fakeImage()),
    metrics: [...metricsOf(plan.options.benchmarks)],
  };
}

export function runtimeEntry(id: string): RuntimeEntry {
  const kind = BOXES.find((box) => box.id === id)?.kind ?? 'vm';
  return { id, runtime: id, kind, summary: '', state: { state: 'measured' }, accelerator: null, emulated: false, acceleratorReason: null, versions: {}, command: [], plan: [], configuredMemoryBytes: null, provisionMs: 1, disk: [] };
}

/** One after the other, so that no more of them than one is there at a time. */
export function* visits(samples: number): Generator<{ readonly visit: Visit; readonly outcome: Outcome }> {
  const from = stream('scale');
  const rounds = Math.ceil(samples / BOXES.length);
  for (let index = 0; index < samples; index++) {
    const order = index % BOXES.length;
    const box = BOXES[order] as (typeof BOXES)[number];
    yield { visit: { benchmark: 'startup', runtime: box.id, round: Math.floor(index / BOXES.length), rounds, order, warmup: false }, outcome: started(box, from) };
  }
}

function started({ readyMs, steps }: (typeof BOXES)[number], from: Stream): Outcome {
  // Stamps are of whole nanoseconds.
  const stamp = (ms: number): number => Math.round(ms * 1e6) / 1e6;
  const ready = stamp(readyMs * Math.exp(normal(from) / 10));
  const lifecycle = stamp(ready * 1.2);
  const timeline = Array.from({ length: steps }, (_, step) => ({ label: `step ${step} of a start`, ms: stamp((ready * (step + 1)) / (steps + 1)) }));
  return { outcome: 'ok', values: { ready, lifecycle }, timeline: [...timeline, { label: 'ready', ms: ready }, { label: 'exited', ms: stamp(ready * 1.1) }, { label: 'cleaned', ms: lifecycle }] };
}
