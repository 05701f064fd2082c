/**
 * The image that set-up has built against one that is built here, from the same packages, by an ordinary user where
 * there is root to become one. Then what it is for: the server answers in it.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { TareError } from '../errors.ts';
import { readArchive } from './archive-reading.ts';
import { fingerprint, rememberedFingerprint } from './fingerprint.ts';
import type { Image } from './image.ts';
import { findImage, loadImage, verifyOnce } from './load.ts';
import { openStore } from './store.ts';

const NOBODY = 65534;
const root = process.getuid?.() === 0;
const rootTest = root ? test.serial : test.skip;
const needsRoot = root ? '' : ' (skipped: needs root)';

const folder = mkdtempSync(join(tmpdir(), 'tare-web-'));
chmodSync(folder, 0o755);
const own = join(folder, 'own');
mkdirSync(own);
let built: { image: Image; steps: string[]; begun: string[] };

async function buildIn(directory: string, user: { uid?: number; gid?: number } = {}): Promise<typeof built> {
  const program = join(import.meta.dirname, 'build-as-user.fixture.ts');
  const { stdout } = await execa(process.execPath, ['--import', 'tsx', program, 'web', join(directory, 'built'), openStore().packages], { ...user, cwd: join(import.meta.dirname, '../..'), env: { HOME: directory, TMPDIR: directory } });
  return JSON.parse(stdout) as typeof built;
}

/** What set-up has built; or, when Debian has published newer packages since then, one more built now. */
async function another(): Promise<Image> {
  const found = await findImage('web');
  const packages = (image: Image | null): string => JSON.stringify(image?.layers.map((layer) => layer.packages));
  if (found !== null && packages(found) === packages(built.image)) return found;
  const second = join(folder, 'second');
  mkdirSync(second);
  return (await buildIn(second)).image;
}

test.before(async (t) => {
  t.timeout(240_000);
  if (root) chownSync(own, NOBODY, NOBODY);
  built = await buildIn(own, root ? { uid: NOBODY, gid: NOBODY } : {});
});

test.after.always(() => {
  rmSync(folder, { recursive: true, force: true });
});

function layer(name: string): string {
  return built.image.layers.find((each) => each.name === name)?.directory ?? '';
}

test.serial('two builds, by two users, are the same byte for byte', async (t) => {
  const found = await another();
  t.is(built.image.digest, found.digest);
  t.deepEqual(built.image.layers.map(({ name, digest }) => [name, digest]), found.layers.map(({ name, digest }) => [name, digest]));
  t.is(built.image.guest?.digest, found.guest?.digest);
  t.true(readFileSync(built.image.initramfs).equals(readFileSync(found.initramfs)));
});

test.serial('a base of Debian, a server of Debian’s, an app: each package in one layer, and told', (t) => {
  t.deepEqual(built.image.layers.map(({ name, storey }) => `${name}: ${storey}`), ['base: base', 'prerequisites: prerequisites', 'app: app']);
  const [base = [], prerequisites = [], app] = built.image.layers.map(({ packages }) => Object.keys(packages ?? {}));
  for (const name of ['libc6', 'dpkg', 'apt', 'bash', 'coreutils']) t.true(base.includes(name), name);
  t.true(prerequisites.includes('nginx'));
  t.deepEqual(prerequisites.filter((name) => base.includes(name)), []);
  t.deepEqual(app, []);
  t.is(built.image.workload, '/usr/bin/serve');
  t.is(built.image.ready, '/usr/bin/ready');
});

test.serial('every step is told when it begins and when it is done', (t) => {
  t.deepEqual(built.steps, built.begun);
  t.regex(built.steps.join('\n'), /choose the packages of layer base\nfetch \d+ packages\nlayer base\nchoose the packages of layer prerequisites\nfetch \d+ packages\nlayer prerequisites\nlayer app\nkernel modules for guests$/);
});

