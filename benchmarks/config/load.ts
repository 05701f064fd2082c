/** Reads a configuration file: JSON with the position of every fault, or TypeScript that is run. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { z } from 'zod';
import { TareError } from '../../runtime/errors.ts';
import { JsonFault, readJsonWithPlaces, type JsonPath } from '../../runtime/oci/json.ts';
import { suggestion } from '../../runtime/suggest.ts';
import { config, configuredRun } from './schema.ts';

export interface LoadedConfig {
  readonly file: string;
  readonly content: z.infer<typeof config>;
  /** `tare.config.json:4:7`, or the file alone where it is a program. */
  place(path: JsonPath): string;
}

/** @throws {TareError} `usage` with file, line and column, and the nearest name for an unknown one */
export async function loadConfig(file: string): Promise<LoadedConfig> {
  const { value, place } = file.endsWith('.json') ? await fromJson(file) : await fromProgram(file);
  const parsed = config.safeParse(value);
  if (parsed.success) return { file, content: parsed.data, place };
  const [issue] = parsed.error.issues;
  throw issue === undefined ? parsed.error : faultOf(issue, place);
}

type Read = { readonly value: unknown; readonly place: (path: JsonPath) => string };

async function fromJson(file: string): Promise<Read> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    throw unreadable(file, error);
  }
  try {
    const { value, placeOf } = readJsonWithPlaces(text);
    return {
      value,
      place: (path) => {
        const { line, column } = placeOf(path);
        return `${file}:${line}:${column}`;
      },
    };
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    throw new TareError('usage', `${file}:${error.line}:${error.column}: this is no JSON: ${error.message}`, 'mend it there', { cause: error });
  }
}

/** The loader that runs the command itself runs it: it needs nothing of its own. */
async function fromProgram(file: string): Promise<Read> {
  let module: { readonly default?: unknown };
  try {
    module = (await import(pathToFileURL(resolve(file)).href)) as typeof module;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND' && String(error).includes(`'${resolve(file)}'`)) throw unreadable(file, error);
    throw new TareError('usage', `${file} could not be run: ${error instanceof Error ? error.message : String(error)}`, 'mend it; it is a module whose default export is the configuration', { cause: error });
  }
  // Outside a package of modules the loader wraps it once more.
  const exported = module.default;
  const value = typeof exported === 'object' && exported !== null && 'default' in exported && !('runs' in exported) ? exported.default : exported;
  if (value === undefined) throw new TareError('usage', `${file} has no default export`, 'write: export default { runs: { … } }');
  return { value, place: () => file };
}

function unreadable(file: string, error: unknown): TareError {
  return new TareError('usage', `${file} could not be read: ${error instanceof Error ? error.message : String(error)}`, 'give the path of a configuration file', { cause: error });
}

/** What a person is told of the first thing that is wrong. */
function faultOf(issue: z.core.$ZodIssue, place: Read['place']): TareError {
  const path = issue.path.filter((each): each is string | number => typeof each !== 'symbol');
  if (issue.code === 'unrecognized_keys') {
    const [key = ''] = issue.keys;
    const known = Object.keys(path.length === 0 ? config.shape : configuredRun.shape).filter((each) => each !== '$schema');
    return new TareError('usage', `${place([...path, key])}: there is no "${key}"${path.length === 0 ? '' : ` in a run (${path.join('.')})`}`, suggestion(key, known));
  }
  // Of a union the branch that got farthest says most; here the first does.
  const inner = issue.code === 'invalid_union' ? issue.errors.flat()[0]?.message : undefined;
  return new TareError('usage', `${place(path)}: ${path.join('.') || 'the whole'}: ${inner ?? issue.message}`, 'mend it there; docs/configuration.md has an example');
}
