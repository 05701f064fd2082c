import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { TareError } from '../../errors.ts';
import { sha256 } from '../../image/content.ts';
import { diskOf, findDiskRecipe, findFullDisk, loadFullDisk, placedLayers, verifyFullDisk, type FullDisk } from './disk-store.ts';
import type { Image } from '../../image/image.ts';
import { imageNames } from '../../image/load.ts';
import { makeOverlay } from './overlay.ts';
import { runInside } from './inside.ts';

const folder = mkdtempSync(join(tmpdir(), 'tare-disk-'));
test.after.always(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('a disk is read whole once, and again when it has been touched; another one is refused', async (t) => {
  const path = join(folder, 'disk.qcow2');
  writeFileSync(path, 'the disk');
  const disk = { path, manifest: { name: 'full-web', fileDigest: sha256('the disk') } } as FullDisk;
  await verifyFullDisk(disk);
  const remembered = readFileSync(join(folder, 'verified'), 'utf8');
  await verifyFullDisk(disk);
  t.is(readFileSync(join(folder, 'verified'), 'utf8'), remembered);
  const { atime, mtime } = statSync(path);
  writeFileSync(path, 'the dusk');
  utimesSync(path, atime, mtime); // as somebody would who hides it
  const error = await t.throwsAsync(verifyFullDisk(disk), { instanceOf: TareError });
  t.is(error.code, 'bad-file');
  t.regex(error.message, /disk\.qcow2 is not what was built/);
  t.regex(error.remedy, /tare image build full-web --force/);
  writeFileSync(path, 'the disk');
  await verifyFullDisk(disk);
  t.not(readFileSync(join(folder, 'verified'), 'utf8'), remembered);
});

test('one that is not built is missed, with the remedy', async (t) => {
  const options = { directory: join(folder, 'empty') };
  const recipe = findDiskRecipe('full-tiny');
  t.is(await findFullDisk(recipe, options), null);
  const error = await t.throwsAsync(loadFullDisk(recipe, options), { instanceOf: TareError });
  t.is(error.code, 'missing-file');
  t.regex(error.remedy, /tare image build full-tiny/);
});

test('each image has a disk of its own, which the image’s name finds; another name is refused', (t) => {
  for (const image of imageNames()) t.is(findDiskRecipe(diskOf(image).name).image, image);
  t.throws(() => diskOf('tinny'), { instanceOf: TareError, message: /no disk with the image "tinny"/ });
  t.throws(() => findDiskRecipe('full'), { instanceOf: TareError, message: /no disk "full"/ });
});

test('layers of the machine are its root; those of an image that is no Debian lie below it, under its name', (t) => {
  const image = (name: string, layers: string[]): [string, Image] => [name, { name, layers: layers.map((layer) => ({ name: layer })) } as unknown as Image];
  const images = new Map([image('tiny', ['base', 'app']), image('web', ['base', 'prerequisites', 'app'])]);
  const placed = (name: string): string[] => placedLayers(findDiskRecipe(name), images).map(({ layer, of, at }) => `${layer.name} ${of ?? '-'} /${at}`);
  t.deepEqual(placed('full-web'), ['base - /', 'prerequisites - /', 'app - /']);
  t.deepEqual(placed('full-tiny'), ['base - /', 'base tiny /srv/tiny', 'app tiny /srv/tiny']);
});

test('an overlay that cannot be made is named, and leaves nothing', async (t) => {
  const error = await t.throwsAsync(makeOverlay(join(folder, 'nowhere.qcow2')), { instanceOf: TareError });
  t.is(error.code, 'host');
  t.regex(error.remedy, /TMPDIR/);
});

test('a program that fails inside a root is named, with its words; nothing stays mounted', async (t) => {
  const root = join(folder, 'root');
  rmSync(root, { recursive: true, force: true });
  // No root at all: the first mount fails.
  const error = await t.throwsAsync(runInside(root, ['mkinitramfs', '-o', '/x'], { epoch: 0 }), { instanceOf: TareError });
  t.is(error.code, 'host');
  t.regex(error.message, /^mkinitramfs -o \/x failed in /);
  t.not(error.remedy, '');
  t.false(readFileSync('/proc/self/mounts', 'utf8').includes(folder));
});
