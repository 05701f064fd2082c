/** `tare bench`: the main job. Choose runtimes, plan, run, report. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CommandModule } from 'yargs';
import { BENCHMARK_NAMES, climbs } from '../../benchmarks/catalogue.ts';
import { PROFILES, type ProfileName } from '../../benchmarks/profiles.ts';
import { planRun, runBench, type RunPlan } from '../../benchmarks/run.ts';
import type { ResultDocument } from '../../benchmarks/result/schema.ts';
import { shellLine } from '../../reports/view/shell.ts';
import { writeReport, type WrittenReport } from '../../reports/write.ts';
import type { Recipe } from '../../fixtures/images/recipe.ts';
import { findRecipe, imageNames } from '../../runtime/image/load.ts';
import { fakeImage } from '../../runtime/fake/image.ts';
import { hostFacts } from '../../runtime/host/facts.ts';
import { buildImage } from '../../runtime/image/build.ts';
import { everyRuntime, runtimeNames } from '../../runtime/registry.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { MACHINE_NAMES, machineNamed } from '../../runtime/vm/qemu/machines.ts';
import { availableRuntimes } from '../choose.ts';
import { EXIT } from '../exit.ts';
import { interruptSignal } from '../interrupt.ts';
import { newDirectory } from '../output-directory.ts';
import { positiveNumber, sizeInBytes, wholeNumber } from '../numbers.ts';
import { durationText, ProgressDisplay } from '../progress.ts';
import { printReport, printTo } from '../print.ts';
import { chosenNames } from '../suggest.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export interface BenchArguments {
  profile: ProfileName;
  benchmarks: string[] | undefined;
  runtimes: string[] | undefined;
  samples: string | undefined;
  seed: string | undefined;
  out: string | undefined;
  memory: string;
  cpus: string;
  accelerator: 'auto' | 'kvm' | 'tcg';
  machine: string | undefined;
  deadline: string | undefined;
  gap: string | undefined;
  budget: string | undefined;
  settle: string | undefined;
  json: boolean;
  csv: string | undefined;
  markdown: string | undefined;
  'dry-run': boolean;
  hostname: boolean;
  images: boolean;
  image: string;
}

export const bench: CommandModule<object, BenchArguments> = {
  command: 'bench',
  describe: 'measure start-up, memory and disk of every box, and write the report',
  builder: (yargs) =>
    yargs
      .option('profile', { choices: Object.keys(PROFILES) as ProfileName[], default: 'quick' as const, describe: Object.values(PROFILES).map(({ name, summary }) => `${name}: ${summary}`).join('; ') })
      .option('benchmarks', { type: 'string', array: true, describe: `which, of: ${BENCHMARK_NAMES.join(', ')} (those the profile has time for; quick leaves out rate and all after disk)` })
      .option('runtimes', { type: 'string', array: true, describe: `which, of: ${runtimeNames(everyRuntime()).join(', ')} (${runtimeNames().join(', ')})` })
      .option('samples', { type: 'string', describe: 'rounds of every benchmark, in place of the profile’s' })
      .option('image', { type: 'string', default: 'tiny', describe: `what is in the boxes, of: ${imageNames().join(', ')}; web has a server` })
      .option('seed', { type: 'string', describe: 'fixes the order of the rounds (random, and recorded)' })
      .option('out', { type: 'string', describe: 'a directory for results, not yet there (reports/.generated/…)' })
      .option('memory', { type: 'string', default: '256M', describe: 'limit of a container, RAM of a virtual machine' })
      .option('cpus', { type: 'string', default: '1', describe: 'processors of a box' })
      .option('accelerator', { choices: ['auto', 'kvm', 'tcg'] as const, default: 'auto' as const, describe: 'auto proves KVM by running a guest' })
      .option('machine', { type: 'string', describe: `what the guest of vm-micro believes it runs on, of: ${MACHINE_NAMES.join(', ')} (${MACHINE_NAMES[0]})` })
      .option('deadline', { type: 'string', describe: 'seconds a start may take (30)' })
      .option('gap', { type: 'string', describe: 'idle milliseconds between starts (20)' })
      .option('budget', { type: 'string', describe: 'of the host’s memory, what the boxes of density may take (2G)' })
      .option('settle', { type: 'string', describe: 'milliseconds between ready and weighing (2100)' })
      .option('json', { type: 'boolean', default: false, describe: 'the result document on standard output' })
      .option('csv', { type: 'string', describe: 'samples as CSV into a file, or - for standard output' })
      .option('markdown', { type: 'string', describe: 'tables as Markdown into a file, or -' })
      .option('dry-run', { type: 'boolean', default: false, describe: 'show the plan and how long it takes; start nothing' })
      .option('images', { type: 'boolean', default: true, describe: 'charts as PNG and SVG too (--no-images: none)' })
      .option('hostname', { type: 'boolean', default: true, describe: 'the host’s name in the result (--no-hostname: left out)' })
      .example('sudo $0 bench', 'everything, in under four minutes')
      .example('sudo $0 bench --runtimes container,vm-micro --samples 60', 'sixty rounds of two boxes')
      .epilogue('Ctrl-C stops in good order and reports what was measured until then.'),
  handler: async (argv) => {
    const available = await availableRuntimes();
    const chosen = chooseRuntimes(argv, available);
    const rungs = chosen.some(({ name }) => name === 'container') && (climbsByName(argv) || process.getuid?.() === 0) ? available.rungs : [];
    const plan = planRun({ ...options(argv, chosen, rungs), serves: imageOf(argv).servicePort !== undefined });
    const runtimes = [...chosen, ...rungs];
    const out = outDirectory(argv);
    if (argv['dry-run']) {
      process.stdout.write(planText(plan));
      return;
    }
    const result = await measure(argv, plan, runtimes, out);
    const report = await writeReport(result, out, { images: argv.images });
    await tell(argv, result, report, out);
  },
};

function chooseRuntimes(argv: BenchArguments, { usual, all }: Awaited<ReturnType<typeof availableRuntimes>>): readonly Runtime[] {
  if (argv.runtimes === undefined) return usual;
  const names = chosenNames('runtimes', argv.runtimes, runtimeNames(all));
  return all.filter(({ name }) => names.includes(name));
}

/** @throws {TareError} `usage` for an image that nobody knows */
function imageOf(argv: BenchArguments): Recipe {
  return findRecipe(argv.image);
}