test.serial('what installation scripts would have made is there; what nobody reads is not', (t) => {
  const at = (path: string): string => join(layer('base'), path);
  t.regex(readFileSync(at('etc/passwd'), 'utf8'), /^www-data:/m);
  t.is(lstatSync(at('etc/shadow')).mode & 0o7777, 0o600);
  t.is(lstatSync(at('tmp')).mode & 0o7777, 0o1777);
  t.is(lstatSync(at('usr/bin/su')).mode & 0o7777, 0o4755);
  t.is(lstatSync(at('usr/bin/chage')).mode & 0o7777, 0o755); // setgid shadow: all is root's
  for (const [path, target] of [['bin', 'usr/bin'], ['lib', 'usr/lib'], ['usr/bin/awk', '/etc/alternatives/awk']] as const) t.is(readlinkSync(at(path)), target);
  t.true(lstatSync(at('usr/bin/sh')).isSymbolicLink());
  t.false(existsSync(at('usr/share/man/man1')));
  t.true(existsSync(at('usr/share/doc/libc6/copyright')));
});

test.serial('kernel modules are in the initramfs and in no layer, with their order', (t) => {
  const { guest, initramfs, layers } = built.image;
  const paths = readArchive(readFileSync(initramfs), 'initramfs');
  const listed = (name: string): string[] => paths.find(({ path }) => path === `etc/tare/${name}`)?.content.toString().trim().split('\n') ?? [];
  // What each needs comes before it.
  t.deepEqual(listed('modules').map((path) => basename(path, '.ko')), ['virtio_ring', 'virtio', 'virtio_mmio', 'failover', 'net_failover', 'virtio_net']);
  t.is(basename(listed('modules-pci').at(-1) ?? '', '.ko'), 'virtio_net');
  const every = paths.filter(({ path }) => path.startsWith('etc/tare/modules')).flatMap(({ path }) => listed(basename(path)));
  t.deepEqual([...new Set(every.map((path) => basename(path, '.ko')))].sort(), [...(guest?.modules ?? [])].sort());
  for (const path of every) t.true(paths.some((entry) => `/${entry.path}` === path && entry.content.toString('latin1', 1, 4) === 'ELF'), path);
  for (const { directory } of layers) t.false(existsSync(join(directory, 'usr/lib/modules')));
});

rootTest(`its shell runs, and finds its server’s configuration good${needsRoot}`, (t) => {
  const merged = join(folder, 'merged');
  for (const each of built.image.layers) execFileSync('cp', ['-a', '--no-preserve=ownership', `${each.directory}/.`, merged]);
  t.is(execFileSync('chroot', [merged, '/bin/sh', '-c', 'id -un; awk "BEGIN { print 1 }"']).toString(), 'root\n1\n');
  // nginx opens /dev/null; a file will do.
  writeFileSync(join(merged, 'dev/null'), '');
  t.notThrows(() => execFileSync('chroot', [merged, '/usr/sbin/nginx', '-t'], { stdio: 'pipe' }));
});

test.serial('it was read whole when it was built; it is again once something has been touched, and a change is named', async (t) => {
  const options = { directory: join(own, 'built') };
  const { image } = built;
  t.is(rememberedFingerprint(image), fingerprint(image));
  const page = join(layer('app'), 'var/www/html/index.html');
  const { atime, mtime, mode } = statSync(page);
  const before = readFileSync(page);
  writeFileSync(page, before.toString().replace('every box', 'each boxx'));
  utimesSync(page, atime, mtime); // as somebody would who hides it
  const error = await t.throwsAsync(loadImage('web', options), { instanceOf: TareError });
  t.is(error.code, 'bad-file');
  t.regex(error.message, /layer "app" of image web is not what was built .*: var\/www\/html\/index\.html has other content$/);
  writeFileSync(page, before);
  chmodSync(page, mode);
  t.not(rememberedFingerprint(image), fingerprint(image));
  await verifyOnce(image);
  t.is(rememberedFingerprint(image), fingerprint(image));
});
