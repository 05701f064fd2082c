/** The options of a run, from wherever they come: the command line wins over the configuration file. */
import type { ConfiguredRun } from '../../benchmarks/config/find.ts';
import type { Origins } from '../../benchmarks/result/origin.ts';
import { TareError } from '../../runtime/errors.ts';
import { flagOf, textOf } from './given.ts';
import { RUN_OPTION_NAMES, type BenchArguments, type RunOptionName } from './options.ts';

interface Setting {
  readonly text: string | undefined;
  readonly flag: boolean | undefined;
  /** For the result: "command line", "tare.config.json, run nightly". */
  readonly from: string;
  /** How messages call it: "--samples", "tare.config.json:4:7: samples". */
  readonly place: string;
}

export class Settings {
  readonly #settings = new Map<RunOptionName, Setting>();

  constructor(argv: BenchArguments, configured: ConfiguredRun | null) {
    for (const name of RUN_OPTION_NAMES) {
      const [text, flag] = [textOf(argv, name), flagOf(argv, name)];
      const value = configured?.values[name];
      if (text !== undefined || flag !== undefined) this.#settings.set(name, { text, flag, from: 'command line', place: `--${name}` });
      else if (configured !== null && value !== undefined) {
        this.#settings.set(name, { text: typeof value === 'boolean' ? undefined : asTyped(value), flag: typeof value === 'boolean' ? value : undefined, from: configured.from, place: `${configured.place(name)}: ${name}` });
      }
    }
  }

  has(name: RunOptionName): boolean {
    return this.#settings.has(name);
  }

  text(name: RunOptionName): string | undefined {
    return this.#settings.get(name)?.text;
  }

  /** True unless it was switched off. */
  flag(name: RunOptionName): boolean {
    return this.#settings.get(name)?.flag ?? true;
  }

  /** `--samples 30`, `tare.config.json:4:7: samples 30`: for a message that names it. */
  named(name: RunOptionName): string {
    const setting = this.#settings.get(name);
    return `${setting?.place ?? `--${name}`} ${setting?.text ?? ''}`.trim();
  }

  /**
   * What an option's text means; `undefined` when it was not given.
   * @param parse throws as for the command line; the message is made to name the file where it came from one
   */
  read<T>(name: RunOptionName, parse: (text: string) => T): T | undefined {
    const setting = this.#settings.get(name);
    if (setting?.text === undefined) return undefined;
    try {
      return parse(setting.text);
    } catch (error) {
      if (!(error instanceof TareError)) throw error;
      throw new TareError(error.code, error.message.replace(`--${name}`, () => setting.place), error.remedy, { cause: error });
    }
  }

  /** Option → where it came from; those left out had their default. */
  origins(): Origins {
    return Object.fromEntries([...this.#settings].map(([name, { from }]) => [name, from]));
  }
}

/** A value of the file, as it would be typed. */
function asTyped(value: string | number | readonly string[] | Readonly<Record<string, number>>): string {
  if (typeof value !== 'object') return String(value);
  return Array.isArray(value) ? value.join(',') : Object.entries(value).map(([key, each]) => `${key}=${each}`).join(',');
}
