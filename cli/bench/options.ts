/** The options of `tare bench`, as a person types them; what they mean is read elsewhere. */
import type { Options } from 'yargs';
import { BENCHMARK_NAMES } from '../../benchmarks/catalogue.ts';
import { PROFILES } from '../../benchmarks/profiles.ts';
import { imageNames } from '../../runtime/image/load.ts';
import { everyRuntime, runtimeNames } from '../../runtime/registry.ts';
import { MACHINE_NAMES } from '../../runtime/vm/qemu/machines.ts';

/** What is measured, and how: a configuration file may say it too. None has a default here, so that what was given can be told. */
export const RUN_OPTIONS = {
  profile: { type: 'string', choices: Object.keys(PROFILES), describe: `${Object.values(PROFILES).map(({ name, summary }) => `${name}: ${summary}`).join('; ')} (quick)` },
  benchmarks: { type: 'string', array: true, describe: `which, of: ${BENCHMARK_NAMES.join(', ')} (those the profile has time for)` },
  runtimes: { type: 'string', array: true, describe: `which, of: ${runtimeNames(everyRuntime()).join(', ')} (${runtimeNames().join(', ')})` },
  samples: { type: 'string', describe: 'rounds, in place of the profile’s: 30 of every benchmark, or startup=100,memory=20' },
  every: { type: 'string', describe: 'in which rounds a runtime is visited, in place of the profile’s: vm-full=4 is every fourth' },
  image: { type: 'string', describe: `what is in the boxes, of: ${imageNames().join(', ')}; web has a server (tiny)` },
  seed: { type: 'string', describe: 'fixes the order of the rounds (random, and recorded)' },
  aa: { type: 'string', array: true, describe: 'runtimes that are entered twice, to learn the machine’s noise (those the profile has time for; --no-aa: none)' },
  memory: { type: 'string', describe: 'limit of a container, RAM of a virtual machine (256M)' },
  cpus: { type: 'string', describe: 'processors of a box (1)' },
  accelerator: { type: 'string', choices: ['auto', 'kvm', 'tcg'], describe: 'auto proves KVM by running a guest (auto)' },
  machine: { type: 'string', describe: `what the guest of vm-micro believes it runs on, of: ${MACHINE_NAMES.join(', ')} (${MACHINE_NAMES[0]})` },
  budget: { type: 'string', describe: 'of the host’s memory, what the boxes of density may take (2G)' },
  deadline: { type: 'string', describe: 'seconds a start may take (30)' },
  gap: { type: 'string', describe: 'idle milliseconds between starts (20)' },
  settle: { type: 'string', describe: 'milliseconds between ready and weighing (2100)' },
  hostname: { type: 'boolean', describe: 'the host’s name in the result (--no-hostname: left out)' },
  images: { type: 'boolean', describe: 'charts as PNG and SVG too (--no-images: none)' },
} as const satisfies Record<string, Options>;

export type RunOptionName = keyof typeof RUN_OPTIONS;

export const RUN_OPTION_NAMES = Object.keys(RUN_OPTIONS) as readonly RunOptionName[];

/** Where the options come from, other than the command line. */
export const SOURCE_OPTIONS = {
  config: { type: 'string', describe: 'a file that defines runs (tare.config.json or tare.config.ts, where there is one)' },
  run: { type: 'string', describe: 'which of its runs' },
  like: { type: 'string', describe: 'repeat the run of this result.json here: its options, its seed; says what differs' },
  resume: { type: 'string', describe: 'go on with the run in this directory, which was killed, interrupted, or out of room' },
} as const satisfies Record<string, Options>;

export const OUTPUT_OPTIONS = {
  out: { type: 'string', describe: 'a directory for results, not yet there (reports/.generated/…)' },
  json: { type: 'boolean', describe: 'the result document on standard output; with --dry-run the plan' },
  csv: { type: 'string', describe: 'samples as CSV into a file, or - for standard output' },
  markdown: { type: 'string', describe: 'tables as Markdown into a file, or -' },
  'dry-run': { type: 'boolean', describe: 'show the plan and how long it takes; start nothing' },
} as const satisfies Record<string, Options>;

/** As yargs gives them: text where an option takes a value, a list where it was given several times. */
export type BenchArguments = { readonly [name in RunOptionName | keyof typeof SOURCE_OPTIONS | keyof typeof OUTPUT_OPTIONS]?: string | boolean | readonly string[] | undefined };

export type OptionName = keyof BenchArguments;
