import { chownSync, cpSync, existsSync, mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { execa } from 'execa';
import { StartFailure, TareError } from '../errors.ts';
import { loadImage } from '../image/load.ts';
import { hierarchy } from '../instance.ts';
import type { Box, BoxOptions, Ended, Instance } from '../runtime.ts';
import type { Step } from '../plan.ts';
import { exec, stepText } from '../steps.ts';
import { warm } from './box.ts';
import { containerAhead, containerRuntime, hostSpec, openContainer } from './container.ts';
import { SHIFTED } from './ids.ts';
import { refuseLabels } from './labels.ts';
import { dotted, linkOf } from './network.ts';
import { containerPlan } from './plan.ts';
import { rootlessAvailability } from './rootless.ts';
import type { ContainerSpec } from './spec.ts';

const root = process.getuid?.() === 0;
const rootTest = root ? test : test.skip;
const needsRoot = root ? '' : ' (skipped: needs root)';

const options: BoxOptions = { memoryBytes: 64 * 2 ** 20, cpus: 1, accelerator: 'auto' };

async function withBox<T>(use: (box: Box) => Promise<T>, given: Partial<BoxOptions> = {}): Promise<T> {
  const box = await containerRuntime.prepare(await loadImage('tiny'), { ...options, ...given });
  try {
    return await use(box);
  } finally {
    await box.close();
  }
}

function inside(script: string, given: Partial<BoxOptions> = {}): Promise<Ended> {
  return withBox(async (box) => (await box.start({ what: 'command', argv: ['sh', '-c', script], streams: 'capture' })).ended, given);
}

async function idle(box: Box): Promise<Instance> {
  const instance = await box.start({ what: 'workload', then: 'idle', account: true });
  await instance.ready(10_000);
  return instance;
}

rootTest(`the workload is ready in a container, ends, and nothing is left${needsRoot}`, (t) =>
  withBox(async (box) => {
    const instance = await box.start({ what: 'workload', then: 'exit', account: false });
    await instance.ready(10_000);
    const ended = await instance.ended;
    t.is(ended.status, 0);
    t.deepEqual(ended.leftovers, []);
    const order = instance.timeline.steps.map(({ op }) => op);
    t.true(order.indexOf('clone') < order.indexOf('pivot-root'));
    t.true(order.indexOf('pivot-root') < order.indexOf('umount'));
    t.deepEqual(order.slice(-5), ['capabilities', 'no-new-privs', 'hand-over', 'seccomp', 'exec']);
  }));

rootTest(`it sees its own processes, host name, root and interfaces, and no file of the host${needsRoot}`, async (t) => {
  const { output } = await inside('echo pid $$; hostname; ls /proc | grep -c "^[0-9]"; ls /sys/class/net; ls -d /work /home/* /boot/* 2>/dev/null; cat /etc/os-release | head -1; cat /proc/1/comm; true');
  t.deepEqual(output.trim().split('\n'), ['pid 1', 'tare', /\n(\d+)\nlo\n/.exec(output)?.[1] ?? '', 'lo', 'PRETTY_NAME="tare tiny"', 'sh']);
  t.true(Number(/\n(\d+)\nlo\n/.exec(output)?.[1]) <= 4);
});

rootTest(`it is in namespaces of its own, all of them${needsRoot}`, (t) =>
  withBox(async (box) => {
    const instance = await idle(box);
    for (const name of ['mnt', 'pid', 'net', 'ipc', 'uts', 'cgroup']) {
      t.not(readlinkSync(`/proc/${instance.pid}/ns/${name}`), readlinkSync(`/proc/self/ns/${name}`), name);
    }
    await instance.stop();
  }));

rootTest(`its root has fourteen capabilities and can gain none${needsRoot}`, async (t) => {
  const { output } = await inside('grep -E "^(Cap|NoNewPrivs)" /proc/self/status');
  for (const set of ['CapPrm', 'CapEff', 'CapBnd']) t.regex(output, new RegExp(`${set}:\\t00000000a80425fb`));
  t.regex(output, /CapAmb:\t0{16}/);
  t.regex(output, /NoNewPrivs:\t1/);
});

rootTest(`it cannot mount, load modules, set the clock, or write the kernel’s settings${needsRoot}`, async (t) => {
  const { output } = await inside([
    'mount -t tmpfs x /mnt 2>/dev/null && echo mounted',
    'mount -o remount,rw /sys 2>/dev/null && echo remounted',
    'echo 1 2>/dev/null > /proc/sys/kernel/panic && echo wrote sysctl',
    'echo h 2>/dev/null > /proc/sysrq-trigger && echo wrote sysrq',
    'echo 1 2>/dev/null > /sys/kernel/mm/ksm/run && echo wrote sys',
    'date -s 2000-01-01 >/dev/null 2>&1; [ $(date +%Y) -gt 2000 ] || echo set the clock',
    'hostname other 2>/dev/null && echo renamed',
    '[ -s /proc/keys ] && echo read keys',
    'ls /sys/firmware | grep -q . && echo read firmware',
    'mknod /tmp/disk b 8 0 2>/dev/null; dd if=/tmp/disk of=/dev/null count=1 2>/dev/null && echo read a disk',
    'echo done',
  ].join('\n'));
  t.is(output, 'done\n');
});

rootTest(`what it writes is gone with it, and the image is as it was${needsRoot}`, async (t) => {
  const first = await inside('echo x > /etc/new; rm /etc/passwd; cat /etc/new; ls /etc/passwd 2>&1');
  t.regex(first.output, /^x\n/);
  const second = await inside('ls /etc/new /etc/passwd 2>&1');
  t.regex(second.output, /\/etc\/passwd/);
  t.regex(second.output, /\/etc\/new: No such file/);
});

rootTest(`a memory hog is killed alone, and its end says so${needsRoot}`, async (t) => {
  // A page cache of its own cannot be dropped: it lies on the writable layer's tmpfs.
  const ended = await inside('head -c 200000000 /dev/zero > /tmp/hog; echo survived');
  t.notRegex(ended.output, /survived/);
  t.is(ended.how, 'signalled');
  t.is(ended.status, 9);
  t.regex([...ended.collected.values()].join(), /oom_kill [1-9]/);
  t.deepEqual(ended.leftovers, []);
});

rootTest(`its limits are those that were asked for${needsRoot}`, (t) =>
  withBox(async (box) => {
    const instance = await idle(box);
    const name = /tare-\d+-\d+/.exec(readFileSync(`/proc/${instance.pid}/cgroup`, 'utf8'))?.[0] ?? '';
    const file = (controller: 'memory' | 'pids' | 'cpu', v1: string, v2: string): string => {
      const place = hierarchy().controllers.get(controller);
      return readFileSync(`${place?.mount ?? ''}/${name}/${place?.version === 2 ? v2 : v1}`, 'utf8').trim();
    };
    t.is(file('memory', 'memory.limit_in_bytes', 'memory.max'), String(64 * 2 ** 20));
    t.is(file('pids', 'pids.max', 'pids.max'), '1024');
    t.true(['50000', '50000 100000'].includes(file('cpu', 'cpu.cfs_quota_us', 'cpu.max')));
    await instance.stop();
  }, { cpus: 0.5 }));

rootTest(`a fork bomb stops at the limit and is ended with its box${needsRoot}`, (t) =>
  withBox(async (box) => {
    const instance = await box.start({ what: 'command', argv: ['sh', '-c', 'bomb() { bomb | bomb & }; bomb; sleep 1000'], streams: 'capture' });
    const cgroup = /pids:\/?(.*)$|^0::(.*)$/m.exec(readFileSync(`/proc/${instance.pid}/cgroup`, 'utf8'));
    t.truthy(cgroup);
    await new Promise((resolve) => setTimeout(resolve, 500));
    const ended = await instance.stop();
    t.deepEqual(ended.leftovers, []);
  }, { memoryBytes: 256 * 2 ** 20 }));

rootTest(`it is weighed while it runs${needsRoot}`, (t) =>
  withBox(async (box) => {
    const instance = await idle(box);
    const memory = await instance.memory();
    t.is(memory.processes, 1);
    t.true(memory.pssBytes > 0 && memory.pssBytes < 2 ** 20);
    t.true(memory.kernelBytes > 0);
    t.is(memory.cgroupBytes, memory.anonymousBytes + memory.fileBytes + memory.kernelBytes);
    await instance.stop();
    t.false(existsSync(`/proc/${instance.pid}`));
  }));

rootTest(`a command that is not in the image is refused by name${needsRoot}`, (t) =>
  withBox(async (box) => {
    const error = await t.throwsAsync(async () => box.start({ what: 'command', argv: ['no-such-command'], streams: 'capture' }), { instanceOf: TareError });
    t.regex(error.message, /no command "no-such-command" in image tiny/);
    const path = await t.throwsAsync(box.start({ what: 'command', argv: ['/bin/none'], streams: 'capture' }), { instanceOf: StartFailure });
    t.regex(path.message, /exec, failed on \/bin\/none/);
  }));

rootTest(`an image may lie under a path with colons, commas and blanks${needsRoot}`, async (t) => {
  const image = await loadImage('tiny');
  const odd = mkdtempSync(join(tmpdir(), 'odd a:b,c\\d '));
  cpSync(dirname(image.mountpoint), odd, { recursive: true, verbatimSymlinks: true });
  const box = await containerRuntime.prepare({ ...image, mountpoint: join(odd, 'mountpoint'), layers: image.layers.map((layer) => ({ ...layer, directory: join(odd, 'layers', layer.name) })) }, options);
  try {
    const instance = await box.start({ what: 'command', argv: ['sh', '-c', 'echo fine > /new; cat /new'], streams: 'capture' });
    t.is((await instance.ended).output, 'fine\n');
  } finally {
    await box.close();
    rmSync(odd, { recursive: true });
  }
});

rootTest(`a step that fails half-way leaves no cgroup and no mount${needsRoot}`, async (t) => {
  const image = await loadImage('tiny');
  const box = await containerRuntime.prepare({ ...image, layers: image.layers.map((layer) => ({ ...layer, directory: '/no/such/layer' })) }, options);
  const error = await t.throwsAsync(box.start({ what: 'workload', then: 'exit', account: false }), { instanceOf: StartFailure });
  t.regex(error.message, /mount overlay, failed/);
  await box.close();
  t.false(readFileSync('/proc/mounts', 'utf8').includes(image.mountpoint));
});

rootTest(`the plan can be read, and each step has its reason${needsRoot}`, (t) =>
  withBox(async (box) => {
    const plan = box.plan({ what: 'workload', then: 'exit', account: false });
    t.true(plan.every(({ why, label }) => why !== '' && label !== ''));
    t.is(stepText(plan.at(-1) ?? plan[0] as never), 'exec /usr/bin/ready fd:3 exit');
  }));

type Change = (spec: ContainerSpec) => ContainerSpec;

async function withSpec<T>(change: Change, use: (box: Box) => Promise<T>): Promise<T> {
  const image = await loadImage('tiny');
  const box = await openContainer(change(hostSpec(image, options)), warm(image));
  try {
    return await use(box);
  } finally {
    await box.close();
  }
}

function changed(change: Change, script: string): Promise<Ended> {
  return withSpec(change, async (box) => (await box.start({ what: 'command', argv: ['sh', '-c', script], streams: 'capture' })).ended);
}

rootTest(`a server inside is asked over the veth pair, and the pair goes with it${needsRoot}`, (t) =>
  withSpec((spec) => ({ ...spec, network: 'veth' }), async (box) => {
    // It stays for a second: one that closed before it had read the request would reset the connection.
    const server = 'while true; do { printf "HTTP/1.0 200 OK\\r\\nContent-Length: 11\\r\\n\\r\\nfrom inside"; sleep 1; } | nc -l -p 80; done';
    const instance = await box.start({ what: 'command', argv: ['sh', '-c', server], streams: 'capture' });
    t.regex(instance.address ?? '', /^10\./);
    let text = '';
    for (let tries = 0; tries < 100 && text === ''; tries++) {
      text = await fetch(`http://${instance.address ?? ''}/`, { signal: AbortSignal.timeout(1000) }).then((response) => response.text(), () => '');
      if (text === '') await new Promise((resolve) => setTimeout(resolve, 20));
    }
    t.is(text, 'from inside');
    const ours = (): string[] => Object.entries(networkInterfaces()).filter(([, addresses]) => addresses?.some(({ address }) => address.startsWith(instance.address?.replace(/\d+$/, '') ?? '?'))).map(([name]) => name);
    t.is(ours().length, 1);
    t.deepEqual((await instance.stop()).leftovers, []);
    t.deepEqual(ours(), []);
  }));

rootTest(`where it is asked is decided before its own route is there${needsRoot}`, (t) =>
  withSpec((spec) => ({ ...spec, network: 'veth' }), async (box) => {
    const name = /tare([0-9a-z]+)\./.exec(JSON.stringify(box.plan({ what: 'command', argv: ['true'], streams: 'capture' })))?.[1] ?? '';
    const slots = [0, 1, 2].map((number) => ({ launcherPid: Number.parseInt(name, 36), number }));
    const before = slots.map(linkOf);
    const instance = await box.start({ what: 'command', argv: ['sleep', '60'], streams: 'capture' });
    const itself = before.findIndex(({ inside }) => dotted(inside) === instance.address);
    t.true(itself >= 0, `${instance.address} is none of ${before.map(({ inside }) => dotted(inside)).join(', ')}`);
    t.deepEqual(slots.map(linkOf), before);
    t.notDeepEqual(slots.map((slot) => linkOf({ ...slot }))[itself], before[itself], 'another is not given what the host has a route to');
    await instance.stop();
  }));

rootTest(`in a user namespace its root is somebody else outside, and owns its files inside${needsRoot}`, (t) =>
  withSpec((spec) => ({ ...spec, namespaces: ['user', ...spec.namespaces], idMaps: { uids: [SHIFTED], gids: [SHIFTED] } }), async (box) => {
    const ended = await (await box.start({ what: 'command', argv: ['sh', '-c', 'id -u; stat -c %u /etc/passwd /; touch /etc/new && stat -c %u /etc/new; cat /proc/self/uid_map; echo > /dev/null && echo null'], streams: 'capture' })).ended;
    t.is(ended.output.replace(/ +/g, ' '), '0\n0\n0\n0\n 0 100000 65536\nnull\n');
    const instance = await idle(box);
    t.regex(readFileSync(`/proc/${instance.pid}/status`, 'utf8'), /^Uid:\t100000\t100000\t100000\t100000$/m);
    t.not(readlinkSync(`/proc/${instance.pid}/ns/user`), readlinkSync('/proc/self/ns/user'));
    t.deepEqual((await instance.stop()).leftovers, []);
  }));

rootTest(`what was asked for of user, name, root, directory, files and environment is there${needsRoot}`, async (t) => {
  const { output } = await changed(
    (spec) => ({
      ...spec, hostname: 'other', readonlyRoot: true, workdir: '/usr/bin', environment: [...spec.environment, 'COLOUR=red'],
      user: { uid: 1, gid: 2, groups: [3, 4] }, rlimits: [{ resource: 7, soft: 40, hard: 50 }, { resource: 4, soft: Infinity, hard: Infinity }], oomScoreAdjust: 300,
      mounts: [...spec.mounts, { target: '/opt/deep/files', type: 'tmpfs', source: 'tmpfs', flags: 0, data: 'size=1m', why: '' }],
    }),
    'id -u; id -g; id -G; hostname; pwd; echo $COLOUR; ulimit -n; ulimit -Hn; ulimit -c; cat /proc/self/oom_score_adj; touch /etc/x 2>&1 | grep -o "Read-only"; df -k /opt/deep/files | tail -1 | tr -s " " | cut -d" " -f2');
  t.deepEqual(output.trim().split('\n'), ['1', '2', '2 3 4', 'other', '/usr/bin', 'red', '40', '50', 'unlimited', '300', 'Read-only', '1024']);
});

rootTest(`a processor quota holds${needsRoot}`, (t) =>
  withSpec((spec) => ({ ...spec, limits: { memoryBytes: 2 ** 26, pids: 10, cpus: 0.2, cpuTime: true } }), async (box) => {
    const instance = await box.start({ what: 'command', argv: ['sh', '-c', 'while :; do :; done'], streams: 'capture' });
    const began = process.hrtime.bigint();
    await new Promise((resolve) => setTimeout(resolve, 1000));
    const used = (instance.cgroup?.cpuMicroseconds() ?? Number.NaN) / (Number(process.hrtime.bigint() - began) / 1000);
    t.true(used > 0.02 && used < 0.35, `used ${used} of a processor`);
    await instance.stop();
  }));

rootTest(`frozen it stands still, thawed it goes on, and its peak is known${needsRoot}`, (t) =>
  withSpec((spec) => ({ ...spec, limits: { memoryBytes: 2 ** 26, pids: 10, cpus: 1, freezable: true, cpuTime: true } }), async (box) => {
    const instance = await box.start({ what: 'command', argv: ['sh', '-c', 'head -c 8000000 /dev/zero > /tmp/x; rm /tmp/x; while :; do :; done'], streams: 'capture' });
    const { cgroup } = instance;
    if (cgroup === null) return t.fail();
    const usedIn = async (ms: number): Promise<number> => {
      const before = cgroup.cpuMicroseconds();
      await new Promise((resolve) => setTimeout(resolve, ms));
      return cgroup.cpuMicroseconds() - before;
    };
    t.true((await usedIn(200)) > 0);
    await cgroup.freeze();
    t.is(await usedIn(200), 0);
    await cgroup.thaw();
    t.true((await usedIn(200)) > 0);
    const peak = cgroup.peakBytes();
    t.true(peak === null || (peak > 8_000_000 && peak < 2 ** 26), String(peak));
    cgroup.kill();
    const ended = await instance.ended;
    t.is(ended.how, 'signalled');
    t.deepEqual(ended.leftovers, []);
  }));

rootTest(`a label is refused where nothing would heed it${needsRoot}`, async (t) => {
  const files = { read: () => null, list: () => [] };
  const spec = hostSpec(await loadImage('tiny'), options);
  const labelled: ContainerSpec = { ...spec, selinux: { process: 'system_u:system_r:container_t:s0:c1,c2', mount: 'system_u:object_r:container_file_t:s0' }, apparmor: 'docker-default' };
  t.throws(() => refuseLabels(labelled, files), { message: /SELinux is not in this kernel/ });
  t.throws(() => refuseLabels({ ...spec, apparmor: 'docker-default' }, files), { message: /AppArmor is not active/ });
  t.throws(() => refuseLabels({ ...spec, selinux: { process: 'rubbish', mount: null } }, files), { message: /"rubbish" is no SELinux label/ });
  // Recorded: Fedora with SELinux, Ubuntu with AppArmor.
  const fedora = { read: (path: string) => ({ '/sys/fs/selinux/enforce': '1', '/sys/module/apparmor/parameters/enabled': 'Y\n' })[path] ?? null, list: () => [] };
  t.notThrows(() => refuseLabels(labelled, fedora));
  const plan = containerPlan(labelled, { launcherPid: 1, number: 1 }, { streams: stepOf(), exec: stepOf(), session: true }).map(stepText);
  t.true(plan.includes('write /proc/self/attr/exec system_u:system_r:container_t:s0:c1,c2'));
  t.true(plan.includes('write /proc/self/attr/apparmor/exec exec docker-default'));
  t.true(plan.filter((text) => text.includes(',context="system_u:object_r:container_file_t:s0"')).length >= 4, 'overlay, its tmpfs, /dev and /dev/shm');
});

function stepOf(): Step {
  return exec('/x', ['x'], [], '');
}

rootTest(`without root it runs in a user namespace of its own${needsRoot}`, async (t) => {
  const tare = fileURLToPath(new URL('../../cli/tare', import.meta.url));
  const home = mkdtempSync(join(tmpdir(), 'tare-home-'));
  chownSync(home, 65534, 65534);
  t.teardown(() => rmSync(home, { recursive: true }));
  const nobody = { uid: 65534, gid: 65534, cwd: '/', env: { HOME: home }, reject: false } as const;
  const { stdout, stderr, exitCode } = await execa(tare, ['run', 'container', '--', 'sh', '-c', 'id -u; hostname; touch /etc/x && echo wrote; cat /proc/self/uid_map; grep CapEff /proc/self/status'], nobody);
  t.is(exitCode, 0, stderr);
  t.deepEqual(stdout.replace(/[ \t]+/g, ' ').split('\n'), ['0', 'tare', 'wrote', ' 0 65534 1', 'CapEff: 00000000a80425fb']);
  const limited = await execa(tare, ['run', 'container', '--memory', '64M', '--', 'true'], nobody);
  t.regex(limited.stderr, /--memory: cgroups belong to root on this host, and none is delegated to uid 65534/);
});

test('a host that keeps user namespaces to root says so, with the switch', (t) => {
  const host = (file: string) => rootlessAvailability((path) => (path === file ? (file.includes('apparmor') ? '1\n' : '0\n') : null));
  for (const file of ['/proc/sys/kernel/unprivileged_userns_clone', '/proc/sys/user/max_user_namespaces', '/proc/sys/kernel/apparmor_restrict_unprivileged_userns']) {
    const state = host(file);
    t.true(state.state === 'unavailable' && state.reason.includes(file) && /sudo sysctl/.test(state.remedy), file);
  }
  t.is(rootlessAvailability(() => null).state, 'available');
});

rootTest(`a namespace made ahead of time is entered, one for each container${needsRoot}`, async (t) => {
  const box = await containerAhead.prepare(await loadImage('tiny'), options);
  try {
    const [one, other] = [await idle(box), await idle(box)];
    const net = (instance: Instance): string => readlinkSync(`/proc/${instance.pid}/ns/net`);
    t.not(net(one), net(other));
    t.not(net(one), readlinkSync('/proc/self/ns/net'));
    t.true(one.timeline.steps.some(({ op }) => op === 'join'));
    t.false(one.timeline.steps.some(({ label }) => /^clone.* net/.test(label)));
    for (const instance of [one, other]) t.deepEqual((await instance.stop()).leftovers, []);
    const { output } = await (await box.start({ what: 'command', argv: ['sh', '-c', 'ip -o link | grep -c lo.*UP; ls /sys/class/net'], streams: 'capture' })).ended;
    t.is(output, '1\nlo\n');
  } finally {
    await box.close();
  }
});
