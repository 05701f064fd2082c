import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { flags, MS } from '../steps.ts';
import { cgroups, changed, type Changes, host, inBundle, reading } from './bundle.fixture.ts';
import { readBundle, type OciBundle } from './read.ts';
import { CRUN_SPEC, RUNC_SPEC } from './recorded.fixture.ts';

const read = (changes: Changes, prepare?: (directory: string) => void): Promise<OciBundle> => reading(changed(changes), {}, prepare);

for (const [name, config] of [['runc', RUNC_SPEC], ['crun', CRUN_SPEC]] as const) {
  test(`what ${name} spec prints is a container`, async (t) => {
    const { spec, args, terminal, notes } = await reading(config);
    t.deepEqual(args, ['sh']);
    t.true(terminal);
    t.true(spec.root.kind === 'directory' && spec.root.path.endsWith('/rootfs'));
    t.true(spec.readonlyRoot);
    t.is(spec.hostname, name);
    t.deepEqual(spec.namespaces, ['pid', 'net', 'ipc', 'uts', 'mnt', 'cgroup']);
    t.deepEqual(spec.capabilities, { bounding: [29, 5, 10], effective: [29, 5, 10], permitted: [29, 5, 10], inheritable: [], ambient: [] });
    t.deepEqual(spec.rlimits, [{ resource: 7, soft: 1024, hard: 1024 }]);
    t.true(spec.noNewPrivileges);
    t.deepEqual(spec.limits, { memoryBytes: null, cpus: null, pids: null });
    t.deepEqual(spec.mounts.map(({ target, type, source, flags: bits, data }) => [target, type, source, bits, data]), [
      ['/proc', 'proc', 'proc', 0, ''],
      ['/dev', 'tmpfs', 'tmpfs', flags(MS.nosuid, MS.strictatime), 'mode=755,size=65536k'],
      ['/dev/pts', 'devpts', 'devpts', flags(MS.nosuid, MS.noexec), 'newinstance,ptmxmode=0666,mode=0620,gid=5'],
      ['/dev/shm', 'tmpfs', 'shm', flags(MS.nosuid, MS.noexec, MS.nodev), 'mode=1777,size=65536k'],
      ['/dev/mqueue', 'mqueue', 'mqueue', flags(MS.nosuid, MS.noexec, MS.nodev), ''],
      ['/sys', 'sysfs', 'sysfs', flags(MS.nosuid, MS.noexec, MS.nodev, MS.rdonly), ''],
      ['/sys/fs/cgroup', 'cgroup2', 'cgroup', flags(MS.nosuid, MS.noexec, MS.nodev, MS.rdonly, 1 << 21), ''],
    ]);
    t.deepEqual(spec.masked.filter(({ kind }) => kind === 'directory').map(({ path }) => path), ['/proc/acpi', '/proc/asound', '/sys/firmware', '/proc/scsi']);
    t.deepEqual(spec.readonlyPaths, RUNC_SPEC.linux.readonlyPaths);
    // Neither is ignored in silence.
    t.is(notes.length, 2);
    t.regex(notes[0] ?? '', /cgroup namespace is added/);
    t.regex(notes[1] ?? '', /ambient: without CAP_AUDIT_WRITE, CAP_KILL, CAP_NET_BIND_SERVICE/);
  });
}

test('on a host of v1 the cgroup mount is a tree: each hierarchy once, read-only when all are there', async (t) => {
  const { spec } = await reading(RUNC_SPEC, { cgroups: cgroups(1) });
  t.deepEqual(spec.mounts.slice(6).map(({ target, type, data }) => [target, type, data]), [
    ['/sys/fs/cgroup', 'tmpfs', 'mode=755'],
    ['/sys/fs/cgroup/memory', 'cgroup', 'memory'],
    ['/sys/fs/cgroup/pids', 'cgroup', 'pids'],
    ['/sys/fs/cgroup/cpu,cpuacct', 'cgroup', 'cpu,cpuacct'],
  ]);
  t.is((spec.mounts[6]?.flags ?? 0) & MS.rdonly, 0);
  t.is(spec.readonlyPaths[0], '/sys/fs/cgroup');
});

test('ambient capabilities that are inheritable are kept', async (t) => {
  const { spec, notes } = await read({ 'process.capabilities.inheritable': ['CAP_KILL'] });
  t.deepEqual(spec.capabilities?.ambient, [5]);
  t.regex(notes.join('\n'), /without CAP_AUDIT_WRITE, CAP_NET_BIND_SERVICE:/);
});

test('missing capabilities are none, and a missing user is root', async (t) => {
  const { spec } = await read({ 'process.capabilities': undefined, 'process.user': undefined, 'process.noNewPrivileges': undefined });
  t.deepEqual(spec.capabilities, { bounding: [], effective: [], permitted: [], inheritable: [], ambient: [] });
  t.deepEqual(spec.user, { uid: 0, gid: 0, groups: [] });
  t.false(spec.noNewPrivileges);
});

