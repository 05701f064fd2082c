import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { TareError, type ErrorCode } from '../errors.ts';
import { changed, type Changes, host, inBundle, reading } from './bundle.fixture.ts';
import { readBundle } from './read.ts';

function refuses(title: string, changes: Changes, message: RegExp, remedy: RegExp, code: ErrorCode = 'bad-file'): void {
  test(title, async (t) => {
    const error = await t.throwsAsync(reading(changed(changes)), { instanceOf: TareError, message });
    t.regex(error.remedy, remedy);
    t.is(error.code, code);
  });
}

refuses('a newer major version', { ociVersion: '2.0.0' }, /^config\.json: ociVersion: "2\.0\.0": a newer major version/, /versions 1\.x/, 'newer-schema');
refuses('a version from before', { ociVersion: '0.6.0' }, /"0\.6\.0": a version from before/, /versions 1\.x/, 'newer-schema');
refuses('no version', { ociVersion: undefined }, /ociVersion is missing/, /"ociVersion": "1\.0\.2"/);
refuses('a version that is none', { ociVersion: 1.2 }, /ociVersion: 1\.2: is no version/, /like "1\.0\.2"/);

refuses('an unknown property, with the nearest', { 'process.capabilitys': {} }, /config\.json: process\.capabilitys: unknown to tare/, /did you mean "capabilities"/);
refuses('an unknown property of an entry', { 'mounts[1].option': [] }, /mounts\[1\]\.option: unknown/, /did you mean "options"/);
refuses('an unknown property at the top', { Process: {} }, /config\.json: Process: unknown/, /did you mean "process"/);
refuses('the other faults are pointed at', { 'process.cwd': 1, hostname: 2 }, /process\.cwd: 1: expected text \(also wrong: hostname\)/, /correct/);

