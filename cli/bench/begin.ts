/** A run of one's own: from options to a plan, perhaps by way of a pilot, to a result. */
import { findConfiguredRun } from '../../benchmarks/config/find.ts';
import { pilotOf, planPilot, takePilot } from '../../benchmarks/pilot.ts';
import { planRun, runBench, type RunPlan } from '../../benchmarks/run.ts';
import type { Pilot } from '../../benchmarks/result/origin.ts';
import { availableRuntimes } from '../choose.ts';
import { durationText } from '../progress.ts';
import { repeatable } from './command-line.ts';
import { flagOf, textOf } from './given.ts';
import type { BenchArguments } from './options.ts';
import { outDirectory } from './out.ts';
import { planJson, planText } from './plan-text.ts';
import { setScene } from './scene.ts';
import { Settings } from './settings.ts';
import { tell } from './tell.ts';
import { wishOf } from './wish.ts';

/** @throws {TareError} `usage` before anything is done; what `runBench` throws */
export async function begin(argv: BenchArguments): Promise<void> {
  const configured = await findConfiguredRun({ file: textOf(argv, 'config'), run: textOf(argv, 'run'), directory: process.cwd() });
  const settings = new Settings(argv, configured);
  const { options, image, runtimes } = wishOf(settings, await availableRuntimes());
  const most = planRun(options);
  const wish = { ...options, seed: most.options.seed };
  const pilotWish = pilotOf(most, wish);
  const more = { ...(configured === null ? {} : { from: configured.from }), pilot: pilotWish === null ? null : { wish: pilotWish, plan: planPilot(pilotWish, most, wish) } };
  const out = outDirectory(argv);
  if (flagOf(argv, 'dry-run') === true) {
    process.stdout.write(flagOf(argv, 'json') === true ? planJson(most, more) : planText(most, more));
    return;
  }
  const scene = await setScene(image.name, settings.flag('hostname'));
  const { display, signal } = scene;
  if (configured !== null) display.say(`options from ${configured.from}`);
  let plan = most;
  let pilot: Pilot | null = null;
  if (pilotWish !== null) {
    display.say(`pilot: ${pilotWish.starts} starts of each runtime; how many the run takes follows from their spread`);
    pilot = await takePilot(pilotWish, most, wish, { runtimes, image: scene.image, signal, on: (event) => display.show(event) });
    plan = planRun({ ...wish, rounds: { ...wish.rounds, [pilot.benchmark]: pilot.rounds } });
    for (const line of pilotLines(pilot)) display.say(line);
  }
  display.say(promise(plan));
  const result = await runBench({
    ...scene,
    plan,
    runtimes,
    command: repeatable(plan, image.name),
    origins: settings.origins(),
    ...(pilot === null ? {} : { pilot }),
    outDirectory: out,
    on: (event) => display.show(event),
  });
  const asked = settings.has('runtimes') || (settings.text('accelerator') ?? 'auto') !== 'auto';
  await tell({ argv, result, directory: out, images: settings.flag('images'), asked });
}

export function promise(plan: RunPlan): string {
  return `profile ${plan.options.profile}: ${plan.samples} samples of ${plan.options.runtimes.length} runtimes, about ${durationText(plan.expectedMs)}`;
}

function pilotLines({ benchmark, rounds, target, runtimes }: Pilot): string[] {
  const percent = (share: number): string => `±${(share * 100).toFixed(1)} %`;
  return [
    `${rounds} rounds of ${benchmark}, fixed for ±${target * 100} % of the median:`,
    ...runtimes.map(({ runtime, n, halfWidth, needed, planned }) =>
      halfWidth === null || needed === null ? `  ${runtime}: too few good starts to tell` : `  ${runtime}: ${percent(halfWidth)} after ${n} starts, so ${needed} are needed; ${planned} are planned${planned < needed ? ', the most that the profile has time for' : ''}`,
    ),
  ];
}
