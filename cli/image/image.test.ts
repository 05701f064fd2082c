import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import type { Image } from '../../runtime/image/image.ts';
import { imageParts } from './parts.ts';
import { describeImage, inspectText, listText, stepTime } from './text.ts';

const TARE = fileURLToPath(new URL('../tare', import.meta.url));
const MEBIBYTE = 2 ** 20;

const image: Image = {
  name: 'web',
  digest: 'a'.repeat(64),
  recipeDigest: 'b'.repeat(64),
  layers: [
    { name: 'base', storey: 'base', directory: '/i/base', cpio: '/i/base.cpio', digest: 'c'.repeat(64), lengthBytes: 60 * MEBIBYTE, allocatedBytes: 64 * MEBIBYTE, files: 2301, packages: { libc6: '2.36-9', apt: '2.6.2' } },
    { name: 'app', storey: 'app', directory: '/i/app', cpio: '/i/app.cpio', digest: 'd'.repeat(64), lengthBytes: 100, allocatedBytes: 4096, files: 3 },
  ],
  workload: '/usr/bin/serve',
  mountpoint: '/i/mountpoint',
  kernel: { vmlinux: '/k/vmlinux', release: '6.1.0-1-cloud-amd64', digest: 'e'.repeat(64), lengthBytes: 64 * MEBIBYTE, allocatedBytes: 64 * MEBIBYTE, from: 'linux-image-6.1.0-1-cloud-amd64 6.1.1-1' },
  initramfs: '/i/initramfs.cpio',
  guest: { cpio: '/i/guest.cpio', digest: 'f'.repeat(64), lengthBytes: 5000, modules: ['virtio', 'virtio_net'] },
  provision: { builtAt: '2026-01-01T00:00:00.000Z', milliseconds: 17_000, steps: [{ name: 'layer base', milliseconds: 5200 }, { name: 'layer app', milliseconds: 34 }] },
};

const plain = { columns: 80, colours: false };

test('the parts are the layers and what only guests need, each with its share of all', (t) => {
  const parts = imageParts(image);
  t.deepEqual(parts.map(({ storey }) => storey), ['base', 'app', 'guest-kernel', 'guest-kernel']);
  t.true(Math.abs(parts.reduce((sum, { share }) => sum + share, 0) - 1) < 1e-9);
  t.is(parts[2]?.allocatedBytes, 8192);
  t.deepEqual(parts[3]?.packages, { 'linux-image-6.1.0-1-cloud-amd64': '6.1.1-1' });
});

test('inspected: every part with both sizes, share and bar; packages in order; what is not known is said', (t) => {
  const text = inspectText(describeImage(image, true), plain);
  t.regex(text, /^base +base +60\.0 MiB +64\.0 MiB +50 % +2301$/m);
  t.regex(inspectText(describeImage(image, true), { ...plain, columns: 100 }), /^base +base +60\.0 MiB +64\.0 MiB +50 % +2301 {2}█+░+$/m);
  t.regex(text, /^app +app +100 B +4\.00 KiB +<1 % +3$/m);
  t.regex(text, /^base \(2\): apt 2\.6\.2, libc6 2\.36-9$/m);
  t.regex(text, /^app: not known: .*--force/m);
  t.regex(text, /virtio, virtio_net, in this order/);
  t.regex(text, /every byte read\s+just now/);
  t.notRegex(inspectText(describeImage(image, false), plain), /just now/);
  t.regex(text, /layer base 5 s, layer app\s+34 ms/);
  for (const line of text.split('\n')) t.true(line.length <= 80, line);
});

test('listed: built, damaged or not built, and what to do', (t) => {
  const none = { built: false, damage: null, digest: null, layers: [{ name: 'base', digest: null }], lengthBytes: null, allocatedBytes: null };
  const built = { name: 'web', built: true, damage: null, digest: image.digest, layers: [{ name: 'base', digest: null }, { name: 'app', digest: null }], lengthBytes: MEBIBYTE, allocatedBytes: 2 * MEBIBYTE };
  const text = listText([built, { ...none, name: 'tiny' }, { ...none, name: 'odd', damage: '/i/base.cpio is missing' }], plain);
  t.regex(text, /^web +built +aaaaaaaaaaaa +base, app +1\.00 MiB +2\.00 MiB$/m);
  t.regex(text, /^tiny +not built +– +base +– +–$/m);
  t.regex(text, /^odd +damaged/m);
  t.regex(text, /base\.cpio is missing/);
  t.regex(text, /next: tare image build/);
  t.notRegex(listText([built], plain), /next/);
});

test('times of steps', (t) => {
  t.is(stepTime(33.6), '34 ms');
  t.is(stepTime(17_400), '17 s');
});

function tare(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const { status, stdout, stderr } = spawnSync(TARE, ['image', ...args], { encoding: 'utf8', env: { PATH: process.env['PATH'], LANG: 'C.UTF-8' } });
  return { status, stdout, stderr };
}

test.serial('the command: list and inspect as data, what is wrong in words', (t) => {
  const listed = JSON.parse(tare('list', '--json').stdout) as { name: string; built: boolean }[];
  t.true(listed.some(({ name }) => name === 'tiny'));
  const inspected = JSON.parse(tare('inspect', 'tiny', '--json', '--verify').stdout) as { verified: boolean; parts: { share: number }[]; layers: unknown[]; guest?: object };
  t.true(inspected.verified);
  t.is(inspected.parts.length, inspected.layers.length + (inspected.guest === undefined ? 1 : 2), 'the kernel, and modules where guests get some');
  t.true(listed.some(({ name }) => name === 'full-tiny') && listed.some(({ name }) => name === 'full-web'));
  t.regex(tare('inspect', 'full').stderr, /there is no image "full"\n.*known: .*full-tiny, full-web/);
  const wrong = tare('inspect', 'tinny');
  t.is(wrong.status, 2);
  t.regex(wrong.stderr, /there is no image "tinny"\n.*did you mean "tiny"/);
  t.regex(tare().stderr, /list, build, inspect, verify or prune\?/);
  t.is(tare('build', 'wbe').status, 2);
  t.is(tare('verify', 'wbe').status, 2);
  const verified = JSON.parse(tare('verify', 'tiny', '--json').stdout) as { name: string; digest: string; again: null }[];
  t.like(verified, [{ name: 'tiny', again: null }]);
  const old = JSON.parse(tare('prune', '--dry-run', '--json').stdout) as { removed: boolean }[];
  t.true(old.every(({ removed }) => !removed));
});
