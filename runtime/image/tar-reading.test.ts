import { execFileSync } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { TareError } from '../errors.ts';
import { readTar } from './tar-reading.ts';

const folder = mkdtempSync(join(tmpdir(), 'tare-tar-'));
const LONG = `${'directory/'.repeat(12)}${'n'.repeat(120)}`;
mkdirSync(join(folder, LONG, '..'), { recursive: true });
writeFileSync(join(folder, LONG), 'long');
writeFileSync(join(folder, 'set'), 'x'.repeat(1000), { mode: 0o644 });
execFileSync('chmod', ['4755', join(folder, 'set')]);
linkSync(join(folder, 'set'), join(folder, 'twin'));
symlinkSync(`/${'t'.repeat(150)}`, join(folder, 'link'));
test.after.always(() => {
  rmSync(folder, { recursive: true, force: true });
});

function made(format: string): Buffer {
  return execFileSync('tar', ['--create', `--format=${format}`, '--sort=name', '--owner=root:0', '--group=shadow:42', '-C', folder, '.']);
}

for (const format of ['gnu', 'pax', 'ustar']) {
  test(`${format}: names, types, modes, owners, contents as tar(1) wrote them`, (t) => {
    // ustar has no room for so long a target.
    const archive = format === 'ustar' ? execFileSync('tar', ['--create', '--format=ustar', '--owner=root:0', '--group=shadow:42', '-C', folder, './set', './twin', '--no-recursion', `./${'directory/'.repeat(12)}`, './directory/directory']) : made(format);
    const entries = new Map(readTar(archive, 'made.tar').map((entry) => [entry.path, entry]));
    t.like(entries.get('set'), { type: 'file', mode: 0o4755, uid: 0, gid: 42 });
    t.is(entries.get('set')?.content.length, 1000);
    t.like(entries.get('twin'), { type: 'hard-link', target: 'set' });
    t.is(entries.get('directory/directory')?.type, 'directory');
    if (format === 'ustar') return;
    t.is(entries.get('')?.type, 'directory');
    t.is(entries.get(LONG)?.content.toString(), 'long');
    t.like(entries.get('link'), { type: 'link', target: `/${'t'.repeat(150)}` });
  });
}

test('cut short, no archive, and names that lead upwards are refused', (t) => {
  const refused = (archive: Buffer): string => t.throws(() => readTar(archive, 'made.tar'), { instanceOf: TareError }).message;
  const whole = execFileSync('tar', ['--create', '-C', folder, './set']);
  t.regex(refused(whole.subarray(0, 1024)), /made\.tar cannot be read: it is cut short within the entry at byte \d+/);
  t.regex(refused(Buffer.alloc(1024, 'x')), /no header at byte 0/);
  const up = execFileSync('tar', ['--create', '--absolute-names', '-C', join(folder, 'directory'), '../set']);
  t.regex(refused(up), /the name \.\.\/set leads upwards/);
});

test('nothing but zeros is an archive of nothing', (t) => {
  t.deepEqual(readTar(Buffer.alloc(10_240), 'empty.tar'), []);
});
