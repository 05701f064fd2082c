/** `--user`: by number, or by a name that the image knows. */
import { readFileSync } from 'node:fs';
import { TareError } from '../../runtime/errors.ts';
import type { Image } from '../../runtime/image/image.ts';
import { hostPathOf } from '../../runtime/image/lookup.ts';

interface User {
  readonly uid: number;
  readonly gid: number;
  readonly groups: readonly number[];
}

function table(image: Image, path: string): string[][] {
  try {
    return readFileSync(hostPathOf(image, path), 'utf8').trim().split('\n').map((line) => line.split(':'));
  } catch {
    return [];
  }
}

function id(option: string, text: string, known: readonly string[][], what: string): number {
  if (/^\d+$/.test(text)) {
    if (Number(text) >= 2 ** 32 - 1) throw new TareError('usage', `--user ${option}: ${text} is no ${what} id`, 'an id is at most 4294967294');
    return Number(text);
  }
  const entry = known.find(([name]) => name === text);
  if (entry === undefined) throw new TareError('usage', `--user ${option}: the image has no ${what} "${text}"`, `known: ${known.map(([name]) => name).join(', ')}; or give a number`);
  return Number(entry[2]);
}

/** @throws {TareError} `usage` */
export function userFrom(text: string, image: Image): User {
  const [name = '', group] = text.split(':');
  const users = table(image, '/etc/passwd');
  const groups = table(image, '/etc/group');
  if (name === '') throw new TareError('usage', `--user: "${text}" names nobody`, 'for example: --user nobody, --user 1000:1000');
  const uid = id(text, name, users, 'user');
  const entry = users.find(([each, , number]) => each === name || number === name);
  const gid = group === undefined ? Number(entry?.[3] ?? 0) : id(text, group, groups, 'group');
  const also = groups.filter(([, , , members = '']) => entry !== undefined && members.split(',').includes(entry[0] ?? '')).map(([, , number]) => Number(number));
  return { uid, gid, groups: group === undefined ? also : [] };
}