test('user, groups and the usual umask', async (t) => {
  const { spec } = await read({ 'process.user': { uid: 33, gid: 34, umask: 0o22, additionalGids: [4, 27] } });
  t.deepEqual(spec.user, { uid: 33, gid: 34, groups: [4, 27] });
});

test('a user namespace with its maps', async (t) => {
  const { spec } = await read({ 'linux.namespaces[5]': { type: 'user' }, 'linux.uidMappings': [{ containerID: 0, hostID: 100000, size: 65536 }], 'linux.gidMappings': [{ containerID: 0, hostID: 1000, size: 1 }, { containerID: 1, hostID: 100001, size: 9 }], 'process.user.gid': 9 });
  t.true(spec.namespaces.includes('user'));
  t.deepEqual(spec.idMaps, { uids: [{ inside: 0, outside: 100000, count: 65536 }], gids: [{ inside: 0, outside: 1000, count: 1 }, { inside: 1, outside: 100001, count: 9 }] });
});

test('every limit', async (t) => {
  const throttle = [{ major: 8, minor: 0, rate: 1000 }];
  const { spec } = await read({
    'linux.resources.memory': { limit: 64 * 2 ** 20, swap: 96 * 2 ** 20, disableOOMKiller: false, useHierarchy: true },
    'linux.resources.cpu': { quota: 150_000, period: 100_000, shares: 512, cpus: '0-3,6', mems: '0' },
    'linux.resources.pids': { limit: 100 },
    'linux.resources.blockIO': { throttleReadBpsDevice: throttle, throttleWriteIOPSDevice: [{ major: 8, minor: 0, rate: 50 }, { major: 8, minor: 16, rate: 60 }] },
  });
  t.deepEqual(spec.limits, {
    memoryBytes: 64 * 2 ** 20, swapBytes: 32 * 2 ** 20, cpus: 1.5, cpuWeight: 50, cpuset: '0-3,6', memoryNodes: '0', pids: 100,
    io: [{ major: 8, minor: 0, readBytesPerSecond: 1000, writesPerSecond: 50 }, { major: 8, minor: 16, writesPerSecond: 60 }],
  });
});

test('limits that say that there is none', async (t) => {
  const { spec } = await read({ 'linux.resources.memory': { limit: -1, swap: -1 }, 'linux.resources.cpu': { quota: -1, period: 50_000, shares: 0, cpus: '' }, 'linux.resources.pids': { limit: -1 } });
  t.deepEqual(spec.limits, { memoryBytes: null, swapBytes: null, cpus: null, pids: null });
});

test('shares end at the weights that there are', async (t) => {
  for (const [shares, cpuWeight] of [[2, 1], [1024, 100], [262_144, 10_000]]) t.is((await read({ 'linux.resources.cpu': { shares } })).spec.limits?.cpuWeight, cpuWeight);
});

test('no limit on a resource, to the last bit', async (t) => {
  const text = JSON.stringify(RUNC_SPEC).replace('"hard":1024', '"hard":18446744073709551615');
  t.deepEqual((await reading(text)).spec.rlimits, [{ resource: 7, soft: 1024, hard: Infinity }]);
  await t.throwsAsync(reading(text.replace('551615', '551614')), { message: /rlimits\[0\]\.hard: 18446744073709551614: expected a whole number/ });
});

test('binds: of the bundle’s own files and of the host’s, never with devices', async (t) => {
  const prepare = (directory: string): void => {
    mkdirSync(join(directory, 'data'));
    symlinkSync('data', join(directory, 'link'));
  };
  const { spec } = await read({
    'mounts[7]': { destination: '/a//b/', source: 'link', options: ['rbind', 'rprivate', 'ro', 'nosuid'] },
    'mounts[8]': { destination: '/c', type: 'bind', source: '/etc', options: ['bind', 'rw'] },
    'mounts[9]': { destination: '/d', type: 'tmpfs', options: ['ro', 'rw', 'size=1m'] },
  }, prepare);
  const [own, etc, tmpfs] = spec.mounts.slice(7);
  t.like(own, { target: '/a/b', type: 'bind', flags: flags(MS.rec, MS.rdonly, MS.nosuid, MS.nodev), data: '' });
  t.true(own?.source.endsWith('/data'));
  t.like(etc, { target: '/c', source: '/etc', flags: MS.nodev });
  t.like(tmpfs, { source: 'tmpfs', flags: MS.nodev, data: 'size=1m' });
});

test('a root that is absolute may lie anywhere, and is what its links lead to', (t) =>
  inBundle(async (elsewhere) => {
    symlinkSync(join(elsewhere, 'rootfs'), join(elsewhere, 'link'));
    const { spec } = await read({ 'root.path': join(elsewhere, 'link') });
    t.deepEqual(spec.root, { kind: 'directory', path: join(elsewhere, 'rootfs') });
  }));

