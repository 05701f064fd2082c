import { chmodSync, lchownSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { TareError } from '../errors.ts';
import { treeDigest, treeEntries } from './content.ts';

/** Made anew for each test: a directory, two files, a link. */
function tree(t: { teardown(undo: () => void): void }): string {
  const root = mkdtempSync(join(tmpdir(), 'tare-content-'));
  t.teardown(() => {
    rmSync(root, { recursive: true, force: true });
  });
  mkdirSync(join(root, 'b'));
  chmodSync(join(root, 'b'), 0o755);
  writeFileSync(join(root, 'b', 'one'), 'one');
  writeFileSync(join(root, 'a'), 'two');
  for (const path of ['a', 'b/one']) chmodSync(join(root, path), 0o644);
  symlinkSync('b/one', join(root, 'link'));
  return root;
}

async function digest(root: string): Promise<string> {
  return treeDigest(root, await treeEntries(root));
}

test('entries come in one order, parents first, with their sizes', async (t) => {
  const entries = await treeEntries(tree(t));
  t.deepEqual(entries.map(({ path, type, lengthBytes, target }) => [path, type, lengthBytes, target]), [
    ['a', 'file', 3, ''],
    ['b', 'directory', 0, ''],
    ['b/one', 'file', 3, ''],
    ['link', 'link', 5, 'b/one'],
  ]);
});

test('two trees of the same content have the same digest, whenever they were made', async (t) => {
  const first = tree(t);
  const second = tree(t);
  utimesSync(join(second, 'a'), 1, 1);
  utimesSync(join(second, 'b'), 1, 1);
  t.is(await digest(first), await digest(second));
});

const root = process.getuid?.() === 0;
const changes: Readonly<Record<string, (root: string) => void>> = {
  'a byte': (path) => { writeFileSync(join(path, 'a'), 'twO'); },
  'a mode': (path) => { chmodSync(join(path, 'a'), 0o600); },
  'a set-id bit': (path) => { chmodSync(join(path, 'a'), 0o4644); },
  "a directory's mode": (path) => { chmodSync(join(path, 'b'), 0o700); },
  "a link's target": (path) => { rmSync(join(path, 'link')); symlinkSync('b/two', join(path, 'link')); },
  'a link in place of a file': (path) => { rmSync(join(path, 'a')); symlinkSync('two', join(path, 'a')); },
  'an added file': (path) => { writeFileSync(join(path, 'c'), ''); },
  'a name': (path) => { rmSync(join(path, 'a')); writeFileSync(join(path, 'A'), 'two'); chmodSync(join(path, 'A'), 0o644); },
};
for (const [what, change] of Object.entries(changes)) {
  test(`${what} makes another digest`, async (t) => {
    const path = tree(t);
    const before = await digest(path);
    change(path);
    t.not(await digest(path), before);
  });
}

test(`who built it makes no other digest${root ? '' : ' (only tried as root)'}`, async (t) => {
  const path = tree(t);
  const before = await digest(path);
  if (root) for (const each of ['a', 'b', 'b/one', 'link']) lchownSync(join(path, each), 1000, 1000);
  t.is(await digest(path), before);
});

test('a pipe is refused by its path', async (t) => {
  const path = tree(t);
  execFileSync('mkfifo', [join(path, 'b', 'pipe')]);
  await t.throwsAsync(treeEntries(path), { instanceOf: TareError, message: /b\/pipe is neither file, directory nor link/ });
});
