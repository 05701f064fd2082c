import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { cacheFile, storeIn, type HostKey } from './remembered.ts';

const key: HostKey = { bootId: 'b', kernel: '6.1', qemu: '7.2.22', cpu: 'x', probe: 'p', guestKernel: 'g' };
const good = { works: true, reason: 'it ran' };

async function inDirectory<T>(work: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'tare-test-'));
  try {
    return await work(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}

test('what is remembered is recalled, and only its file is there', (t) =>
  inDirectory(async (directory) => {
    const store = storeIn(join(directory, 'tare', 'accelerator.json'));
    t.is(await store.recall(key), null);
    await store.remember(key, good);
    t.deepEqual(await store.recall(key), good);
    t.deepEqual(await readdir(join(directory, 'tare')), ['accelerator.json']);
  }));

test('another boot, kernel, QEMU, processor, probe or guest kernel is another host', (t) =>
  inDirectory(async (directory) => {
    const store = storeIn(join(directory, 'accelerator.json'));
    await store.remember(key, good);
    for (const name of Object.keys(key)) t.is(await store.recall({ ...key, [name]: 'other' }), null, name);
  }));

test('a broken file is as good as none, and is replaced', (t) =>
  inDirectory(async (directory) => {
    const file = join(directory, 'accelerator.json');
    const store = storeIn(file);
    for (const broken of ['', '{', 'null', '[]', JSON.stringify({ key, works: 'yes', reason: '' }), JSON.stringify({ key: { ...key, bootId: 1 }, ...good })]) {
      await writeFile(file, broken);
      t.is(await store.recall(key), null, broken);
    }
    await store.remember(key, good);
    t.deepEqual(await store.recall(key), good);
  }));

test('a directory that cannot be written is no error', async (t) => {
  const store = storeIn(join(process.execPath, 'tare', 'accelerator.json')); // below a file, so even root cannot
  await t.notThrowsAsync(store.remember(key, good));
  t.is(await store.recall(key), null);
});

test('where it is kept', (t) => {
  t.is(cacheFile(0, {}), '/var/cache/tare/accelerator.json');
  t.is(cacheFile(1000, { XDG_CACHE_HOME: '/home/u/cache' }), '/home/u/cache/tare/accelerator.json');
  t.regex(cacheFile(1000, { XDG_CACHE_HOME: '' }), /\/\.cache\/tare\/accelerator\.json$/);
});
