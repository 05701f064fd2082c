import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { heldCapabilities } from '../../runtime/container/capabilities.ts';
import { defaultSpec } from '../../runtime/container/defaults.ts';
import { rootless } from '../../runtime/container/rootless.ts';
import type { ContainerSpec } from '../../runtime/container/spec.ts';
import { TareError } from '../../runtime/errors.ts';
import { fakeImage } from '../../runtime/fake/image.ts';
import { MS } from '../../runtime/steps.ts';
import { rlimitFrom } from './limits.ts';
import { mountFrom } from './mounts.ts';
import { specFrom, type ContainerOptions } from './options.ts';

const image = fakeImage();
const base = defaultSpec(image, { memoryBytes: 2 ** 28, cpus: 1 });

function spec(given: ContainerOptions, from: ContainerSpec = base): Promise<ContainerSpec> {
  return specFrom(given, from, image);
}

test('without options it is the default container', async (t) => {
  t.deepEqual(await spec({}), base);
});

test('capabilities are added and dropped as Docker does it, and the filter follows', async (t) => {
  const kept = async (given: ContainerOptions): Promise<readonly number[]> => (await spec(given)).capabilities?.bounding ?? [];
  t.is((await kept({ 'cap-add': ['NET_ADMIN'] })).length, 15);
  t.true((await kept({ 'cap-add': ['cap_net_admin'] })).includes(12));
  t.false((await kept({ 'cap-drop': ['CHOWN,KILL'] })).some((number) => number === 0 || number === 5));
  t.deepEqual(await kept({ 'cap-drop': ['ALL'], 'cap-add': ['CHOWN'] }), [0]);
  const all = heldCapabilities(readFileSync('/proc/self/status', 'utf8'));
  t.deepEqual(await kept({ 'cap-add': ['ALL'] }), all);
  t.deepEqual(await kept({ 'cap-add': ['ALL'], 'cap-drop': ['CHOWN'] }), all.filter((number) => number !== 0));
  t.notDeepEqual((await spec({ 'cap-add': ['SYS_ADMIN'] })).seccomp, base.seccomp);
});

test('what the host’s root has, a container can get', (t) => {
  t.deepEqual(heldCapabilities('CapBnd:\t0000000000000003\n'), [0, 1]);
  t.deepEqual(heldCapabilities('Name: x\n'), []);
});

test('mounts are read as they are written for Docker', (t) => {
  t.like(mountFrom('type=bind,src=/etc,dst=/mnt/x/,readonly'), { type: 'bind', source: '/etc', target: '/mnt/x', flags: MS.rec | MS.rdonly | MS.nosuid | MS.nodev });
  t.like(mountFrom('type=tmpfs,target=/data,size=64M,mode=0700'), { type: 'tmpfs', target: '/data', data: 'mode=0700,size=67108864' });
  t.is(mountFrom('source=/etc,target=/mnt,recursive=false').flags & MS.rec, 0);
});

test('limits of each process', (t) => {
  t.deepEqual(rlimitFrom('nofile=10:20'), { resource: 7, soft: 10, hard: 20 });
  t.deepEqual(rlimitFrom('core=0'), { resource: 4, soft: 0, hard: 0 });
  t.deepEqual(rlimitFrom('nproc=unlimited'), { resource: 6, soft: Infinity, hard: Infinity });
});

test('the rest of the options', async (t) => {
  const given = await spec({ hostname: 'box', env: ['A=b=c', 'PATH=/bin'], workdir: '/tmp', network: 'host', 'read-only': true, pids: '7', 'memory-swap': '0', 'cpuset-cpus': '0-1,3', 'cpu-weight': '50', stats: true, sysctl: ['kernel.shmmax=1'], userns: true });
  t.like(given, { hostname: 'box', workdir: '/tmp', readonlyRoot: true, sysctl: { 'kernel.shmmax': '1' }, idMaps: { uids: [{ inside: 0, outside: 100_000, count: 65_536 }], gids: [{ inside: 0, outside: 100_000, count: 65_536 }] } });
  t.like(given.limits, { memoryBytes: 2 ** 28, pids: 7, swapBytes: 0, cpuset: '0-1,3', cpuWeight: 50, cpuTime: true });
  t.deepEqual(given.namespaces, ['user', 'mnt', 'pid', 'ipc', 'uts', 'cgroup']);
  t.deepEqual(given.environment, ['HOME=/root', 'HOSTNAME=box', 'A=b=c', 'PATH=/bin']);
});

test('who is not root has no capabilities in effect', async (t) => {
  const given = await spec({ user: '1000:1001' });
  t.deepEqual(given.user, { uid: 1000, gid: 1001, groups: [] });
  t.like(given.capabilities, { effective: [], permitted: [] });
  t.is(given.capabilities?.bounding.length, 14);
});

