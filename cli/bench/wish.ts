/** From options to what is planned: which runtimes, and how they are measured. */
import { BENCHMARK_NAMES } from '../../benchmarks/catalogue.ts';
import { PROFILES, type ProfileName } from '../../benchmarks/profiles.ts';
import type { RunOptions } from '../../benchmarks/run.ts';
import type { Recipe } from '../../fixtures/images/recipe.ts';
import { TareError } from '../../runtime/errors.ts';
import { findRecipe } from '../../runtime/image/load.ts';
import { runtimeNames } from '../../runtime/registry.ts';
import type { Accelerator, Runtime } from '../../runtime/runtime.ts';
import type { availableRuntimes } from '../choose.ts';
import { machineNamed } from '../../runtime/vm/qemu/machines.ts';
import { positiveNumber, sizeInBytes, wholeNumber } from '../numbers.ts';
import { chosenNames } from '../suggest.ts';
import type { Settings } from './settings.ts';

const MEBIBYTE = 2 ** 20;

export interface Wish {
  readonly options: RunOptions;
  readonly image: Recipe;
  /** Boxes and rungs. */
  readonly runtimes: readonly Runtime[];
}

/** @throws {TareError} `usage` for what no run can be made of */
export function wishOf(settings: Settings, available: Awaited<ReturnType<typeof availableRuntimes>>): Wish {
  const chosen = settings.read('runtimes', (text) => namedRuntimes(text, available.all)) ?? available.usual;
  const benchmarks = settings.read('benchmarks', (text) => chosenNames('benchmarks', [text], BENCHMARK_NAMES));
  refuseContradictions(settings, chosen);
  // Without root the ladder is left out unless it was asked for.
  const climbs = chosen.some(({ name }) => name === 'container') && (benchmarks?.includes('ladder') === true || process.getuid?.() === 0);
  const rungs = climbs ? available.rungs : [];
  const image = settings.read('image', findRecipe) ?? findRecipe('tiny');
  const samples = settings.read('samples', readSamples);
  const options = {
    runtimes: chosen.map(({ name, kind, deadlineMs }) => ({ id: name, kind, ...(deadlineMs === undefined ? {} : { deadlineMs }) })),
    rungs: rungs.map(({ name, kind }) => ({ id: name, kind })),
    serves: image.servicePort !== undefined,
    profile: settings.text('profile') as ProfileName | undefined,
    benchmarks,
    samples: typeof samples === 'number' ? samples : undefined,
    rounds: typeof samples === 'number' ? undefined : samples,
    every: settings.read('every', (text) => readEvery(text, chosen.map(({ name }) => name))),
    seed: settings.read('seed', readSeed),
    aa: settings.read('aa', (text) => chosenNames('aa', [text], chosen.map(({ name }) => name))) ?? settings.flag('aa'),
    memoryBytes: settings.read('memory', (text) => sizeInBytes('memory', text, MEBIBYTE)),
    cpus: settings.read('cpus', (text) => positiveNumber('cpus', text)),
    accelerator: settings.text('accelerator') as Accelerator | 'auto' | undefined,
    machine: settings.read('machine', machineNamed),
    budgetBytes: settings.read('budget', (text) => sizeInBytes('budget', text, MEBIBYTE)),
    deadlineMs: settings.read('deadline', (text) => positiveNumber('deadline', text, 3600) * 1000),
    gapMs: settings.read('gap', (text) => wholeNumber('gap', text, 0)),
    settleMs: settings.read('settle', (text) => wholeNumber('settle', text, 0)),
  };
  refuseIdleBudget(settings, options);
  return { options, image, runtimes: [...chosen, ...rungs] };
}

function namedRuntimes(text: string, all: readonly Runtime[]): readonly Runtime[] {
  const names = chosenNames('runtimes', [text], runtimeNames(all));
  return all.filter(({ name }) => names.includes(name));
}

/**
 * `30`, or `startup=100,memory=20`.
 * @throws {TareError} `usage`
 */
function readSamples(text: string): number | Readonly<Record<string, number>> {
  if (!text.includes('=')) return wholeNumber('samples', text, 1);
  return numbersByName('samples', text, BENCHMARK_NAMES);
}

/**
 * `vm-full=4,vm-micro=2`.
 * @throws {TareError} `usage`
 */
function readEvery(text: string, runtimes: readonly string[]): Readonly<Record<string, number>> {
  if (!text.includes('=')) throw new TareError('usage', `--every: "${text}" names no runtime`, `for example: --every ${runtimes.at(-1) ?? 'vm-full'}=4`);
  return numbersByName('every', text, runtimes);
}

function numbersByName(option: string, text: string, known: readonly string[]): Readonly<Record<string, number>> {
  const numbers = new Map<string, number>();
  for (const each of text.split(',')) {
    const [given = '', count = '', ...rest] = each.split('=');
    const [name = ''] = chosenNames(option, [given], known);
    if (numbers.has(name)) throw new TareError('usage', `--${option} names "${name}" twice`, 'give one number for each');
    numbers.set(name, wholeNumber(option, [count, ...rest].join('='), 1, `${name}=30`));
  }
  return Object.fromEntries(numbers);
}

/** @throws {TareError} `usage`: an empty one cannot be told from none that was given */
function readSeed(text: string): string {
  if (text !== '') return text;
  throw new TareError('usage', '--seed: "" is no seed', 'give any text, or leave it out: one is drawn, and recorded');
}

/** @throws {TareError} `usage` for a budget that nothing would spend */
function refuseIdleBudget(settings: Settings, { benchmarks, profile = 'quick' }: RunOptions): void {
  if (!settings.has('budget') || (benchmarks?.includes('density') ?? PROFILES[profile].rounds.density > 0)) return;
  const other = settings.has('benchmarks') ? settings.named('benchmarks') : `profile ${profile}`;
  throw new TareError('usage', `${settings.named('budget')} and ${other} contradict each other: only density has a budget, and it is not measured`, 'leave it out, or name density among --benchmarks');
}

function refuseContradictions(settings: Settings, chosen: readonly Runtime[]): void {
  const accelerator = settings.text('accelerator') ?? 'auto';
  if (accelerator !== 'auto' && !chosen.some(({ kind }) => kind === 'vm')) {
    const runtimes = chosen.map(({ name }) => name).join(',');
    throw new TareError('usage', `${settings.named('accelerator')} and ${settings.has('runtimes') ? settings.named('runtimes') : `the runtimes ${runtimes}`} contradict each other: none of them is a virtual machine`, 'leave out --accelerator, or name a virtual machine among --runtimes');
  }
  if (settings.has('machine') && !chosen.some(({ name }) => name.startsWith('vm-micro'))) {
    throw new TareError('usage', `${settings.named('machine')} and ${settings.named('runtimes')} contradict each other: only vm-micro has a choice of machines`, 'leave it out, or name vm-micro among --runtimes');
  }
  const profile = settings.text('profile');
  const piloted = Object.values(PROFILES).some((each) => each.name === profile && 'pilot' in each);
  if (piloted && /^\d+$/.test(settings.text('samples') ?? '')) {
    throw new TareError('usage', `${settings.named('samples')} and ${settings.named('profile')} contradict each other: that profile fixes the number of starts from a pilot`, 'leave one of them out; a number that is already fixed is said by benchmark: --samples startup=400');
  }
}