test('what a mask hides is found in the root, where links lead inside', async (t) => {
  const prepare = (directory: string): void => {
    mkdirSync(join(directory, 'rootfs/secrets'));
    mkdirSync(join(directory, 'rootfs/below'));
    writeFileSync(join(directory, 'rootfs/key'), '');
    // To the host /secrets is nothing, and /key too.
    symlinkSync('/secrets', join(directory, 'rootfs/below/absolute'));
    symlinkSync('../../../../key', join(directory, 'rootfs/upwards'));
    symlinkSync('loop', join(directory, 'rootfs/loop'));
  };
  const { spec } = await read({ 'linux.maskedPaths': ['/secrets', '/key', '/below/absolute', '/upwards', '/loop', '/missing', '/proc/sys', '/sys/class', '/proc/version', '/key/below'] }, prepare);
  t.deepEqual(spec.masked.map(({ kind }) => kind), ['directory', 'file', 'directory', 'file', 'file', 'file', 'directory', 'directory', 'file', 'file']);
});

test('what a mask hides below a bind is found there', async (t) => {
  const prepare = (directory: string): void => {
    for (const name of ['data/inner', 'other/name']) mkdirSync(join(directory, name), { recursive: true });
  };
  const { spec } = await read({
    'mounts[7]': { destination: '/data', type: 'bind', source: 'data' },
    'mounts[8]': { destination: '/data/over', type: 'bind', source: 'other' },
    'linux.maskedPaths': ['/data/inner', '/data', '/data/over/name'],
  }, prepare);
  t.deepEqual(spec.masked.map(({ kind }) => kind), ['directory', 'directory', 'directory']);
});

test('settings of its own namespaces, labels, and the rest of linux', async (t) => {
  const { spec, notes } = await read({
    'linux.sysctl': { 'net.ipv4.ip_unprivileged_port_start': '0', 'kernel.shmmax': '1', 'fs.mqueue.msg_max': '5', 'kernel.domainname': 'x' },
    'linux.mountLabel': 'system_u:object_r:container_file_t:s0:c1,c2',
    'process.selinuxLabel': 'system_u:system_r:container_t:s0:c1,c2',
    'process.apparmorProfile': 'docker-default',
    'process.oomScoreAdj': -5,
    'process.consoleSize': { height: 0, width: 0 },
    'linux.rootfsPropagation': 'rprivate',
    'linux.cgroupsPath': '/docker/abc',
    annotations: { 'org.example.note': 'x' },
  });
  t.is(spec.sysctl['net.ipv4.ip_unprivileged_port_start'], '0');
  t.deepEqual(spec.selinux, { process: 'system_u:system_r:container_t:s0:c1,c2', mount: 'system_u:object_r:container_file_t:s0:c1,c2' });
  t.is(spec.apparmor, 'docker-default');
  t.is(spec.oomScoreAdjust, -5);
  t.regex(notes.join('\n'), /cgroupsPath: \/docker\/abc is not used/);
  t.regex(notes.join('\n'), /consoleSize/);
});

test('empty labels are none', async (t) => {
  const { spec } = await read({ 'linux.mountLabel': '', 'process.selinuxLabel': '', 'process.apparmorProfile': '', hostname: '' });
  t.deepEqual([spec.selinux, spec.apparmor, spec.hostname], [{ process: null, mount: null }, null, null]);
});

test('device rules as Docker and containerd write them', async (t) => {
  const allow = (type: string, numbers: object, access = 'rwm'): object => ({ allow: true, type, ...numbers, access });
  await t.notThrowsAsync(read({
    'linux.resources.devices': [
      { allow: false, access: 'rwm' }, allow('c', {}, 'm'), allow('b', {}, 'm'),
      ...[[1, 3], [1, 5], [1, 7], [1, 8], [1, 9], [5, 0], [5, 1], [5, 2]].map(([major, minor]) => allow('c', { major, minor })),
      allow('c', { major: 136 }), allow('c', { major: 136, minor: -1 }), { allow: false, type: 'c', major: 10, minor: 229, access: 'rwm' },
    ],
    'linux.devices': [{ path: '/dev/null', type: 'c', major: 1, minor: 3, fileMode: 0o666, uid: 0, gid: 0 }],
  }));
});

test('seccomp is handed to its compiler, with every digit', async (t) => {
  const given: object[] = [];
  const text = JSON.stringify(changed({ 'linux.seccomp': { defaultAction: 'SCMP_ACT_ALLOW', value: 'x' } })).replace('"x"', '18446744073709551615');
  const { spec } = await reading(text, { compileSeccomp: (seccomp) => (given.push(seccomp), Uint8Array.of(1)) });
  t.deepEqual(given, [{ defaultAction: 'SCMP_ACT_ALLOW', value: 18446744073709551615n }]);
  t.deepEqual(spec.seccomp, Uint8Array.of(1));
});

test('properties that are null are not there', async (t) => {
  const { spec } = await read({ 'process.rlimits': null, 'linux.resources.memory': null, 'process.capabilities.ambient': null });
  t.deepEqual(spec.rlimits, []);
});

test('a bundle is named from anywhere, and nothing in it changes', (t) =>
  inBundle(async (directory) => {
    writeFileSync(join(directory, 'config.json'), JSON.stringify(RUNC_SPEC));
    const { spec } = await readBundle(join(directory, 'rootfs', '..'), host());
    t.deepEqual(spec.root, { kind: 'directory', path: join(directory, 'rootfs') });
  }));