refuses('no process', { process: undefined }, /process is missing/, /expected an object/);
refuses('no arguments', { 'process.args': [] }, /process\.args: \[\]: expected a program/, /correct it/);
refuses('an empty program', { 'process.args': [''] }, /process\.args\[0\]: "": is no program/, /name one/);
refuses('a NUL in an argument', { 'process.args': ['sh', 'a\0b'] }, /process\.args\[1\]: "a\\u0000b": expected text without a NUL/, /correct/);
refuses('an environment entry without =', { 'process.env': ['A=', 'B'] }, /process\.env\[1\]: "B": is not NAME=value/, /write it so/);
refuses('a working directory that is not absolute', { 'process.cwd': 'tmp' }, /process\.cwd: "tmp": is not absolute/, /begin it with \//);
refuses('a capability that does not exist', { 'process.capabilities.bounding[2]': 'CAP_NET_ADMINN' }, /process\.capabilities\.bounding\[2\]: "CAP_NET_ADMINN": is no capability/, /did you mean "CAP_NET_ADMIN"/);
refuses('a capability by another’s spelling', { 'process.capabilities.bounding[0]': 'kill' }, /bounding\[0\]: "kill": is no capability/, /did you mean "CAP_KILL"/);
refuses('effective and not permitted', { 'process.capabilities.permitted': ['CAP_KILL'] }, /capabilities\.effective\[0\]: "CAP_AUDIT_WRITE": is effective and not permitted/, /add it to permitted/);
refuses('a resource that does not exist', { 'process.rlimits[0].type': 'RLIMIT_NOFILES' }, /rlimits\[0\]\.type: "RLIMIT_NOFILES": is no resource/, /did you mean "RLIMIT_NOFILE"/);
refuses('a resource by a name that every object has', { 'process.rlimits[0].type': 'constructor' }, /rlimits\[0\]\.type: "constructor": is no resource/, /RLIMIT_NOFILE/);
refuses('a resource twice', { 'process.rlimits[1]': { type: 'RLIMIT_NOFILE', soft: 1, hard: 1 } }, /rlimits\[1\]\.type: "RLIMIT_NOFILE": is given twice/, /one soft and one hard/);
refuses('a hard limit below the soft one', { 'process.rlimits[0].hard': 5 }, /rlimits\[0\]\.soft: 1024: is more than the hard limit, 5/, /lower/);
refuses('a limit that is no number', { 'process.rlimits[0].hard': '1k' }, /rlimits\[0\]\.hard: "1k": expected a whole number/, /correct/);
refuses('a umask of its own', { 'process.user.umask': 0o77 }, /process\.user\.umask: 63: every program starts with 18/, /leave it out/);
refuses('an oom score out of range', { 'process.oomScoreAdj': 2000 }, /oomScoreAdj: 2000: expected a whole number from -1000 to 1000/, /correct/);
refuses('a user that is no number', { 'process.user.uid': 'root' }, /process\.user\.uid: "root": expected a whole number/, /correct/);

refuses('memory that is no number', { 'linux.resources.memory': { limit: '64M' } }, /linux\.resources\.memory\.limit: "64M": expected a whole number/, /correct/);
refuses('memory of nothing', { 'linux.resources.memory': { limit: 0 } }, /memory\.limit: 0: leaves no memory/, /-1 for no limit/);
refuses('swap below memory', { 'linux.resources.memory': { limit: 1000, swap: 500 } }, /memory\.swap: 500: is memory and swap together, and memory alone is 1000/, /give 1000 for no swap/);
refuses('swap without memory', { 'linux.resources.memory': { swap: 500 } }, /memory\.swap: 500: .*memory has no limit/, /give memory\.limit too/);
refuses('no oom killer', { 'linux.resources.memory': { disableOOMKiller: true } }, /disableOOMKiller: true: expected false/, /correct/);
refuses('another period', { 'linux.resources.cpu': { quota: 25_000, period: 50_000 } }, /cpu\.period: 50000/, /quota 50000, period 100000/);
refuses('too small a quota', { 'linux.resources.cpu': { quota: 10 } }, /cpu\.quota: 10/, /give 1000 or more/);
refuses('processors that are no list', { 'linux.resources.cpu': { cpus: 'all' } }, /cpu\.cpus: "all": is no list/, /0-3,6/);
refuses('no process at all', { 'linux.resources.pids': { limit: 0 } }, /pids\.limit: 0/, /above 0, or -1/);
refuses('permission for a device', { 'linux.resources.devices[1]': { allow: true, type: 'c', major: 10, minor: 229, access: 'rw' } }, /resources\.devices\[1\]: .*allows devices/, /leave it out/);
refuses('permission for all devices', { 'linux.resources.devices': [{ allow: true }] }, /resources\.devices\[0\]: \{"allow":true\}: allows devices/, /no other device/);
refuses('a device node', { 'linux.devices': [{ path: '/dev/fuse', type: 'c', major: 10, minor: 229 }] }, /linux\.devices\[0\]: .*\/dev\/fuse/, /\/dev\/null, \/dev\/zero/);
refuses('a usual name for another device', { 'linux.devices': [{ path: '/dev/null', type: 'b', major: 1, minor: 3 }] }, /linux\.devices\[0\]/, /leave it out/);

refuses('no root', { root: undefined }, /root is missing/, /add it/);
refuses('a root that is not there', { 'root.path': 'nowhere' }, /root\.path: "nowhere": there is no .*\/nowhere/, /relative to the bundle, or absolute/);
refuses('a root that leads out by ..', { 'root.path': 'rootfs/../../..' }, /root\.path: .*leads out of the bundle by \.\./, /absolute path/);
refuses('a root that is a file', { 'root.path': 'config.json' }, /root\.path: "config\.json": is no directory/, /unpack/);
refuses('the host’s own root', { 'root.path': '/' }, /root\.path: "\/": is the host’s own root/, /name a directory/);

refuses('no mount namespace', { 'linux.namespaces[4]': undefined }, /linux\.namespaces: .*without a mount namespace/, /"type": "mount"/);
refuses('no namespace at all', { linux: undefined }, /linux\.namespaces: \[\]/, /"type": "mount"/);
refuses('a namespace twice', { 'linux.namespaces[5]': { type: 'pid' } }, /linux\.namespaces\[5\]\.type: "pid": is given twice/, /once/);
refuses('a namespace that does not exist', { 'linux.namespaces[5]': { type: 'net' } }, /namespaces\[5\]\.type: "net": is no namespace/, /network/);
refuses('a time namespace', { 'linux.namespaces[5]': { type: 'time' } }, /namespaces\[5\]\.type: "time": nothing here makes time namespaces/, /host’s clocks/);
refuses('a host name without a uts namespace', { 'linux.namespaces[3]': undefined }, /hostname: "runc": without a uts namespace/, /"type": "uts"/);
refuses('too long a host name', { hostname: 'ä'.repeat(33) }, /hostname: .*longer than 64 bytes/, /shorten/);
refuses('a user namespace without maps', { 'linux.namespaces[5]': { type: 'user' } }, /linux\.uidMappings: \[\]: a user namespace needs a map/, /map 0/);
refuses('maps without a user namespace', { 'linux.gidMappings': [{ containerID: 0, hostID: 1, size: 1 }] }, /linux\.gidMappings: .*no user namespace/, /"type": "user"/);

const MAPPED: Changes = {
  'linux.namespaces[5]': { type: 'user' },
  'linux.uidMappings': [{ containerID: 0, hostID: 1000, size: 10 }],
  'linux.gidMappings': [{ containerID: 0, hostID: 1000, size: 10 }],
};
refuses('a uid without a map', { ...MAPPED, 'process.user.uid': 10 }, /process\.user\.uid: 10: is not in linux\.uidMappings/, /map it/);
refuses('a gid without a map', { ...MAPPED, 'process.user.gid': 10 }, /process\.user\.gid: 10: is not in linux\.gidMappings/, /map it/);
refuses('a group without a map', { ...MAPPED, 'process.user.additionalGids': [9, 10] }, /additionalGids\[1\]: 10: is not in linux\.gidMappings/, /map it/);
refuses('maps that overlap', { ...MAPPED, 'linux.uidMappings[1]': { containerID: 9, hostID: 5000, size: 1 } }, /linux\.uidMappings\[1\]: .*overlaps entry 0/, /once/);
refuses('maps without root', { ...MAPPED, 'linux.uidMappings[0].containerID': 1 }, /linux\.uidMappings: .*maps nobody to 0/, /map 0/);
refuses('maps beyond the last id', { ...MAPPED, 'linux.uidMappings[0].size': 2 ** 32 - 1 }, /uidMappings\[0\]\.size: .*beyond the last id/, /fewer/);

refuses('a setting of the whole kernel', { 'linux.sysctl': { 'kernel.panic': '1' } }, /linux\.sysctl\.kernel\.panic: "1": is a setting of the whole kernel/, /net\.\*/);
refuses('a setting by a path', { 'linux.sysctl': { 'net.ipv4/../../kernel.panic': '1' } }, /is no name of a setting/, /with dots/);
refuses('a setting of a namespace that it shares', { 'linux.namespaces[1]': undefined, 'linux.sysctl': { 'net.ipv4.ip_forward': '1' } }, /sysctl\.net\.ipv4\.ip_forward: "1": without a network namespace/, /"type": "network"/);
refuses('shared mounts', { 'linux.rootfsPropagation': 'shared' }, /rootfsPropagation: "shared"/, /"private"/);
refuses('a masked path that is not absolute', { 'linux.maskedPaths[3]': 'proc/kcore' }, /linux\.maskedPaths\[3\]: "proc\/kcore": is not absolute/, /begin it/);
refuses('a read-only path with ..', { 'linux.readonlyPaths[0]': '/proc/../etc' }, /linux\.readonlyPaths\[0\]: "\/proc\/\.\.\/etc": has \.\./, /write the path/);

const mount = (entry: object): Changes => ({ 'mounts[7]': entry });
refuses('a mount target that is not absolute', mount({ destination: 'data', type: 'tmpfs' }), /mounts\[7\]\.destination: "data": is not absolute/, /begin it/);
refuses('a mount target with ..', mount({ destination: '/data/../..', type: 'tmpfs' }), /mounts\[7\]\.destination: .*has \.\./, /write the path/);
refuses('a mount over the root', mount({ destination: '/.//', type: 'tmpfs' }), /mounts\[7\]\.destination: .*is the root itself/, /root\.path/);
refuses('a file system that is not mounted here', mount({ destination: '/data', type: 'ext4', source: '/dev/sda1' }), /mounts\[7\]\.type: "ext4": is nothing that tare mounts/, /known: bind/);
refuses('a mount without a type', mount({ destination: '/data', source: '/etc' }), /mounts\[7\]\.type: ""/, /known: bind/);
refuses('a bind that says it is something else', mount({ destination: '/data', type: 'tmpfs', source: '/etc', options: ['rbind'] }), /mounts\[7\]\.type: "tmpfs": has the option bind/, /write "bind"/);
refuses('a bind of nothing', mount({ destination: '/data', type: 'bind' }), /mounts\[7\]\.source: nothing: names nothing to bind/, /name a file/);
refuses('a bind of what is not there', mount({ destination: '/data', type: 'bind', source: '/nowhere' }), /mounts\[7\]\.source: "\/nowhere": there is no \/nowhere/, /that exists/);
refuses('a bind that leads out of the bundle', mount({ destination: '/data', type: 'bind', source: '../../etc' }), /mounts\[7\]\.source: .*leads out of the bundle by \.\./, /absolute path/);
refuses('a device, bound', mount({ destination: '/dev/x', type: 'bind', source: '/dev/zero' }), /mounts\[7\]\.source: "\/dev\/zero": is a device/, /leave it out/);
refuses('another propagation', mount({ destination: '/data', type: 'bind', source: '/etc', options: ['rslave'] }), /mounts\[7\]\.options\[0\]: "rslave": is not supported: every mount of a container is private/, /leave it out/);
refuses('a flag that a bind has not', mount({ destination: '/data', type: 'bind', source: '/etc', options: ['noatime'] }), /options\[0\]: "noatime": is not set on a bind/, /nosuid/);
refuses('an option of a bind that does not exist', mount({ destination: '/data', type: 'bind', source: '/etc', options: ['readonly'] }), /options\[0\]: "readonly": is no option of bind/, /known/);
refuses('an option where there are none', mount({ destination: '/q', type: 'mqueue', options: ['nosuidd'] }), /options\[0\]: "nosuidd": is no option of mqueue/, /did you mean "nosuid"/);
refuses('two options in one', mount({ destination: '/data', type: 'tmpfs', options: ['size=1k,dev'] }), /options\[0\]: "size=1k,dev": is no option of tmpfs/, /known/);

test('a symbolic link out of the bundle', async (t) => {
  const link = (directory: string): void => symlinkSync('/etc', join(directory, 'link'));
  await t.throwsAsync(reading(changed({ 'root.path': 'link' }), {}, link), { instanceOf: TareError, message: /root\.path: "link": leads out of the bundle through a symbolic link, to \/etc/ });
});

test('cgroup2 on a host of v1', async (t) => {
  const config = changed(mount({ destination: '/cg', type: 'cgroup2' }));
  await t.throwsAsync(reading(config, { cgroups: { mode: 'hybrid', controllers: new Map(), unified: '/x', toEnable: [] } }), { instanceOf: TareError, message: /mounts\[7\]\.type: "cgroup2"/ });
});

test('a seccomp profile that cannot be compiled is told by its compiler', async (t) => {
  const config = changed({ 'linux.seccomp': { defaultAction: 'x' } });
  const compileSeccomp = (): never => {
    throw new TareError('bad-file', 'linux.seccomp.defaultAction', '');
  };
  await t.throwsAsync(reading(config, { compileSeccomp }), { instanceOf: TareError, message: /seccomp\.defaultAction/ });
});

function refusesText(title: string, text: string, message: RegExp): void {
  test(title, (t) => t.throwsAsync(reading(text), { instanceOf: TareError, code: 'bad-file', message }).then(() => undefined));
}
refusesText('a slip of the pen, by line and column', '{\n  "ociVersion": "1.0.2",\n  "process": }\n', /^config\.json:3:14: expected a value, found "}"/);
refusesText('a property twice', '{ "ociVersion": "1.0.2", "ociVersion": "1.0.0" }', /^config\.json:1:26: "ociVersion" is given twice/);
refusesText('no object', '[]', /^config\.json: \[\]: expected an object/);
refusesText('an empty file', '', /^config\.json:1:1: expected a value, found the end/);

async function refusesDirectory(prepare: (directory: string) => void, read = (directory: string): string => directory): Promise<TareError> {
  return inBundle(async (directory) => {
    prepare(directory);
    return readBundle(read(directory), host()).then(() => { throw new Error('it was read'); }, (error: unknown) => error as TareError);
  });
}

test('a directory without config.json', async (t) => {
  const error = await refusesDirectory(() => undefined);
  t.is(error.code, 'missing-file');
  t.regex(error.message, /there is no .*\/config\.json/);
  t.regex(error.remedy, /runc spec/);
});

test('no directory', async (t) => {
  t.is((await refusesDirectory(() => undefined, (directory) => join(directory, 'other'))).code, 'missing-file');
  t.regex((await refusesDirectory((directory) => writeFileSync(join(directory, 'file'), ''), (directory) => join(directory, 'file'))).message, /bundle .*\/file is no directory/);
});

test('a config.json that is a directory', async (t) => {
  t.regex((await refusesDirectory((directory) => mkdirSync(join(directory, 'config.json')))).message, /config\.json is no regular file/);
});

test('a config.json that is too large', async (t) => {
  const error = await refusesDirectory((directory) => {
    writeFileSync(join(directory, 'config.json'), '{}');
    truncateSync(join(directory, 'config.json'), 2 ** 20 + 1);
  });
  t.regex(error.message, /has 1048577 bytes, more than 1048576/);
});

test('a config.json that is no text', async (t) => {
  t.regex((await refusesDirectory((directory) => writeFileSync(join(directory, 'config.json'), Buffer.from([0x22, 0xff, 0x22])))).message, /is not text in UTF-8/);
});
