/** What was typed, and what contradicts itself: both are named, and nothing is done. */
import { TareError } from '../../runtime/errors.ts';
import { RUN_OPTION_NAMES, type BenchArguments, type OptionName } from './options.ts';

interface Exclusion {
  readonly option: OptionName;
  readonly excludes: readonly OptionName[];
  readonly why: string;
  readonly remedy: string;
}

const EXCLUSIONS: readonly Exclusion[] = [
  {
    option: 'resume',
    excludes: [...RUN_OPTION_NAMES.filter((name) => name !== 'images'), 'config', 'run', 'like', 'out'],
    why: 'a run that goes on keeps the options, the seed and the directory that it was begun with',
    remedy: 'leave it out; for other options begin a new run',
  },
  {
    option: 'like',
    excludes: [...RUN_OPTION_NAMES.filter((name) => name !== 'images' && name !== 'hostname'), 'config', 'run'],
    why: 'the run is repeated with the options and the seed of that result',
    remedy: 'leave it out; for other options begin a run of your own',
  },
];

/** What an option was given; `undefined` when it was not. @throws {TareError} `usage` for one value given twice */
export function textOf(argv: BenchArguments, name: OptionName): string | undefined {
  const value = argv[name];
  if (value === undefined || flagOf(argv, name) !== undefined) return undefined;
  if (typeof value !== 'object') return String(value);
  if (name === 'benchmarks' || name === 'runtimes' || name === 'aa') return value.join(',');
  throw new TareError('usage', `--${name} was given ${value.length} times: ${value.map((each) => `"${each}"`).join(' and ')}`, 'give it once');
}

export function flagOf(argv: BenchArguments, name: OptionName): boolean | undefined {
  const value = argv[name];
  // `--no-` of an option that takes a list arrives as a list of one.
  const only: unknown = Array.isArray(value) && value.length === 1 ? value[0] : value;
  return typeof only === 'boolean' ? only : undefined;
}

function isGiven(argv: BenchArguments, name: OptionName): boolean {
  return argv[name] !== undefined;
}

/** `--seed x`, `--no-hostname`: as it was typed. */
function typed(argv: BenchArguments, name: OptionName): string {
  const flag = flagOf(argv, name);
  if (flag !== undefined) return flag ? `--${name}` : `--no-${name}`;
  return `--${name} ${textOf(argv, name) ?? ''}`.trim();
}

/** @throws {TareError} `usage` naming both */
export function refuseContradictions(argv: BenchArguments): void {
  for (const { option, excludes, why, remedy } of EXCLUSIONS) {
    const other = isGiven(argv, option) ? excludes.find((name) => isGiven(argv, name)) : undefined;
    if (other !== undefined) throw new TareError('usage', `${typed(argv, option)} and ${typed(argv, other)} contradict each other: ${why}`, `--${other}: ${remedy}`);
  }
  const toStdout = (['json', 'csv', 'markdown'] as const).filter((name) => (name === 'json' ? flagOf(argv, name) === true : textOf(argv, name) === '-'));
  const [first, second] = toStdout;
  if (first !== undefined && second !== undefined) throw new TareError('usage', `${typed(argv, first)} and ${typed(argv, second)} both want standard output`, `give one of them a file: --${second} FILE`);
}
