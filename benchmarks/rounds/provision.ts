/** Makes the boxes ready, once and before the first sample; what cannot be had is said, with its reason. */
import { performance } from 'node:perf_hooks';
import { TareError } from '../../runtime/errors.ts';
import type { Image } from '../../runtime/image/image.ts';
import type { Box, BoxOptions, Runtime } from '../../runtime/runtime.ts';
import { execCommand } from '../../runtime/steps.ts';
import { ASK_WITNESS, hostBootId, witnessOf, type Witness } from '../../runtime/witness.ts';
import { systemCall } from '../../runtime/system-call.ts';
import type { PlannedRuntime } from '../plan/plan.ts';
import type { RunOptionsEntry, RuntimeEntry } from '../result/schema.ts';

export type Provisioned =
  | { readonly state: 'ready'; readonly box: Box; readonly entry: RuntimeEntry }
  | { readonly state: 'unavailable'; readonly entry: RuntimeEntry; readonly reason: string; readonly remedy: string };

/** @param runtime `undefined` when no runtime of that name is known here */
export async function provision(planned: PlannedRuntime, runtime: Runtime | undefined, image: Image, options: BoxOptions & Pick<RunOptionsEntry, 'twins'>): Promise<Provisioned> {
  const provisioned = await provisionBox(planned, runtime, image, options);
  const twin = options.twins?.[planned.id];
  return twin === undefined ? provisioned : { ...provisioned, entry: { ...provisioned.entry, twinOf: twin.of } };
}

async function provisionBox(planned: PlannedRuntime, runtime: Runtime | undefined, image: Image, options: BoxOptions): Promise<Provisioned> {
  if (runtime === undefined) {
    return unavailable(planned, undefined, `there is no runtime "${planned.runtime ?? planned.id}" here`, 'tare doctor lists those there are');
  }
  const began = performance.now();
  let box: Box | null = null;
  try {
    const available = await runtime.availability();
    if (available.state === 'unavailable') return unavailable(planned, runtime, available.reason, available.remedy);
    box = await runtime.prepare(image, options);
    const provisionMs = performance.now() - began;
    const seen = runtime.rung === undefined && box.shell === true ? await askWitness(box) : null;
    return { state: 'ready', box, entry: { ...(await describeBox(planned, runtime, box, provisionMs)), ...(seen === null ? {} : { witness: seen }) } };
  } catch (error) {
    await box?.close();
    const remedy = error instanceof TareError ? error.remedy : 'report this as a bug of tare';
    return unavailable(planned, runtime, error instanceof Error ? error.message : String(error), remedy);
  }
}

async function describeBox(planned: PlannedRuntime, runtime: Runtime, box: Box, provisionMs: number): Promise<RuntimeEntry> {
  const plan = box.plan({ what: 'workload', then: 'exit', account: false });
  return {
    id: planned.id,
    runtime: runtime.name,
    kind: box.kind,
    summary: runtime.summary,
    ...(runtime.rung === undefined ? {} : { rung: runtime.rung }),
    ...(Object.keys(box.unmeasurable ?? {}).length === 0 ? {} : { unmeasurable: { ...box.unmeasurable } }),
    ...(box.readyBy === undefined ? {} : { readyBy: box.readyBy }),
    ...(box.reach === undefined ? {} : { reach: { ...box.reach } }),
    state: { state: 'measured' },
    accelerator: box.accelerator,
    emulated: box.accelerator === 'tcg',
    acceleratorReason: box.acceleratorReason ?? null,
    versions: { ...box.versions },
    command: box.kind === 'vm' ? [...execCommand(plan)] : [],
    plan: plan.map((step) => ({ op: step.op, label: step.label, why: step.why, text: systemCall(step) })),
    configuredMemoryBytes: box.configuredMemoryBytes,
    provisionMs,
    disk: (await box.disk()).map((item) => ({ ...item })),
  };
}

/** A shell that has not answered by then is not waited for: it is an extra. */
const WITNESS_MS = 20_000;

/** @returns null when it did not answer; a figure's box is not lost for that */
async function askWitness(box: Box): Promise<Witness | null> {
  try {
    const instance = await box.start(ASK_WITNESS);
    const timer = setTimeout(() => void instance.stop().catch(() => undefined), WITNESS_MS);
    const { output } = await instance.ended;
    clearTimeout(timer);
    return witnessOf(output, hostBootId());
  } catch {
    return null;
  }
}

function unavailable(planned: PlannedRuntime, runtime: Runtime | undefined, reason: string, remedy: string): Provisioned {
  const entry: RuntimeEntry = {
    id: planned.id,
    runtime: planned.runtime ?? planned.id,
    kind: planned.kind,
    summary: runtime?.summary ?? '',
    ...(runtime?.rung === undefined ? {} : { rung: runtime.rung }),
    state: { state: 'unavailable', reason, remedy },
    accelerator: null,
    emulated: false,
    acceleratorReason: null,
    versions: {},
    command: [],
    plan: [],
    configuredMemoryBytes: null,
    provisionMs: null,
    disk: [],
  };
  return { state: 'unavailable', entry, reason, remedy };
}
