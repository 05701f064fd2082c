/** From a bundle's directory to a config.json that tare knows every property of. */
import { open, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { z } from 'zod';
import { TareError } from '../errors.ts';
import { ociConfigSchema, type OciConfig } from './config.ts';
import { JsonFault, readJson } from './json.ts';
import { CONFIG, nearest, placeText, refusal, valueText } from './refusal.ts';
import { refusedIn, withoutEmpty } from './refused.ts';
import { PROPERTIES } from './support.ts';

/** Docker's, with its whole seccomp profile, take about 60 kB. */
const GREATEST_BYTES = 1 << 20;

const MAKE_ONE = 'a bundle is a directory with config.json and a root file system: runc spec and crun spec write a first config.json';

/**
 * Reads DIRECTORY/config.json.
 * @throws {TareError} `missing-file` without a config.json; `bad-file` naming the place, the value and the remedy;
 *   `newer-schema` for another major version
 */
export async function loadConfig(directory: string): Promise<OciConfig> {
  return parseConfig(await configText(directory));
}

async function configText(directory: string): Promise<string> {
  const path = join(directory, CONFIG);
  let file: FileHandle;
  try {
    if (!(await stat(directory)).isDirectory()) throw new TareError('bad-file', `bundle ${directory} is no directory`, MAKE_ONE);
    file = await open(path);
  } catch (error) {
    if (error instanceof TareError) throw error;
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT') throw new TareError('bad-file', `cannot read ${path}: ${code}`, 'see to its owner and mode', { cause: error });
    throw new TareError('missing-file', `there is no ${path}`, MAKE_ONE, { cause: error });
  }
  try {
    const status = await file.stat();
    if (!status.isFile()) throw new TareError('bad-file', `${path} is no regular file`, MAKE_ONE);
    if (status.size > GREATEST_BYTES) throw new TareError('bad-file', `${path} has ${status.size} bytes, more than ${GREATEST_BYTES}`, 'is it really the config.json of a bundle?');
    return new TextDecoder('utf-8', { fatal: true }).decode(await file.readFile());
  } catch (error) {
    if (error instanceof TypeError) throw new TareError('bad-file', `${path} is not text in UTF-8`, 'save it as UTF-8', { cause: error });
    throw error;
  } finally {
    await file.close();
  }
}

/** @throws {TareError} as `loadConfig` */
export function parseConfig(text: string): OciConfig {
  const document = parsed(text);
  if (typeof document !== 'object' || document === null || Array.isArray(document)) throw new TareError('bad-file', `${CONFIG}: ${valueText(document)}: expected an object`, MAKE_ONE);
  checkVersion('ociVersion' in document ? document.ociVersion : undefined);
  const refused = refusedIn(document);
  if (refused.length > 0) {
    throw new TareError('bad-file', `${CONFIG} asks for what tare does not do: ${refused.map(({ place, property: { reason } }) => `${place} (${reason})`).join('; ')}`, 'leave it out of the bundle, or run the bundle with crun or runc');
  }
  const kept = withoutEmpty(document);
  const result = ociConfigSchema.safeParse(kept);
  if (!result.success) throw faulty(result.error.issues, kept);
  return result.data;
}

function parsed(text: string): unknown {
  try {
    return readJson(text);
  } catch (error) {
    if (!(error instanceof JsonFault)) throw error;
    throw new TareError('bad-file', `${CONFIG}:${error.line}:${error.column}: ${error.message}`, 'correct it there: line and column count from 1', { cause: error });
  }
}

/** The specification keeps later versions within a major one compatible. Source: config.md#specification-version. */
function checkVersion(version: unknown): void {
  const remedy = 'tare knows the versions 1.x of the OCI runtime specification';
  if (version === undefined) throw new TareError('bad-file', `${CONFIG}: ociVersion is missing`, `${remedy}: write "ociVersion": "1.0.2"`);
  const match = typeof version === 'string' ? /^(\d+)\.\d+\.\d+(?:[-+].*)?$/.exec(version) : null;
  if (match === null) throw refusal('ociVersion', version, 'is no version', `${remedy}: write it like "1.0.2"`);
  if (match[1] === '1') return;
  throw new TareError('newer-schema', `${CONFIG}: ociVersion: ${valueText(version)}: ${Number(match[1]) > 1 ? 'a newer major version' : 'a version from before the specification was settled'}`, remedy);
}

type Issue = z.core.$ZodIssue;

/** The first fault, and where the others are. */
function faulty(issues: readonly Issue[], document: unknown): TareError {
  const [first, ...others] = issues;
  if (first === undefined) throw new Error('no fault without an issue');
  const more = others.length === 0 ? '' : ` (also wrong: ${others.map(({ path }) => placeText(path) || CONFIG).join(', ')})`;
  const place = placeText(first.path);
  if (first.code === 'unrecognized_keys') {
    const [name = ''] = first.keys;
    const where = place === '' ? name : `${place}.${name}`;
    const rest = first.keys.slice(1).map((key) => `, ${key}`).join('');
    return new TareError('bad-file', `${CONFIG}: ${where}${rest}: unknown to tare, so it is refused rather than ignored${more}`, `leave it out, or correct its name: ${nearest(name, namesBelow(first.path))}`);
  }
  const value = first.path.reduce<unknown>((at, part) => (at as Record<PropertyKey, unknown> | undefined)?.[part], document);
  if (value === undefined) return new TareError('bad-file', `${CONFIG}: ${place} is missing${more}`, `add it: ${said(first)}`);
  const { message, remedy } = { message: said(first), remedy: 'correct it in config.json' };
  return new TareError('bad-file', `${CONFIG}: ${place}: ${valueText(value)}: ${message}${more}`, remedy);
}

function said(issue: Issue): string {
  if (issue.code === 'invalid_value') return `expected ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
  if (issue.code === 'invalid_type' && issue.expected === 'object') return 'expected an object';
  return issue.message;
}

/** The properties that there are at a place. */
function namesBelow(path: readonly PropertyKey[]): string[] {
  const above = placeText(path.map((part) => (typeof part === 'number' ? 0 : part))).replaceAll('[0]', '[]');
  const names = PROPERTIES.filter((each) => above === '' || each.path.startsWith(`${above}.`)).map((each) => each.path.slice(above === '' ? 0 : above.length + 1).split('.')[0] ?? '');
  return [...new Set(names.map((name) => name.replace('[]', '')))];
}
