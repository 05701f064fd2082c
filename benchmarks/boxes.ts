/** The boxes of a run: made ready before its first sample, put away after its last. */
import { TareError } from '../runtime/errors.ts';
import type { Image } from '../runtime/image/image.ts';
import type { Box, BoxOptions, Runtime } from '../runtime/runtime.ts';
import { runtimeDifferences } from './circumstances.ts';
import type { RunEvent } from './events.ts';
import { nameOf, type PlannedRuntime, type RunPlan } from './plan/plan.ts';
import type { RunRecord } from './record.ts';
import { provision } from './rounds/provision.ts';

export interface BoxRequest {
  readonly plan: RunPlan;
  /** Those the plan names, found by their names; more do no harm. */
  readonly runtimes: readonly Runtime[];
  readonly image: Image;
  readonly signal: AbortSignal;
  readonly on: (event: RunEvent) => void;
}

/** Id → box. */
export type Boxes = Map<string, Box>;

function optionsFor({ id }: PlannedRuntime, { plan, signal, on }: Pick<BoxRequest, 'plan' | 'signal' | 'on'>): RunPlan['options'] & Pick<BoxOptions, 'signal' | 'say'> {
  return { ...plan.options, signal, say: (text) => on({ type: 'provision-step', runtime: id, text }) };
}

/**
 * Makes those ready that were not looked at yet.
 * @param boxes those that are ready; filled in as it goes, so that whatever happens all can be closed
 * @throws {TareError} `host` when none can be measured
 */
export async function prepareBoxes({ plan, runtimes, image, signal, on }: BoxRequest, record: RunRecord, boxes: Boxes): Promise<void> {
  const reasons: string[] = [];
  const remedies = new Set<string>();
  for (const [index, planned] of plan.runtimes.entries()) {
    if (signal.aborted) return;
    if (record.standing.entryOf(planned.id) !== null) continue;
    on({ type: 'provision-start', runtime: planned.id, index, count: plan.runtimes.length });
    const provisioned = await provision(planned, runtimes.find(({ name }) => name === nameOf(planned)), image, optionsFor(planned, { plan, signal, on }));
    if (provisioned.state === 'ready') boxes.set(planned.id, provisioned.box);
    if (provisioned.state === 'unavailable') {
      reasons.push(`${planned.id}: ${provisioned.reason}`);
      remedies.add(provisioned.remedy);
    }
    await record.provisioned(provisioned.entry);
  }
  if (boxes.size === 0 && reasons.length > 0) throw new TareError('host', `no runtime can be measured here: ${reasons.join('; ')}`, [...remedies].join('; '));
}

/**
 * Makes those ready again that a run that goes on has still to visit. Says nothing to the journal.
 * @throws {TareError} `host` for one that is not what it was: its samples would mix two things
 */
export async function prepareAgain({ plan, runtimes, image, signal, on }: BoxRequest, record: RunRecord, boxes: Boxes): Promise<void> {
  for (const [index, planned] of plan.runtimes.entries()) {
    const earlier = record.standing.entryOf(planned.id);
    if (signal.aborted) return;
    if (earlier === null || !plan.benchmarks.some(({ benchmark }) => record.standing.missing(benchmark, planned.id) > 0)) continue;
    on({ type: 'provision-start', runtime: planned.id, index, count: plan.runtimes.length });
    const provisioned = await provision(planned, runtimes.find(({ name }) => name === nameOf(planned)), image, optionsFor(planned, { plan, signal, on }));
    if (provisioned.state === 'ready') boxes.set(planned.id, provisioned.box);
    const [changed] = runtimeDifferences([earlier], [provisioned.entry]);
    if (changed === undefined) continue;
    const remedy = provisioned.state === 'unavailable' ? `${provisioned.remedy}; then resume again` : 'bring back what was there, or measure anew in another directory';
    throw new TareError('host', `the run cannot go on: ${changed.what} was ${changed.there} when it began, and is ${changed.here} now`, remedy);
  }
}

/** What cannot be put away is a warning of the run, and keeps no other from being put away. */
export async function closeBoxes(boxes: Boxes, record: RunRecord): Promise<void> {
  for (const [id, box] of boxes) {
    try {
      await box.close();
    } catch (error) {
      await record.warn({
        id: 'leftovers',
        symptom: `${id} could not be put away cleanly.`,
        cause: error instanceof Error ? error.message : String(error),
        remedy: 'tare clean',
      });
    }
  }
}
