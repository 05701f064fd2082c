/** A file system that is full while a disk is built on it: what is half-built is never found again. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { TareError } from '../../errors.ts';
import { findImage } from '../../image/load.ts';
import { openStore } from '../../image/store.ts';
import { buildFullDisk } from './build-disk.ts';
import { findDiskRecipe, findFullDisk } from './disk-store.ts';

const recipe = findDiskRecipe('full-web');

const unbuilt = (await Promise.all(recipe.images.map(async ({ of }) => ((await findImage(of).catch(() => null)) === null ? of : null)))).find((name) => name !== null) ?? null;
const lack = process.getuid?.() !== 0 ? 'needs root' : unbuilt === null ? null : `the image "${unbuilt}" is not built`;
const rootTest = lack === null ? test.serial : test.skip;

/** Of the first layer alone there are ten times as many. */
const SIZE_BYTES = 8 * 2 ** 20;

rootTest(`full while a layer is laid out: named, nothing half-built stays, and nothing is used later${lack === null ? '' : ` (skipped: ${lack})`}`, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'tare-full-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE_BYTES}`, 'tare-small', directory]);
  t.teardown(() => execFileSync('umount', [directory]));
  // The images that it is made of are built already; only the disk has to find room.
  const store = openStore();
  for (const name of ['images', 'kernels'] as const) symlinkSync(store[name], join(directory, name));
  const options = { directory, cacheDirectory: store.packages };
  const error = await t.throwsAsync(buildFullDisk(recipe, options), { instanceOf: TareError });
  t.is(error?.code, 'no-space', error?.message);
  t.true(error?.message.includes(join(directory, 'disks')));
  t.regex(error?.remedy ?? '', /free about \d+ MB there.*nothing half-built/);
  t.deepEqual(readdirSync(join(directory, 'disks')), ['.lock']);
  t.is(await findFullDisk(recipe, options), null);
});