/** Whether the ladder was asked for: without root it is left out unless it was. */
function climbsByName(argv: BenchArguments): boolean {
  return argv.benchmarks?.some((names) => names.split(',').includes('ladder')) ?? false;
}

function options(argv: BenchArguments, runtimes: readonly Runtime[], rungs: readonly Runtime[]): Parameters<typeof planRun>[0] {
  return {
    runtimes: runtimes.map(({ name, kind, deadlineMs }) => ({ id: name, kind, ...(deadlineMs === undefined ? {} : { deadlineMs }) })),
    rungs: rungs.map(({ name, kind }) => ({ id: name, kind })),
    profile: argv.profile,
    benchmarks: argv.benchmarks === undefined ? undefined : chosenNames('benchmarks', argv.benchmarks, BENCHMARK_NAMES),
    samples: argv.samples === undefined ? undefined : wholeNumber('samples', argv.samples, 1),
    seed: argv.seed,
    memoryBytes: sizeInBytes('memory', argv.memory),
    cpus: positiveNumber('cpus', argv.cpus),
    accelerator: argv.accelerator,
    machine: argv.machine === undefined ? undefined : machineNamed(argv.machine),
    deadlineMs: argv.deadline === undefined ? undefined : positiveNumber('deadline', argv.deadline) * 1000,
    gapMs: argv.gap === undefined ? undefined : wholeNumber('gap', argv.gap, 0),
    budgetBytes: argv.budget === undefined ? undefined : sizeInBytes('budget', argv.budget),
    settleMs: argv.settle === undefined ? undefined : wholeNumber('settle', argv.settle, 0),
  };
}

/** A directory that is not yet there: results never mix. */
function outDirectory(argv: BenchArguments): string {
  if (argv.out !== undefined) return newDirectory('out', argv.out);
  const stamp = new Date().toISOString().replace(/[:-]/g, '').slice(0, 15);
  return join(ROOT, 'reports', '.generated', `${stamp}-${process.pid}`);
}

