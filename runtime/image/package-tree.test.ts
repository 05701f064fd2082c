import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, linkSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'ava';
import { directoryIn, merged, modeOf, unpackPackages } from './package-tree.ts';

const folder = mkdtempSync(join(tmpdir(), 'tare-tree-'));
test.after.always(() => {
  rmSync(folder, { recursive: true, force: true });
});

let number = 0;
/** An archive made by tar(1) of a tree made by `make`. */
function archive(make: (at: string) => void): { name: string; archive: Buffer } {
  const at = join(folder, `package-${number++}`);
  mkdirSync(at);
  make(at);
  return { name: at, archive: execFileSync('tar', ['--create', '--sort=name', '--owner=root:0', '--group=root:0', '-C', at, '.']) };
}

function file(at: string, path: string, content = path): void {
  mkdirSync(dirname(join(at, path)), { recursive: true });
  writeFileSync(join(at, path), content);
}

async function unpacked(root: string, packages: readonly ReturnType<typeof archive>[], leave: readonly string[] = []): Promise<string> {
  mkdirSync(root, { recursive: true });
  await unpackPackages((async function* () { yield* packages; })(), root, { leave, but: ['copyright'] });
  return root;
}

test('what lies under the old names of a merged root comes under the new', (t) => {
  t.is(merged('lib/x86_64-linux-gnu/libc.so.6'), 'usr/lib/x86_64-linux-gnu/libc.so.6');
  t.is(merged('lib64/ld-linux-x86-64.so.2'), 'usr/lib64/ld-linux-x86-64.so.2');
  t.is(merged('bin'), 'bin');
  t.is(merged('usr/bin/env'), 'usr/bin/env');
  t.is(merged('library/x'), 'library/x');
});

test('setuid of root’s stays; a setgid of another group’s falls, as the group would be root', (t) => {
  t.is(modeOf({ mode: 0o4755, uid: 0, gid: 0 }), 0o4755);
  t.is(modeOf({ mode: 0o2755, uid: 0, gid: 42 }), 0o755);
  t.is(modeOf({ mode: 0o4755, uid: 100, gid: 0 }), 0o755);
  t.is(modeOf({ mode: 0o1777, uid: 0, gid: 0 }), 0o1777);
});

test('packages: merged, without what is left out, licences kept, hard links as links, directories’ modes last', async (t) => {
  const root = await unpacked(join(folder, 'whole'), [
    archive((at) => {
      file(at, 'bin/tool');
      linkSync(join(at, 'bin/tool'), join(at, 'bin/utensil'));
      file(at, 'usr/share/doc/tool/copyright');
      file(at, 'usr/share/doc/tool/changelog.gz');
      file(at, 'usr/share/docbook/kept');
      file(at, 'shut/within');
      chmodSync(join(at, 'shut'), 0o555);
    }),
  ], ['usr/share/doc']);
  t.deepEqual(readdirSync(root).sort(), ['shut', 'usr']);
  t.is(readFileSync(join(root, 'usr/bin/tool'), 'utf8'), 'bin/tool');
  t.is(readlinkSync(join(root, 'usr/bin/utensil')), 'tool');
  t.deepEqual(readdirSync(join(root, 'usr/share/doc/tool')), ['copyright']);
  t.true(existsSync(join(root, 'usr/share/docbook/kept')));
  t.is(lstatSync(join(root, 'shut')).mode & 0o777, 0o555);
  chmodSync(join(root, 'shut'), 0o755);
});

test('a link that leads out of the tree is followed within it: nothing of the host is touched', async (t) => {
  const outside = join(folder, 'outside');
  mkdirSync(outside, { mode: 0o755 });
  writeFileSync(join(outside, 'file'), 'the host’s');
  const root = join(folder, 'inside');
  mkdirSync(join(root, 'var'), { recursive: true });
  symlinkSync(outside, join(root, 'var/run'));
  symlinkSync('../../../../../../var/run', join(root, 'var/up'));
  symlinkSync(join(outside, 'file'), join(root, 'var/file'));
  await unpacked(root, [archive((at) => {
    file(at, 'var/run/made');
    file(at, 'var/up/also');
    file(at, 'var/file', 'the package’s');
    for (const name of ['run', 'up']) chmodSync(join(at, 'var', name), 0o700);
  })]);
  t.deepEqual(readdirSync(outside), ['file']);
  t.is(lstatSync(outside).mode & 0o777, 0o755);
  t.is(readFileSync(join(outside, 'file'), 'utf8'), 'the host’s');
  t.is(readFileSync(join(root, 'var/file'), 'utf8'), 'the package’s');
  t.deepEqual(readdirSync(join(root, outside)).sort(), ['also', 'made']);
  t.is(lstatSync(join(root, outside)).mode & 0o777, 0o700);
});

test('links that lead in a circle are refused', async (t) => {
  const root = join(folder, 'circle');
  mkdirSync(root);
  symlinkSync('b', join(root, 'a'));
  symlinkSync('a', join(root, 'b'));
  await t.throwsAsync(directoryIn(root, 'a'), { message: /in a circle/ });
});
