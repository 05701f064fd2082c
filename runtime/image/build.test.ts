/** Builds the real image, from packages that set-up has downloaded, in a folder of its own. */
import { execFileSync } from 'node:child_process';
import { appendFileSync, chmodSync, chownSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { TareError } from '../errors.ts';
import { readArchive } from './archive-reading.ts';
import { buildImage, type BuildOptions } from './build.ts';
import type { Image } from './image.ts';
import { hasPvhNote } from './kernel-payload.ts';
import { imageNames, loadImage } from './load.ts';
import { openStore, PARTIAL } from './store.ts';
import { verifyImage } from './verify.ts';

const root = process.getuid?.() === 0;
const rootTest = root ? test.serial : test.skip;
const needsRoot = root ? '' : ' (skipped: needs root)';

const folder = mkdtempSync(join(tmpdir(), 'tare-images-'));
const { packages: cacheDirectory } = openStore();
const options: BuildOptions = { directory: join(folder, 'built'), cacheDirectory };
const stepsOfBoth: string[][] = [[], []];
let image: Image;

// Two at once on an empty folder: the ordinary build and the race for it in one.
test.before(async (t) => {
  t.timeout(180_000);
  const [first, second] = await Promise.all(stepsOfBoth.map((steps) => buildImage('tiny', { ...options, onStep: ({ name }) => steps.push(name) })));
  t.deepEqual(first, second);
  image = first as Image;
});

test.after.always(() => {
  rmSync(folder, { recursive: true, force: true });
});

function partials(directory: string): string[] {
  return ['images', 'kernels'].flatMap((each) => (existsSync(join(directory, each)) ? readdirSync(join(directory, each)) : [])).filter((name) => name.startsWith(PARTIAL));
}

async function refused(t: { throwsAsync: (run: Promise<unknown>, expected: { instanceOf: typeof TareError }) => Promise<TareError> }, run: Promise<unknown>): Promise<{ code: string; message: string; remedy: string }> {
  const { code, message, remedy } = await t.throwsAsync(run, { instanceOf: TareError });
  return { code, message, remedy };
}

test.serial('of two builders at once one builds, and both get the image', (t) => {
  t.deepEqual(stepsOfBoth.map((steps) => steps.length).sort(), [0, 6]);
  t.regex(stepsOfBoth.flat().join('\n'), /^find the guest kernel\nfetch linux-image-\S+ \S+\nunpack the guest kernel\nlayer base\nlayer app\nkernel modules for guests$/);
  t.deepEqual(partials(join(folder, 'built')), []);
});

test.serial('it is found again without being built', async (t) => {
  const steps: string[] = [];
  t.deepEqual(await buildImage('tiny', { ...options, onStep: ({ name }) => steps.push(name) }), image);
  t.deepEqual(steps, []);
  t.deepEqual(await loadImage('tiny', options), image);
});

test.serial('the layers are a complete root file system with the workload on top', (t) => {
  const [base, app] = image.layers;
  t.deepEqual(image.layers.map(({ name, storey }) => `${name}: ${storey}`), ['base: base', 'app: app']);
  for (const place of ['proc', 'sys', 'dev', 'tmp', 'run', 'root', 'etc', 'var/tmp']) t.true(statSync(join(base?.directory ?? '', place)).isDirectory(), place);
  for (const file of ['etc/passwd', 'etc/group', 'etc/hosts', 'etc/os-release', 'etc/resolv.conf', 'etc/profile', 'bin/sh', 'sbin/init', 'usr/bin/env']) t.true(statSync(join(base?.directory ?? '', file)).size > 0, file);
  t.is(lstatSync(join(base?.directory ?? '', 'tmp')).mode & 0o7777, 0o1777);
  t.is(lstatSync(join(base?.directory ?? '', 'etc/shadow')).mode & 0o7777, 0o600);
  t.true(statSync(join(app?.directory ?? '', image.workload)).size < 16 * 1024);
  t.deepEqual(readdirSync(image.mountpoint), []);
});

rootTest(`its shell and its workload run in it${needsRoot}`, (t) => {
  const [base, app] = image.layers;
  t.is(execFileSync('chroot', [base?.directory ?? '', '/bin/sh', '-lc', 'echo "$(id -un) $(whoami) $(hostname -s >/dev/null && cat /etc/hostname)"']).toString(), 'root root tare\n');
  t.is(execFileSync('chroot', [app?.directory ?? '', image.workload, 'fd:1', 'exit']).toString(), 'R');
});

test.serial("the initramfs holds both layers, and the nodes that init's streams need", (t) => {
  const archive = readFileSync(image.initramfs);
  t.deepEqual(archive, Buffer.concat(image.layers.map(({ cpio }) => readFileSync(cpio))));
  const entries = readArchive(archive, 'initramfs');
  const paths = entries.map(({ path }) => path);
  t.deepEqual(entries.find(({ path }) => path === 'dev/console')?.device, [5, 1]);
  t.true(entries.every(({ uid, gid, mtime }) => uid === 0 && gid === 0 && mtime === 0));
  for (const [index, path] of paths.entries()) {
    const parent = path.split('/').slice(0, -1).join('/');
    if (parent !== '') t.true(paths.slice(0, index).includes(parent), `${path} comes after ${parent}`);
  }
  const listed = execFileSync('cpio', ['--list', '--quiet'], { input: readFileSync(image.layers[1]?.cpio ?? '') }).toString();
  t.is(listed, 'usr\nusr/bin\nusr/bin/hold\nusr/bin/ready\nusr/bin/work\n');
});

test.serial('kernel modules that only some machines need lie beside it, with all that they need before them', (t) => {
  t.true(image.guest?.apart);
  const { guest } = image;
  const entries = readArchive(readFileSync(guest?.cpio ?? ''), 'guest');
  const list = entries.find(({ path }) => path === 'etc/tare/modules-balloon')?.content.toString().trimEnd().split('\n') ?? [];
  t.deepEqual(list.map((path) => path.replace(/^.*\/|\.ko$/g, '')), guest?.modules);
  t.is(guest?.modules.at(-1), 'virtio_balloon');
  for (const path of list) t.true(entries.some((entry) => `/${entry.path}` === path && entry.content.length > 0), path);
});

test.serial('the guest kernel is an ELF file with a PVH entry', (t) => {
  t.true(hasPvhNote(readFileSync(image.kernel.vmlinux)));
  t.is(statSync(image.kernel.vmlinux).size, image.kernel.lengthBytes);
  t.true(image.kernel.from.includes(image.kernel.release));
});

test.serial('built again, layers and archives are the same byte for byte', async (t) => {
  const steps: string[] = [];
  const before = readFileSync(image.initramfs);
  const again = await buildImage('tiny', { ...options, refresh: true, onStep: ({ name }) => steps.push(name) });
  t.is(steps.length, 6);
  t.is(again.digest, image.digest);
  t.deepEqual(again.layers.map(({ digest }) => digest), image.layers.map(({ digest }) => digest));
  t.is(again.kernel.digest, image.kernel.digest);
  t.deepEqual(readFileSync(again.initramfs), before);
  image = again;
});

test.serial('an image that is whole is verified', async (t) => {
  await t.notThrowsAsync(verifyImage(image));
});

/** Each is undone, so that the next finds the image whole. */
const damages: readonly { readonly what: string; readonly damage: (image: Image) => () => void; readonly message: RegExp }[] = [
  {
    what: 'a byte of a file',
    damage: ({ layers }) => {
      const path = join(layers[0]?.directory ?? '', 'etc/hosts');
      const before = readFileSync(path);
      writeFileSync(path, before.toString().replace('127', '128'));
      return () => { writeFileSync(path, before); };
    },
    message: /^layer "base" of image tiny is not what was built .*: etc\/hosts has other content$/,
  },
  {
    what: 'a mode',
    damage: ({ layers }) => {
      const path = join(layers[1]?.directory ?? '', 'usr/bin/ready');
      chmodSync(path, 0o4755);
      return () => { chmodSync(path, 0o755); };
    },
    message: /^layer "app" .*: usr\/bin\/ready has another type or mode$/,
  },
  {
    what: 'an added file',
    damage: ({ layers }) => {
      const path = join(layers[0]?.directory ?? '', 'root/.ash_history');
      writeFileSync(path, 'ls\n');
      return () => { rmSync(path); };
    },
    message: /: root\/\.ash_history was added$/,
  },
  {
    what: 'a missing file',
    damage: ({ layers }) => {
      const path = join(layers[0]?.directory ?? '', 'etc/hostname');
      renameSync(path, join(folder, 'hostname'));
      return () => { renameSync(join(folder, 'hostname'), path); };
    },
    message: /: etc\/hostname is missing$/,
  },
  {
    what: 'a byte of the guest kernel',
    damage: ({ kernel }) => {
      appendFileSync(kernel.vmlinux, 'x');
      return () => { truncateSync(kernel.vmlinux, kernel.lengthBytes); };
    },
    message: /^the guest kernel \S+vmlinux is not what was built/,
  },
  {
    what: 'an initramfs of other layers',
    damage: ({ initramfs }) => {
      const { size } = statSync(initramfs);
      appendFileSync(initramfs, 'x');
      return () => { truncateSync(initramfs, size); };
    },
    message: /initramfs\.cpio does not hold the image's layers$/,
  },
];
for (const { what, damage, message } of damages) {
  test.serial(`${what} is found by verifying, and named`, async (t) => {
    const undo = damage(image);
    try {
      const error = await refused(t, verifyImage(image));
      t.is(error.code, 'bad-file');
      t.regex(error.message, message);
      t.regex(error.remedy, /tare image build tiny --force/);
    } finally {
      undo();
    }
    await verifyImage(image);
  });
}

test.serial('whoever wants it built is not given one that has changed, nor another in its place', async (t) => {
  const path = join(image.layers[1]?.directory ?? '', 'usr/bin/ready');
  const before = readFileSync(path);
  writeFileSync(path, Buffer.concat([before.subarray(1), before.subarray(0, 1)])); // as long as it was
  try {
    for (const run of [buildImage('tiny', options), loadImage('tiny', options)]) t.regex((await refused(t, run)).message, /usr\/bin\/ready has other content$/);
  } finally {
    writeFileSync(path, before);
  }
  t.deepEqual(await buildImage('tiny', options), image);
});

rootTest(`a file that belongs to another is found by verifying${needsRoot}`, async (t) => {
  const path = join(image.layers[0]?.directory ?? '', 'etc/shadow');
  chownSync(path, 1000, 1000);
  try {
    t.regex((await refused(t, verifyImage(image))).message, /: etc\/shadow belongs to 1000:1000$/);
  } finally {
    chownSync(path, 0, 0);
  }
});

test.serial('an image that is not built is missed by name, with the remedy', async (t) => {
  const error = await refused(t, loadImage('tiny', { directory: join(folder, 'empty') }));
  t.is(error.code, 'missing-file');
  t.regex(error.message, /"tiny" is not built/);
  t.regex(error.remedy, /make setup/);
});

test.serial('an unknown image is answered with the known ones', async (t) => {
  for (const run of [loadImage('tinny', options), buildImage('tinny', options)]) {
    const error = await refused(t, run);
    t.is(error.code, 'usage');
    t.true(error.remedy.includes(imageNames().join(', ')));
  }
});

test.serial('a missing layer is refused when loading, an archive cut short too, and it is built anew', async (t) => {
  const layer = image.layers[1]?.directory ?? '';
  renameSync(layer, join(folder, 'app'));
  t.regex((await refused(t, loadImage('tiny', options))).message, /layers\/app is missing$/);
  renameSync(join(folder, 'app'), layer);
  truncateSync(image.initramfs, 1000);
  t.regex((await refused(t, loadImage('tiny', options))).message, /initramfs\.cpio is damaged: 1000 bytes long, and should have \d+$/);
  // What a killed builder leaves.
  mkdirSync(join(folder, 'built', 'images', `${PARTIAL}left`, 'layers'), { recursive: true });
  const mended = await buildImage('tiny', options);
  t.is(mended.digest, image.digest);
  t.deepEqual(partials(join(folder, 'built')), []);
  await verifyImage(mended);
});

test.serial('a manifest that is damaged is named', async (t) => {
  const path = join(image.mountpoint, '..', 'manifest.json');
  const before = readFileSync(path);
  try {
    writeFileSync(path, before.subarray(0, 100));
    const error = await refused(t, loadImage('tiny', options));
    t.is(error.code, 'bad-file');
    t.regex(error.message, /manifest\.json is damaged$/);
  } finally {
    writeFileSync(path, before);
  }
});

test.serial('a build that is interrupted leaves nothing half-built', async (t) => {
  const directory = join(folder, 'interrupted');
  const controller = new AbortController();
  const error = await refused(t, buildImage('tiny', { directory, cacheDirectory, signal: controller.signal, onStep: () => { controller.abort(); } }));
  t.is(error.code, 'interrupted');
  t.deepEqual(partials(directory), []);
  t.deepEqual(readdirSync(join(directory, 'images')), ['.lock']);
});

const MIB = 2 ** 20;
for (const { size, at } of [{ size: () => 8 * MIB, at: 'the guest kernel' }, { size: () => image.kernel.lengthBytes + 3 * MIB, at: 'a layer' }]) {
  rootTest(`a disk that is full at ${at} is named, and nothing half-built stays${needsRoot}`, async (t) => {
    const directory = mkdtempSync(join(folder, 'small-'));
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size()}`, 'tare-small', directory]);
    try {
      const error = await refused(t, buildImage('tiny', { directory, cacheDirectory }));
      t.is(error.code, 'no-space');
      t.true(error.message.includes(directory));
      t.regex(error.remedy, /free about/);
      t.deepEqual(partials(directory), []);
      t.deepEqual(readdirSync(join(directory, 'images')), ['.lock']);
    } finally {
      execFileSync('umount', [directory]);
    }
  });
}