/** The command line that repeats this run: the seed spelled out, the output's place left open. */
function repeatable(plan: RunPlan, image: string): string[] {
  const { options: chosen } = plan;
  return [
    'tare', 'bench', '--profile', chosen.profile, ...(image === 'tiny' ? [] : ['--image', image]), '--benchmarks', chosen.benchmarks.join(','), '--runtimes', chosen.runtimes.join(','),
    ...samplesOption(plan), '--seed', chosen.seed, '--memory', String(chosen.memoryBytes), '--cpus', String(chosen.cpus),
    '--accelerator', chosen.accelerator, ...(chosen.machine === undefined ? [] : ['--machine', chosen.machine]), ...(chosen.deadlines === undefined ? ['--deadline', String(chosen.deadlineMs / 1000)] : []), ...(chosen.budgetBytes === undefined ? [] : ['--budget', String(chosen.budgetBytes)]), '--gap', String(chosen.gapMs), '--settle', String(chosen.settleMs),
  ];
}

function samplesOption({ options: { profile, rounds } }: RunPlan): string[] {
  const ofProfile: Readonly<Record<string, number>> = PROFILES[profile as ProfileName].rounds;
  const changed = Object.entries(rounds).find(([benchmark, count]) => ofProfile[benchmark] !== count);
  return changed === undefined ? [] : ['--samples', String(changed[1])];
}

function version(): { version: string; commit: string | null } {
  const { version: number } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  try {
    return { version: number, commit: execFileSync('git', ['-C', ROOT, 'rev-parse', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() };
  } catch {
    return { version: number, commit: null }; // a copy without history
  }
}

function planText(plan: RunPlan): string {
  const lines = plan.benchmarks.map(({ benchmark, rounds }) => {
    const measured = rounds.filter(({ warmup }) => !warmup);
    return `  ${benchmark.padEnd(9)} ${String(measured.length).padStart(5)} rounds of ${measured[0]?.order.length ?? 0} ${climbs(benchmark) ? 'rungs' : 'runtimes'}`;
  });
  return `profile ${plan.options.profile}, seed ${plan.options.seed}\n${lines.join('\n')}\n  ${plan.samples} samples, about ${durationText(plan.expectedMs)} (virtual machines counted as emulated unless --accelerator kvm)\n`;
}

async function measure(argv: BenchArguments, plan: RunPlan, runtimes: readonly Runtime[], out: string): Promise<ResultDocument> {
  const display = new ProgressDisplay(process.stderr, process.stderr.isTTY === true && process.env['NO_COLOR'] === undefined);
  const signal = interruptSignal((line) => display.say(line));
  const image = process.env['TARE_FAKE'] !== undefined ? fakeImage() : await buildImage(imageOf(argv).name, { signal, onStep: (step) => display.say(`image ${argv.image}: ${step.name} (${durationText(step.milliseconds)})`) });
  display.say(`profile ${plan.options.profile}: ${plan.samples} samples of ${plan.options.runtimes.length} runtimes, about ${durationText(plan.expectedMs)}`);
  return runBench({
    plan,
    runtimes,
    image,
    host: await hostFacts(ROOT, argv.hostname),
    tare: version(),
    command: repeatable(plan, argv.image),
    outDirectory: out,
    signal,
    on: (event) => display.show(event),
  });
}

async function tell(argv: BenchArguments, result: ResultDocument, report: WrittenReport, out: string): Promise<void> {
  const toStdout = argv.json || argv.csv === '-' || argv.markdown === '-';
  if (argv.json) process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  if (argv.csv !== undefined) await printTo(argv.csv, readFileSync(report.csv, 'utf8'));
  if (argv.markdown !== undefined) await printTo(argv.markdown, readFileSync(report.markdown, 'utf8'));
  if (!toStdout) printReport(result);
  const place = relative(process.cwd(), report.html);
  process.stderr.write(`\nreport: ${place.startsWith('../..') ? report.html : place}\ndata:   ${relative(process.cwd(), join(out, 'result.json'))}\n`);
  if (report.withoutImages !== null && argv.images) process.stderr.write(`charts as images were left out: ${report.withoutImages}\n`);
  const missing = result.runtimes.filter(({ state, rung }) => state.state === 'unavailable' && rung === undefined).map(({ id }) => id);
  if (result.run.state === 'interrupted') {
    process.stderr.write(`interrupted: the report holds what was measured until then\nnext: ${shellLine(result.run.command)}\n`);
    process.exitCode = EXIT.interrupted;
  } else if (result.samples.some(({ outcome }) => outcome === 'failed')) {
    process.stderr.write('some samples failed: the report tells which, with their logs\n');
    process.exitCode = EXIT.failed;
  } else if (missing.length > 0 && (argv.runtimes !== undefined || argv.accelerator !== 'auto')) {
    process.stderr.write(`asked for, and not measured: ${missing.join(', ')}\n`);
    process.exitCode = EXIT.failed;
  }
}
