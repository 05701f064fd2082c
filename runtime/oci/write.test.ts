import { execFile, execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { KEPT } from '../container/capabilities.ts';
import { defaultSpec } from '../container/defaults.ts';
import type { ContainerSpec } from '../container/spec.ts';
import { fromOci, toOci } from '../container/seccomp/oci.ts';
import { compileFilter } from '../container/seccomp/compile.ts';
import { defaultProfile } from '../container/seccomp/profile.ts';
import { TareError } from '../errors.ts';
import type { Image } from '../image/image.ts';
import { findInPath } from '../image/lookup.ts';
import { loadImage } from '../image/load.ts';
import { hierarchy } from '../instance.ts';
import { flags, MS } from '../steps.ts';
import { host, inBundle } from './bundle.fixture.ts';
import { readBundle, type OciBundle } from './read.ts';
import { configText, ociConfig, writeBundle } from './write.ts';

const IMAGE = { layers: [], mountpoint: '/nowhere' } as unknown as Image;

function spec(given: Partial<ContainerSpec> = {}): ContainerSpec {
  return { ...defaultSpec(IMAGE, { memoryBytes: 64 * 2 ** 20, cpus: 1.5 }), seccomp: null, ...given };
}

/** Written, and read again. */
function there(of: ContainerSpec, seccomp?: object): Promise<OciBundle> {
  return inBundle(async (directory) => {
    await writeBundle(directory, ociConfig(of, { args: ['/bin/true', 'x'] }, { rootPath: 'rootfs', ...(seccomp === undefined ? {} : { seccomp }) }));
    return readBundle(directory, host({ compileSeccomp: () => of.seccomp ?? new Uint8Array() }));
  });
}

/** All but the root, which a bundle has as one directory, and the reasons, which it has not. */
function comparable(of: ContainerSpec): object {
  return { ...of, root: null, mounts: of.mounts.map((mount) => ({ ...mount, why: '' })) };
}

const WHOLE: Partial<ContainerSpec> = {
  readonlyRoot: true,
  namespaces: ['mnt', 'pid', 'net', 'ipc', 'uts', 'cgroup', 'user'],
  idMaps: { uids: [{ inside: 0, outside: 100_000, count: 65_536 }], gids: [{ inside: 0, outside: 200_000, count: 65_536 }] },
  mounts: [
    ...spec().mounts,
    { target: '/host', type: 'bind', source: '/etc', flags: flags(MS.rec, MS.rdonly, MS.nosuid, MS.nodev, MS.noexec), data: '', why: '' },
    { target: '/one', type: 'bind', source: '/usr', flags: MS.nodev, data: '', why: '' },
    { target: '/tmp', type: 'tmpfs', source: 'tmpfs', flags: flags(MS.nodev, MS.nosuid), data: 'mode=1777,size=1m', why: '' },
  ],
  capabilities: { bounding: [5, 10], effective: [5], permitted: [5, 10], inheritable: [5], ambient: [5] },
  rlimits: [{ resource: 7, soft: 512, hard: 1024 }, { resource: 4, soft: 0, hard: Infinity }],
  user: { uid: 33, gid: 34, groups: [4] },
  limits: { memoryBytes: 2 ** 26, swapBytes: 2 ** 20, cpus: 0.25, cpuset: '0', memoryNodes: '0', pids: 7, cpuWeight: 33, io: [{ major: 8, minor: 0, readBytesPerSecond: 5, writeBytesPerSecond: 6, readsPerSecond: 7, writesPerSecond: 8 }] },
  sysctl: { 'net.ipv4.ip_unprivileged_port_start': '0' },
  oomScoreAdjust: 500,
  selinux: { process: 'a:b:c:s0', mount: 'd:e:f:s0' },
  apparmor: 'profile',
};

for (const [title, given] of [['the default container', {}], ['one that asks for everything', WHOLE], ['one without limits', { limits: { memoryBytes: null, swapBytes: null, cpus: null, pids: null } }]] as const) {
  test(`${title}, written and read again, is the same`, async (t) => {
    const { spec: again, args, terminal, notes } = await there(spec(given));
    t.deepEqual(comparable(again), comparable(spec(given)));
    t.deepEqual(args, ['/bin/true', 'x']);
    t.false(terminal);
    t.deepEqual(notes, []);
  });
}

test('weights survive their way through shares', async (t) => {
  const limits = (cpuWeight: number): ContainerSpec['limits'] => ({ memoryBytes: null, cpus: null, pids: null, cpuWeight });
  for (const weight of [1, 2, 99, 100, 101, 5000, 10_000]) t.is((await there(spec({ limits: limits(weight) }))).spec.limits?.cpuWeight, weight);
});

test('binds say that they are private, which is not every tool’s default', (t) => {
  const { mounts } = ociConfig(spec(WHOLE), { args: ['x'] }, { rootPath: '/r' });
  t.deepEqual(mounts?.find(({ destination }) => destination === '/host')?.options, ['rbind', 'rprivate', 'nosuid', 'nodev', 'noexec', 'ro']);
  t.deepEqual(mounts?.find(({ destination }) => destination === '/one')?.options, ['bind', 'rprivate', 'nodev']);
});

test('what the caller leaves to its own capabilities and cgroup', (t) => {
  const config = ociConfig(spec({ capabilities: null, limits: null }), { args: ['x'] }, { rootPath: '/r' });
  t.is(config.process.capabilities?.bounding?.length, 41);
  t.deepEqual(config.linux?.resources, { devices: [{ allow: false, access: 'rwm' }] });
});

test('numbers of 64 bits are written with every digit', (t) => {
  const seccomp = { value: 18446744073709551614n, text: '18' };
  const text = configText(ociConfig(spec({ rlimits: [{ resource: 9, soft: 1, hard: Infinity }] }), { args: ['x'] }, { rootPath: '/r', seccomp }));
  t.true(text.includes('"hard": 18446744073709551615'));
  t.true(text.includes('"value": 18446744073709551614'));
  t.true(text.includes('"text": "18"'));
  t.notRegex(text, /u0000|null/);
});

const UNWRITABLE: readonly (readonly [string, Partial<ContainerSpec>, RegExp])[] = [
  ['a veth pair', { network: 'veth' }, /a pair of veth/],
  ['a compiled filter', { seccomp: Uint8Array.of(1) }, /compiled seccomp filter/],
  ['the host’s root', { root: { kind: 'host' } }, /host’s own root/],
  ['a flag without a word', { mounts: [{ target: '/x', type: 'tmpfs', source: 'x', flags: 1 << 20, data: '', why: '' }] }, /mount flags 0x100000 on \/x/],
  ['one cgroup hierarchy', { mounts: [{ target: '/x', type: 'cgroup', source: 'x', flags: 0, data: 'memory', why: '' }] }, /controllers memory alone on \/x/],
  ['a resource without a name', { rlimits: [{ resource: 99, soft: 1, hard: 1 }] }, /resource limit 99/],
];
for (const [title, given, message] of UNWRITABLE) {
  test(`${title} is not written`, (t) => {
    t.throws(() => ociConfig(spec(given), { args: ['x'] }, { rootPath: '/r' }), { instanceOf: TareError, code: 'usage', message });
  });
}

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
const isRoot = process.getuid?.() === 0;

/** crun refuses a hybrid host whose v2 tree carries a controller: it is shown one without that tree. */
function command(name: string, args: readonly string[]): readonly [string, readonly string[]] {
  const { mode, unified } = hierarchy();
  return name === 'crun' && mode === 'hybrid' ? ['unshare', ['-m', 'sh', '-c', 'umount "$1" && shift && exec "$@"', 'sh', unified ?? '', name, ...args]] : [name, args];
}

for (const name of ['crun', 'runc']) {
  const found = findInPath(name, PATH) !== null;
  const peerTest = isRoot && found ? test.serial : test.skip;
  const skipped = !found ? ` (skipped: this host has no ${name})` : isRoot ? '' : ' (skipped: needs root)';
  peerTest(`${name} runs the default container as it is written${skipped}`, (t) =>
    inBundle(async (directory) => {
      for (const layer of (await loadImage('tiny')).layers) cpSync(layer.directory, join(directory, 'rootfs'), { recursive: true, verbatimSymlinks: true });
      const rules = defaultProfile({ capabilities: KEPT.map((each) => each.name), kernel: execFileSync('uname', ['-r'], { encoding: 'utf8' }).trim() });
      const script = 'echo pid $$; hostname; grep -E "^(CapEff|NoNewPrivs|Seccomp:)" /proc/self/status; ulimit -c; head -c 1 /proc/kcore | wc -c; echo 1 2>/dev/null >/proc/sys/kernel/panic || echo read-only; cat /sys/class/net/*/address';
      const of = spec({ seccomp: compileFilter(rules), rlimits: [{ resource: 4, soft: 0, hard: 0 }] });
      await writeBundle(directory, ociConfig(of, { args: ['sh', '-c', script] }, { rootPath: 'rootfs', seccomp: toOci(rules) }));
      const state = join(directory, 'state');
      mkdirSync(state);
      const id = `tare-write-test-${process.pid}-${name}`;
      const { stdout } = await promisify(execFile)(...command(name, ['--root', state, 'run', '--bundle', directory, id]), { timeout: 30_000 });
      t.is(stdout, ['pid 1', 'tare', 'CapEff:\t00000000a80425fb', 'NoNewPrivs:\t1', 'Seccomp:\t2', '0', '0', 'read-only', '00:00:00:00:00:00', ''].join('\n'));
      t.false(existsSync(join(state, id)));
      t.notThrows(() => compileFilter(fromOci((JSON.parse(readFileSync(join(directory, 'config.json'), 'utf8')) as { linux: { seccomp: object } }).linux.seccomp)));
    }));
}
