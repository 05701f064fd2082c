import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { recipes } from '../fixtures/images/catalogue.ts';
import { disks } from '../fixtures/images/full/recipe.ts';
import { TareError } from './errors.ts';
import { withLock } from './image/build-lock.ts';
import type { Image } from './image/image.ts';
import { use, usersOf } from './image/in-use.ts';
import { findImage } from './image/load.ts';
import { findOutdated, prune } from './outdated.ts';
import { currentDiskFolder } from './vm/full/disk-store.ts';
import { microMachine } from './vm/micro-machine.ts';
import { findQemu, openQemu } from './vm/qemu/program.ts';
import { machineIn, snapshotStillMade } from './vm/restore/current.ts';
import { keyDigest, snapshotKey, type SnapshotKey } from './vm/restore/key.ts';
import { completeSnapshot } from './vm/restore/snapshot.ts';

/** A store in which the images of today are built: links to the real ones. */
async function store(t: ExecutionContext): Promise<{ directory: string; images: readonly Image[]; folder: (path: string) => string }> {
  const directory = mkdtempSync(join(tmpdir(), 'tare-store-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  for (const name of ['images', 'kernels', 'disks', 'snapshots']) mkdirSync(join(directory, name));
  const images = (await Promise.all(recipes.map(({ name }) => findImage(name)))).filter((image) => image !== null);
  for (const { mountpoint, kernel } of images) {
    const [image, vmlinux] = [dirname(mountpoint), dirname(kernel.vmlinux)];
    symlinkSync(image, join(directory, 'images', basename(image)));
    if (!existsSync(join(directory, 'kernels', basename(vmlinux)))) symlinkSync(vmlinux, join(directory, 'kernels', basename(vmlinux)));
  }
  const folder = (path: string): string => {
    mkdirSync(join(directory, path));
    writeFileSync(join(directory, path, 'manifest.json'), 'x'.repeat(5000));
    return join(directory, path);
  };
  return { directory, images, folder };
}

async function snapshot(directory: string, name: string, key: SnapshotKey): Promise<string> {
  const folder = join(directory, 'snapshots', `${name}-${keyDigest(key).slice(0, 12)}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'ram'), 'ram');
  await completeSnapshot(folder, key, Buffer.from('state'), 1);
  return folder;
}

const builtAll = (await Promise.all(recipes.map(({ name }) => findImage(name).catch(() => null)))).every((image) => image !== null);
const builtTest = builtAll ? test : test.skip;
const suffix = builtAll ? '' : ' (skipped: the images are not built)';

builtTest(`what no recipe of today leads to is named, and removed; the rest stays${suffix}`, async (t) => {
  const { directory, folder } = await store(t);
  const [disk] = disks;
  const current = folder(`disks/${basename((await currentDiskFolder(disk!, { directory })) ?? '')}`);
  const old = ['images/tiny-000000000000', 'images/partial-aaaaaa', 'kernels/5.0-000000000000', 'disks/full-tiny-000000000000', 'again-999999999'].map(folder);
  writeFileSync(join(directory, 'disks', 'a file'), '');
  const found = await findOutdated({ directory });
  t.deepEqual(found.map(({ path }) => path).sort(), [...old].sort());
  t.true(found.every(({ bytes, usedBy }) => bytes >= 8192 && usedBy.length === 0));
  t.true(old.every((path) => existsSync(path)), 'looking changes nothing');
  const results = await prune({ directory });
  t.true(results.every(({ removed, reason }) => removed && reason === null));
  t.false(old.some((path) => existsSync(path)));
  t.true(existsSync(current));
  t.is(readdirSync(join(directory, 'images')).filter((name) => !name.startsWith('.')).length, recipes.length);
  t.deepEqual(await prune({ directory }), []);
});

builtTest(`what a process uses stays, and is said${suffix}`, async (t) => {
  const { directory, folder } = await store(t);
  const old = folder('images/tiny-000000000000');
  const user = spawn('sh', ['-c', 'exec 9< "$1"/manifest.json; echo; exec sleep 60', 'sh', old], { stdio: ['ignore', 'pipe', 'ignore'] });
  t.teardown(() => user.kill('SIGKILL'));
  await once(user.stdout, 'data');
  t.deepEqual(usersOf(old), [user.pid]);
  const [kept] = await prune({ directory });
  t.like(kept, { path: old, removed: false, usedBy: [user.pid] });
  t.regex(kept?.reason ?? '', new RegExp(`process ${user.pid} uses it`));
  user.kill('SIGKILL');
  await once(user, 'close');
  t.like(await prune({ directory }), [{ path: old, removed: true }]);
});

builtTest(`while something is built nothing is removed${suffix}`, async (t) => {
  const { directory, folder } = await store(t);
  const old = folder('images/tiny-000000000000');
  for (const lock of ['images/.lock', 'disks/.lock']) {
    await withLock(join(directory, lock), undefined, async () => {
      await t.throwsAsync(prune({ directory }), { instanceOf: TareError, message: new RegExp(`something is being built \\(.*${lock}`) });
    });
  }
  t.true(existsSync(old));
});

builtTest(`of images that are not built, nothing that may be theirs is called outdated${suffix}`, async (t) => {
  const { directory, folder } = await store(t);
  rmSync(join(directory, 'images', readdirSync(join(directory, 'images')).find((name) => name.startsWith('web-')) ?? ''));
  for (const path of ['kernels/5.0-000000000000', 'disks/full-web-000000000000', 'snapshots/web-000000000000']) folder(path);
  const odd = folder('disks/odd-000000000000');
  t.deepEqual((await findOutdated({ directory })).map(({ path }) => path), [odd]);
});

const qemuTest = builtAll && findQemu() !== null ? test : test.skip;

qemuTest(`a saved machine stays while today’s code would make the same, and no longer${findQemu() === null ? ' (skipped: no QEMU)' : suffix}`, async (t) => {
  const { directory, images } = await store(t);
  const [image] = images;
  const qemu = await openQemu();
  const key = await snapshotKey(qemu, microMachine(image!, { accelerator: 'kvm', memoryMebibytes: 300, vcpus: 2, tscKhz: 1 }, 'wait'), image!);
  const stays = await snapshot(directory, image!.name, key);
  const gone = await Promise.all([{ ...key, qemu: '1.0' }, { ...key, processor: 'another' }, { ...key, line: key.line.replace(/-initrd \S+/, '-initrd another') }].map((each) => snapshot(directory, image!.name, each)));
  t.deepEqual(machineIn(key.line), { accelerator: 'kvm', memoryMebibytes: 300, vcpus: 2 });
  t.is(machineIn('cat'), null);
  t.true(await snapshotStillMade(stays, images, qemu));
  const results = await prune({ directory });
  t.deepEqual(results.map(({ path }) => path).sort(), [...gone].sort());
  t.true(existsSync(stays));
});

test('a process does not count as another one that uses what it uses itself', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tare-used-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'manifest.json'), '');
  use(folder);
  use(folder);
  t.deepEqual(usersOf(folder), []);
});
