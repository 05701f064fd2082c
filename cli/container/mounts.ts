/** `--mount`, written as Docker's users write it. */
import { statSync } from 'node:fs';
import { INERT } from '../../runtime/container/defaults.ts';
import type { ContainerMount } from '../../runtime/container/spec.ts';
import { TareError } from '../../runtime/errors.ts';
import { flags, MS } from '../../runtime/steps.ts';
import { sizeInBytes } from '../numbers.ts';
import { suggestion } from '../suggest.ts';

const BIND_FIELDS = ['type', 'source', 'src', 'target', 'dst', 'destination', 'readonly', 'ro', 'recursive'] as const;
const TMPFS_FIELDS = ['type', 'target', 'dst', 'destination', 'size', 'mode', 'readonly', 'ro'] as const;

function refuse(text: string, problem: string, remedy: string): never {
  throw new TareError('usage', `--mount ${text}: ${problem}`, remedy);
}

function fieldsOf(text: string): Map<string, string> {
  return new Map(text.split(',').map((field) => {
    const at = field.indexOf('=');
    return at < 0 ? [field.trim(), ''] : [field.slice(0, at).trim(), field.slice(at + 1)];
  }));
}

/** Absolute and without `..`: where a mount goes is to be read off, not worked out. */
function targetOf(text: string, fields: ReadonlyMap<string, string>): string {
  const target = fields.get('target') ?? fields.get('dst') ?? fields.get('destination') ?? '';
  if (target === '') refuse(text, 'it has no target', 'add target=/path/in/the/container');
  if (!target.startsWith('/')) refuse(text, `the target "${target}" is not absolute`, `write target=/${target}`);
  if (target.split('/').includes('..')) refuse(text, `the target "${target}" goes upwards`, 'write the path as it is in the container, without ..');
  const plain = target.replace(/\/+/g, '/').replace(/(.)\/$/, '$1');
  if (plain === '/') refuse(text, 'the target is the root itself', 'mount below it');
  return plain;
}

function isSet(fields: ReadonlyMap<string, string>, ...names: string[]): boolean {
  return names.some((name) => fields.has(name) && fields.get(name) !== 'false');
}

function bindFrom(text: string, fields: ReadonlyMap<string, string>): ContainerMount {
  const source = fields.get('source') ?? fields.get('src') ?? '';
  if (!source.startsWith('/')) refuse(text, source === '' ? 'a bind has to say what of the host it shows' : `the source "${source}" is not absolute`, 'add source=/path/on/the/host');
  try {
    statSync(source);
  } catch (error) {
    refuse(text, `the host has no ${source} (${(error as Error).message})`, 'name a file or directory that is there');
  }
  const readonly = isSet(fields, 'readonly', 'ro');
  const recursive = fields.get('recursive') !== 'false';
  return { target: targetOf(text, fields), type: 'bind', source, flags: flags(recursive ? MS.rec : 0, readonly ? MS.rdonly : 0, MS.nosuid, MS.nodev), data: '', why: `the host’s ${source}, lent to it${readonly ? ', not to be changed' : ''}` };
}

function tmpfsFrom(text: string, fields: ReadonlyMap<string, string>): ContainerMount {
  const size = fields.get('size');
  const mode = fields.get('mode') ?? '1777';
  if (!/^[0-7]{3,4}$/.test(mode)) refuse(text, `"${mode}" is no mode`, 'for example: mode=1777');
  const data = [`mode=${mode}`, ...(size === undefined ? [] : [`size=${sizeInBytes('mount …,size', size)}`])].join(',');
  return { target: targetOf(text, fields), type: 'tmpfs', source: 'tmpfs', flags: flags(INERT, isSet(fields, 'readonly', 'ro') ? MS.rdonly : 0), data, why: 'files in memory that go with the container' };
}

/** @throws {TareError} `usage` naming the field, its value and what would be right */
export function mountFrom(text: string): ContainerMount {
  const fields = fieldsOf(text);
  const type = fields.get('type') ?? 'bind';
  if (type !== 'bind' && type !== 'tmpfs') refuse(text, `there is no type "${type}"`, suggestion(type, ['bind', 'tmpfs']));
  const known: readonly string[] = type === 'bind' ? BIND_FIELDS : TMPFS_FIELDS;
  const unknown = [...fields.keys()].find((name) => !known.includes(name));
  if (unknown !== undefined) refuse(text, `a ${type} has no "${unknown}"`, suggestion(unknown, known));
  return type === 'bind' ? bindFrom(text, fields) : tmpfsFrom(text, fields);
}
