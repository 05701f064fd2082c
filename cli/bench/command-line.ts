/** The command line that repeats a run: the seed spelled out, the output's place left open. */
import { chooseTwins } from '../../benchmarks/noise/twins.ts';
import { PROFILES, usualRounds, type ProfileName, type Thinning } from '../../benchmarks/profiles.ts';
import type { RunPlan } from '../../benchmarks/run.ts';

export function repeatable(plan: RunPlan, image: string): string[] {
  const { options: chosen } = plan;
  return [
    'tare', 'bench', '--profile', chosen.profile, ...(image === 'tiny' ? [] : ['--image', image]), '--benchmarks', chosen.benchmarks.join(','), '--runtimes', chosen.runtimes.join(','),
    ...samplesOption(plan), ...everyOption(plan), '--seed', chosen.seed, '--memory', String(chosen.memoryBytes), '--cpus', String(chosen.cpus),
    '--accelerator', chosen.accelerator, ...(chosen.machine === undefined ? [] : ['--machine', chosen.machine]),
    ...(chosen.budgetBytes === undefined ? [] : ['--budget', String(chosen.budgetBytes)]), ...aaOption(plan),
    ...(chosen.deadlines === undefined ? ['--deadline', String(chosen.deadlineMs / 1000)] : []), '--gap', String(chosen.gapMs), '--settle', String(chosen.settleMs),
  ];
}

/** Which runtimes are entered twice: said where it is not what the profile does by itself. */
function aaOption({ options: { profile, runtimes, benchmarks, every, twins } }: RunPlan): string[] {
  if (twins === undefined) return ['--no-aa'];
  const usual = chooseTwins({ profile: profile as ProfileName, aa: true, runtimes, benchmarks, every });
  return JSON.stringify(usual) === JSON.stringify(twins) ? [] : ['--aa', Object.values(twins).map(({ of }) => of).join(',')];
}

/** What is not as the profile has it; a number that a pilot found is always said, so that no other is found instead. */
function samplesOption({ options: { profile, rounds }, serves }: RunPlan): string[] {
  const { asked, ...rest } = PROFILES[profile as ProfileName];
  const usual: Readonly<Record<string, number>> = usualRounds(profile as ProfileName, serves);
  const ofProfile = (name: string): number => usual[name] || asked;
  const changed = Object.entries(rounds).filter(([name, count]) => ofProfile(name) !== count || ('pilot' in rest && rest.pilot.benchmark === name));
  if (changed.length === 0) return [];
  const counts = new Set(Object.values(rounds));
  const [only] = counts;
  return ['--samples', counts.size === 1 && !('pilot' in rest) ? String(only) : changed.map(([name, count]) => `${name}=${count}`).join(',')];
}

/** Of each runtime in which rounds it is visited, where that is not what the profile says. */
function everyOption({ options: { profile, runtimes, every } }: RunPlan): string[] {
  const thinned: Readonly<Record<string, Thinning>> = PROFILES[profile as ProfileName].thinned;
  const changed = runtimes.filter((name) => (every[name] ?? 1) !== (thinned[name]?.every ?? 1));
  return changed.length === 0 ? [] : ['--every', changed.map((name) => `${name}=${every[name] ?? 1}`).join(',')];
}
