/** Finds the configuration file and the run in it that is meant. */
import { existsSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { TareError } from '../../runtime/errors.ts';
import { suggestion } from '../../runtime/suggest.ts';
import { loadConfig, type LoadedConfig } from './load.ts';
import type { ConfiguredValues } from './schema.ts';

export const CONFIG_FILES = ['tare.config.json', 'tare.config.ts'] as const;

export interface ConfiguredRun {
  /** For the result: "tare.config.json, run nightly". */
  readonly from: string;
  readonly values: ConfiguredValues;
  /** Where an option stands: "tare.config.json:4:7". */
  place(option: string): string;
}

export interface ConfigRequest {
  /** A file that was named, in place of the one in the directory. */
  readonly file?: string | undefined;
  readonly run?: string | undefined;
  readonly directory: string;
}

/**
 * `null` when no file was named and there is none.
 * @throws {TareError} `usage` for a file that cannot be used, or a run that is not in it
 */
export async function findConfiguredRun({ file, run, directory }: ConfigRequest): Promise<ConfiguredRun | null> {
  const found = file ?? lookIn(directory);
  if (found === null) {
    if (run === undefined) return null;
    throw new TareError('usage', `--run ${run}: there is no ${CONFIG_FILES.join(' and no ')} in ${directory}`, 'name the file with --config, or leave out --run');
  }
  const config = await loadConfig(found);
  const name = run ?? usualRun(config);
  const values = Object.hasOwn(config.content.runs, name) ? config.content.runs[name] : undefined;
  if (values === undefined) throw new TareError('usage', `${run === undefined ? `${config.place(['default'])}: default` : '--run'}: there is no run "${name}" in ${found}`, suggestion(name, Object.keys(config.content.runs)));
  return { from: `${found}, run ${name}`, values, place: (option) => config.place(['runs', name, option]) };
}

function usualRun({ content, file }: LoadedConfig): string {
  const names = Object.keys(content.runs);
  const only = content.default ?? (names.length === 1 ? names[0] : undefined);
  if (only !== undefined) return only;
  throw new TareError('usage', `${file} defines ${names.length} runs, and none was named`, `name one with --run: ${names.join(', ')}; or say in the file which is meant: "default": "${names[0]}"`);
}

function lookIn(directory: string): string | null {
  const [one, other] = CONFIG_FILES.map((name) => join(directory, name)).filter((path) => existsSync(path));
  if (one === undefined) return null;
  if (other !== undefined) throw new TareError('usage', `there are both ${one} and ${other}`, 'remove one, or name the one that is meant with --config');
  const file = relative(process.cwd(), one) || one;
  if (file.endsWith('.ts')) refuseStrangers(one);
  return file;
}

/** A program that nobody named is run, perhaps as root: only one that the caller or root has written. */
function refuseStrangers(path: string): void {
  const { uid, mode } = statSync(path);
  const trusted = [0, process.getuid?.() ?? 0, Number(process.env['SUDO_UID'] ?? 0)];
  if (trusted.includes(uid) && (mode & 0o002) === 0) return;
  throw new TareError('usage', `${path} ${trusted.includes(uid) ? 'can be written by everybody' : `belongs to uid ${uid}`}, and would be run`, `read it; if you trust it: --config ${path}`);
}
