import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { TareError } from '../errors.ts';
import { readArchive } from './archive-reading.ts';
import { treeEntries } from './content.ts';
import { treeArchive } from './cpio.ts';

const devices = [{ path: 'dev/console', mode: 0o600, major: 5, minor: 1, why: '' }];

function tree(t: { teardown(undo: () => void): void }): string {
  const root = mkdtempSync(join(tmpdir(), 'tare-cpio-'));
  t.teardown(() => {
    rmSync(root, { recursive: true, force: true });
  });
  mkdirSync(join(root, 'dev'), { mode: 0o755 });
  mkdirSync(join(root, 'tmp'));
  chmodSync(join(root, 'tmp'), 0o1777);
  writeFileSync(join(root, 'dev', 'ü'), 'seven b');
  writeFileSync(join(root, 'empty'), '');
  for (const path of ['dev/ü', 'empty']) chmodSync(join(root, path), 0o640);
  symlinkSync('dev/ü', join(root, 'link'));
  return root;
}

async function archive(root: string): Promise<Buffer> {
  return treeArchive(root, await treeEntries(root), devices);
}

test('an archive reads back as the tree, all of it owned by root, without times', async (t) => {
  const read = readArchive(await archive(tree(t)), 'it');
  t.deepEqual(read.map(({ path, mode, content }) => [path, mode.toString(8), content.toString()]), [
    ['dev', '40755', ''],
    ['dev/ü', '100640', 'seven b'],
    ['empty', '100640', ''],
    ['link', '120777', 'dev/ü'],
    ['tmp', '41777', ''],
    ['dev/console', '20600', ''],
  ]);
  t.deepEqual(read.map(({ inode }) => inode), [1, 2, 3, 4, 5, 6]);
  for (const { uid, gid, mtime } of read) t.deepEqual([uid, gid, mtime], [0, 0, 0]);
  t.deepEqual(read.at(-1)?.device, [5, 1]);
});

test('cpio(1) lists the same, the device among it', async (t) => {
  const listed = execFileSync('cpio', ['--list', '--verbose', '--numeric-uid-gid', '--quiet'], { input: await archive(tree(t)), env: { ...process.env, LC_ALL: 'C.UTF-8', TZ: 'UTC' } }).toString();
  const lines = listed.trim().split('\n').map((line) => line.replace(/\s+/g, ' '));
  t.deepEqual(lines.map((line) => line.split(' ')[0]), ['drwxr-xr-x', '-rw-r-----', '-rw-r-----', 'lrwxrwxrwx', 'drwxrwxrwt', 'crw-------']);
  t.regex(lines[3] ?? '', /^lrwxrwxrwx 1 0 0 6 Jan 1 1970 link -> dev\//);
  t.regex(lines[5] ?? '', /^crw------- 1 0 0 5, 1 Jan 1 1970 dev\/console$/);
});

test('the same tree made at another time gives the same bytes', async (t) => {
  const first = tree(t);
  const second = tree(t);
  utimesSync(join(second, 'empty'), 1, 1);
  t.deepEqual(await archive(first), await archive(second));
});

test('archives behind one another read as one: each ends on a boundary of four', async (t) => {
  const one = await archive(tree(t));
  t.is(one.length % 4, 0);
  t.is(readArchive(Buffer.concat([one, one]), 'it').length, 12);
});

test('what is no archive, or ends early, is refused by name', async (t) => {
  const whole = await archive(tree(t));
  t.throws(() => readArchive(Buffer.from('#!/bin/sh\n'.repeat(20)), 'it.cpio'), { instanceOf: TareError, message: 'it.cpio is no cpio archive: no header at byte 0' });
  t.throws(() => readArchive(whole.subarray(0, 250), 'it.cpio'), { instanceOf: TareError, message: /^it\.cpio is cut short/ });
  t.throws(() => readArchive(whole.subarray(0, 60), 'it.cpio'), { instanceOf: TareError, message: /^it\.cpio is cut short/ });
});