const BAD: readonly (readonly [name: string, given: ContainerOptions, message: RegExp, remedy?: RegExp])[] = [
  ['an unknown capability', { 'cap-add': ['NET_ADMN'] }, /--cap-add: there is no capability "NET_ADMN"/, /did you mean "NET_ADMIN"/],
  ['an unknown capability to drop', { 'cap-drop': ['X'] }, /--cap-drop: there is no capability "X"/],
  ['a limit that is no number', { pids: 'many' }, /--pids: "many" is not a whole number/],
  ['a weight beyond', { 'cpu-weight': '10001' }, /--cpu-weight: 10001 is above 10000/],
  ['no list of processors', { 'cpuset-cpus': 'all' }, /--cpuset-cpus: "all" is no list/],
  ['a target that is not absolute', { mount: ['type=bind,source=/etc,target=x'] }, /the target "x" is not absolute/, /target=\/x/],
  ['a target that goes upwards', { mount: ['type=tmpfs,target=/a/../..'] }, /goes upwards/],
  ['a target that is the root', { mount: ['type=tmpfs,target=//'] }, /the root itself/],
  ['no target', { mount: ['type=tmpfs'] }, /it has no target/],
  ['a source that is not there', { mount: ['type=bind,source=/no/such,target=/x'] }, /the host has no \/no\/such/],
  ['a source that is relative', { mount: ['type=bind,source=etc,target=/x'] }, /the source "etc" is not absolute/],
  ['an unknown type', { mount: ['type=volume,target=/x'] }, /there is no type "volume"/],
  ['an unknown field', { mount: ['type=tmpfs,target=/x,sze=1M'] }, /a tmpfs has no "sze"/, /did you mean "size"/],
  ['an unknown limit', { ulimit: ['nofiles=1'] }, /--ulimit: there is no limit "nofiles"/, /did you mean "nofile"/],
  ['a limit without a number', { ulimit: ['nofile=x'] }, /"x" is no number/],
  ['a hard limit below the soft one', { ulimit: ['nofile=20:10'] }, /the hard limit is below the soft one/, /nofile=10:20/],
  ['a host name with a blank', { hostname: 'a b' }, /--hostname: "a b" is no host name/],
  ['a working directory that is relative', { workdir: 'tmp' }, /--workdir: "tmp" is not absolute/],
  ['an unset variable', { env: ['TARE_NO_SUCH'] }, /--env: "TARE_NO_SUCH" is not set here/],
  ['a variable without a name', { env: ['=x'] }, /--env: "=x" is no NAME=value/],
  ['a setting of the whole host', { sysctl: ['kernel.panic=1'] }, /"kernel.panic" is a setting of the whole host/],
  ['a setting that is a path', { sysctl: ['net/../kernel.panic=1'] }, /is a setting of the whole host/],
  ['a network setting on the host’s network', { sysctl: ['net.ipv4.ip_forward=1'], network: 'host' }, /is a setting of the whole host/],
  ['a uid without a map', { user: '70000', userns: true }, /uid 70000 is not mapped/, /0 to 65535/],
  ['an unknown user', { user: 'nosuch' }, /--user nosuch: the image has no user "nosuch"/],
  ['an unknown part', { without: ['nets'] }, /--without: there is no "nets"/, /did you mean "net"/],
  ['a profile that is not there', { seccomp: '/no/such.json' }, /--seccomp: cannot read "\/no\/such.json"/],
  ['a cable out of a user namespace', { userns: true, network: 'veth' }, /has no right to lay a cable/, /leave out --userns|with sudo/],
  ['no block device', { io: ['/dev/null:write=1M'] }, /"\/dev\/null" is no block device/],
  ['no rule for a device', { io: ['/dev/null:wrote=1M'] }, /is no DEVICE:WHAT=N/],
];

for (const [name, given, message, remedy] of BAD) {
  test(`refused: ${name}`, async (t) => {
    const error = await t.throwsAsync(spec(given), { instanceOf: TareError });
    t.is(error.code, 'usage');
    t.regex(error.message, message);
    t.true(error.remedy !== '');
    if (remedy !== undefined) t.regex(error.remedy, remedy);
  });
}

test('limits without root are refused, not forgotten', async (t) => {
  const error = await t.throwsAsync(spec({ pids: '5' }, rootless(base)), { instanceOf: TareError });
  t.regex(error.message, /--pids: cgroups belong to root/);
});

test('a seccomp profile of the user’s is compiled, and a bad one named with its place', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'tare-options-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const file = (name: string, text: string): string => {
    writeFileSync(join(directory, name), text);
    return join(directory, name);
  };
  const given = await spec({ seccomp: file('good.json', '{"defaultAction":"SCMP_ACT_ALLOW","architectures":["SCMP_ARCH_X86_64"],"syscalls":[{"names":["mkdir"],"action":"SCMP_ACT_ERRNO"}]}') });
  t.true((given.seccomp?.length ?? 0) % 8 === 0 && (given.seccomp?.length ?? 0) > 0);
  t.is((await spec({ seccomp: 'unconfined' })).seccomp, null);
  await t.throwsAsync(spec({ seccomp: file('bad.json', '{') }), { message: /bad.json is no JSON/ });
  await t.throwsAsync(spec({ seccomp: file('odd.json', '{"defaultAction":"SCMP_ACT_PERHAPS"}') }), { message: /SCMP_ACT_PERHAPS/ });
});
