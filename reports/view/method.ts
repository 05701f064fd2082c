/** How the run was made, as terms and their values: what a reader needs who doubts it, or repeats it. */
import type { ResultDocument } from '../../benchmarks/result/schema.ts';
import { digits, quantityText } from './numbers.ts';

type Fact = readonly [term: string, value: string];

function percent(share: number): string {
  return `${digits(share * 100)} %`;
}

function thinning({ every, withoutWarmup = [], skipped = {} }: ResultDocument['run']['options']): Fact[] {
  const said = [
    ...Object.entries(every).map(([runtime, step]) => `${runtime} in every ${step}th round`),
    ...withoutWarmup.map((runtime) => `${runtime} without warm-up`),
    ...Object.entries(skipped).map(([runtime, benchmarks]) => `${runtime} not by ${benchmarks.join(', ')}`),
  ];
  return said.length === 0 ? [] : [['visited less often', said.join('; ')]];
}

function deadlines({ deadlineMs, deadlines: own = {} }: ResultDocument['run']['options']): Fact {
  return ['deadline of a start', [quantityText('ms', deadlineMs), ...Object.entries(own).map(([runtime, ms]) => `${runtime} ${quantityText('ms', ms)}`)].join('; ')];
}

function pairs({ twins = {} }: ResultDocument['run']['options']): Fact[] {
  const names = [...new Set(Object.values(twins).map(({ of }) => of))];
  return names.length === 0 ? [] : [['entered twice, to see the noise', names.join(', ')]];
}

function pilotFacts({ pilot }: ResultDocument['run']): Fact[] {
  if (pilot === undefined) return [];
  const each = pilot.runtimes.map(({ runtime, halfWidth, needed, planned }) => `${runtime} ±${halfWidth === null ? '?' : percent(halfWidth)}, needs ${needed ?? 'more than could be told'}, planned ${planned}`);
  return [['number of rounds', `fixed before the run by a pilot of ${pilot.starts} starts each, for medians of ${pilot.benchmark} to ±${percent(pilot.target)}: ${pilot.rounds} rounds (at most ${pilot.most}). ${each.join('; ')}`]];
}

function historyFacts({ like, resumed = [] }: ResultDocument['run']): Fact[] {
  const facts: Fact[] = resumed.map(({ resumedAt, samples, pausedMs, tornBytes }) => ['went on', `${resumedAt}, ${quantityText('ms', pausedMs)} after it had broken off, with ${samples} samples safe${tornBytes > 0 ? ' and one in flight lost' : ''}`]);
  if (like === undefined) return facts;
  const differs = like.differences.map(({ what, there, here }) => `${what}: ${there} there, ${here} here`).join('; ');
  return [...facts, ['repeats', `run ${like.id} of ${like.startedAt.slice(0, 10)}; ${differs === '' ? 'nothing that was looked at differs' : `what differs: ${differs}`}`]];
}

/** Terms in the order in which a reader asks for them. */
export function methodFacts({ run, image }: ResultDocument): Fact[] {
  const { options, harness, origins = {} } = run;
  return [
    ['profile', options.profile],
    ['rounds', Object.entries(options.rounds).map(([benchmark, rounds]) => `${benchmark} ${rounds}`).join(', ')],
    ...pilotFacts(run),
    ...thinning(options),
    ...pairs(options),
    ['seed', options.seed],
    ['memory of a box', quantityText('bytes', options.memoryBytes)],
    ['processors of a box', String(options.cpus)],
    ...(options.machine === undefined ? [] : [['machine of vm-micro', options.machine] as const]),
    ...(options.budgetBytes === undefined ? [] : [['memory for crowds', quantityText('bytes', options.budgetBytes)] as const]),
    ['settling before memory is read', quantityText('ms', options.settleMs)],
    deadlines(options),
    ...(harness === undefined ? [] : [['the harness’s own time', `${quantityText('ms', harness.betweenMs)} between two visits (median of ${harness.visits})`] as const]),
    ['image', `${image.name} ${image.digest.slice(0, 12)}: ${image.layers.map((layer) => `${layer.name} ${quantityText('bytes', layer.allocatedBytes)}`).join(', ')}`],
    ['guest kernel', `${image.kernel.release} (${image.kernel.from})`],
    ['building the image', `${quantityText('ms', image.provision.milliseconds)}, once, not part of any start`],
    ...historyFacts(run),
    ...(Object.keys(origins).length === 0 ? [] : [['options from', Object.entries(origins).map(([option, from]) => `${option} ${from}`).join(', ')] as const]),
  ];
}
