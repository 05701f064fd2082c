/** A plan for people, before anything is started, and the same as data. */
import { climbs } from '../../benchmarks/catalogue.ts';
import { planDigest } from '../../benchmarks/journal/taken.ts';
import type { PilotWish } from '../../benchmarks/profiles.ts';
import type { Difference } from '../../benchmarks/result/origin.ts';
import type { RunPlan } from '../../benchmarks/run.ts';
import type { Unfinished } from '../../benchmarks/resume.ts';
import { durationText } from '../progress.ts';
import { likeLines } from './like-text.ts';

/** What there is to be said besides the plan. */
export interface PlanMore {
  /** "run nightly of tare.config.json": where options came from. */
  readonly from?: string;
  /** It will fix a number of rounds; those in the plan are the most that there can be. */
  readonly pilot?: { readonly wish: PilotWish; readonly plan: RunPlan } | null;
  readonly like?: { readonly id: string; readonly differences: readonly Difference[] };
  readonly unfinished?: Unfinished;
}

export function planText(plan: RunPlan, more: PlanMore = {}): string {
  const { pilot = null, unfinished } = more;
  const lines = plan.benchmarks.map(({ benchmark, rounds }) => {
    const measured = rounds.filter(({ warmup }) => !warmup);
    const most = pilot?.wish.benchmark === benchmark ? 'at most ' : '';
    const visited = measured[0]?.order.length ?? 0;
    return `  ${benchmark.padEnd(12)} ${`${most}${measured.length}`.padStart(5)} ${measured.length === 1 ? 'round' : 'rounds'} of ${visited} ${climbs(benchmark) ? 'rung' : 'runtime'}${visited === 1 ? '' : 's'}`;
  });
  return [
    `profile ${plan.options.profile}, seed ${plan.options.seed}${more.from === undefined ? '' : `, options from ${more.from}`}`,
    ...(more.like === undefined ? [] : likeLines(more.like)),
    ...(pilot === null ? [] : [`  pilot        ${String(pilot.wish.starts).padStart(5)} starts, about ${durationText(pilot.plan.expectedMs)}: their spread tells how many`, `                     rounds of ${pilot.wish.benchmark} give ±${pilot.wish.target * 100} % of the median`]),
    ...lines,
    ...(unfinished === undefined ? [] : [`  ${unfinished.taken.samples} samples are there already${unfinished.tornBytes > 0 ? ', and one that was cut short' : ''}: ${plan.samples - unfinished.taken.samples} are left`]),
    `  ${plan.samples} samples, ${pilot === null ? 'about' : 'at most about'} ${durationText(plan.expectedMs + (pilot?.plan.expectedMs ?? 0))}`,
    ...(plan.options.accelerator !== 'kvm' && plan.runtimes.some(({ kind }) => kind === 'vm') ? ['  (machines counted as emulated; --accelerator kvm: as real ones)'] : []),
    '',
  ].join('\n');
}

/** The whole plan, every visit in its order. */
export function planJson(plan: RunPlan, { from, pilot = null, like, unfinished }: PlanMore = {}): string {
  const document = {
    format: 'tare-plan',
    ...(from === undefined ? {} : { from }),
    ...(like === undefined ? {} : { like }),
    ...(pilot === null ? {} : { pilot: { ...pilot.wish, expectedMs: pilot.plan.expectedMs } }),
    ...(unfinished === undefined ? {} : { taken: unfinished.taken.samples, tornBytes: unfinished.tornBytes }),
    samples: plan.samples,
    expectedMs: plan.expectedMs,
    digest: planDigest(plan),
    options: plan.options,
    runtimes: plan.runtimes,
    benchmarks: plan.benchmarks,
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
