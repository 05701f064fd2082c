/** The pilot: a few starts of every runtime, before the run and apart from it, to learn how much they scatter. */
import { performance } from 'node:perf_hooks';
import { TareError } from '../runtime/errors.ts';
import { closeBoxes, prepareBoxes, type Boxes, type BoxRequest } from './boxes.ts';
import { roundsFor, type PilotSeries } from './plan/pilot.ts';
import { planRun, type RunOptions, type RunPlan } from './plan/plan.ts';
import { PROFILES, type PilotWish, type Profile } from './profiles.ts';
import { RunRecord } from './record.ts';
import type { Pilot } from './result/origin.ts';
import { takeRounds } from './rounds/rounds.ts';

/** What of a run a pilot fixes; `null` when its numbers are given, or its profile has no pilot. */
export function pilotOf(plan: RunPlan, wish: RunOptions): PilotWish | null {
  const profile: Profile = PROFILES[wish.profile ?? 'quick'];
  const { pilot } = profile;
  if (pilot === undefined || !plan.options.benchmarks.includes(pilot.benchmark)) return null;
  return wish.samples === undefined && wish.rounds?.[pilot.benchmark] === undefined ? pilot : null;
}

/** Each runtime as often as the pilot wants it, whatever the run will do; a slow one less often. */
export function planPilot(pilot: PilotWish, plan: RunPlan, wish: RunOptions): RunPlan {
  const often = Math.max(1, Math.floor(pilot.starts / pilot.leastStarts));
  const every = Object.fromEntries(plan.options.runtimes.map((id) => [id, Math.min(often, plan.options.every[id] ?? 1)]));
  return planRun({ ...wish, benchmarks: [pilot.benchmark], rounds: { [pilot.benchmark]: pilot.starts }, every, seed: `${plan.options.seed} pilot`, aa: false, rungs: [] });
}

/**
 * Makes the pilot's starts. Nothing of them is kept but the figures that it returns.
 * @throws {TareError} `interrupted`; `host` when no runtime can be measured
 */
export async function takePilot(pilot: PilotWish, plan: RunPlan, wish: RunOptions, request: Omit<BoxRequest, 'plan'>): Promise<Pilot> {
  const began = performance.now();
  const small = planPilot(pilot, plan, wish);
  const record = new RunRecord(small, { append: async () => undefined }, request.on);
  const boxes: Boxes = new Map();
  try {
    await prepareBoxes({ ...request, plan: small }, record, boxes);
    await takeRounds(small, boxes, record, request.signal);
  } finally {
    await closeBoxes(boxes, record);
  }
  if (request.signal.aborted) throw new TareError('interrupted', 'interrupted in the pilot, before the run: nothing was kept', '');
  const series = small.options.runtimes.filter((id) => boxes.has(id)).map((id) => seriesOf(pilot, record, id, plan.options.every[id] ?? 1));
  const most = plan.options.rounds[pilot.benchmark] ?? pilot.least;
  const { rounds, runtimes } = roundsFor(pilot, series, most, plan.options.seed);
  return { benchmark: pilot.benchmark, metric: pilot.metric, starts: pilot.starts, target: pilot.target, most, rounds, durationMs: performance.now() - began, runtimes };
}

function seriesOf({ metric }: PilotWish, { fold }: RunRecord, runtime: string, every: number): PilotSeries {
  const samples = fold.samples.filter((sample) => sample.runtime === runtime);
  const values = samples.flatMap((sample) => (sample.outcome === 'ok' ? (sample.values[metric] ?? []) : []));
  return { runtime, values, failed: samples.length - values.length, every };
}
