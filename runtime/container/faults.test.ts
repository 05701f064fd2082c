import { mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { cgroupPath } from '../cgroup/steps.ts';
import { StartFailure } from '../errors.ts';
import { loadImage } from '../image/load.ts';
import { hierarchy, startInstance } from '../instance.ts';
import { Launcher } from '../launcher/client.ts';
import type { Slot } from '../launcher/prepared.ts';
import type { Plan } from '../plan.ts';
import { MS } from '../steps.ts';
import { warm } from './box.ts';
import { hostSpec } from './container.ts';
import { cold } from './cold.ts';
import { SHIFTED } from './ids.ts';
import type { ContainerSpec } from './spec.ts';

const root = process.getuid?.() === 0;
const rootTest = root ? test : test.skip;
const needsRoot = root ? '' : ' (skipped: needs root)';

const ENOMEM = 12;
const REQUEST = { what: 'workload', then: 'exit', account: false } as const;

/** Everything on this host that a container could leave: cgroups, mounts, interfaces, processes of the launcher. */
function traces(launcherPid: number): string[] {
  const cgroups = [...new Set([...hierarchy().controllers.values()].map(({ mount }) => mount))].flatMap((mount) => readdirSync(mount).filter((name) => name.startsWith(`tare-${launcherPid}-`)));
  const mounts = readFileSync('/proc/self/mountinfo', 'utf8').split('\n').filter((line) => line.includes('/images/tiny-'));
  const links = Object.keys(networkInterfaces()).filter((name) => name.startsWith(`tare${launcherPid.toString(36)}.`));
  return [...cgroups, ...mounts, ...links, ...children(launcherPid).filter((pid) => commOf(pid) !== HELPER).map(String)];
}

/** The launcher's own, that makes network namespaces: it stays for as long as the launcher does. */
const HELPER = 'tare-network';

function children(launcherPid: number): number[] {
  return readFileSync(`/proc/${launcherPid}/task/${launcherPid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
}

function commOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim();
  } catch {
    return '';
  }
}

function emptyRoot(): string {
  const path = mkdtempSync(join(tmpdir(), 'tare-faults-'));
  for (const name of ['proc', 'sys', 'dev']) mkdirSync(join(path, name));
  return path;
}

async function specs(): Promise<[string, ContainerSpec][]> {
  const base = hostSpec(await loadImage('tiny'), { memoryBytes: 2 ** 26, cpus: 1 });
  const everything: ContainerSpec = {
    ...base,
    network: 'veth',
    readonlyRoot: true,
    hostname: 'all',
    mounts: [...base.mounts, { target: '/mnt/bound', type: 'bind', source: '/usr', flags: MS.rdonly, data: '', why: 'a bind' }, { target: '/opt/a/b', type: 'tmpfs', source: 'tmpfs', flags: 0, data: 'size=1m', why: 'a tmpfs' }],
    sysctl: { 'net.ipv4.ip_forward': '1' },
    rlimits: [{ resource: 7, soft: 100, hard: 100 }],
    user: { uid: 1, gid: 1, groups: [2] },
    oomScoreAdjust: 100,
    limits: { ...base.limits, memoryBytes: 2 ** 26, cpus: 1, pids: 10, cpuset: '0', freezable: true },
  };
  return [
    ['everything', everything],
    ['in a user namespace', { ...everything, namespaces: ['user', ...everything.namespaces], idMaps: { uids: [SHIFTED], gids: [SHIFTED] }, user: { uid: 0, gid: 0, groups: [] }, network: 'loopback', oomScoreAdjust: null }],
    ['a directory as root', { ...base, root: { kind: 'directory', path: emptyRoot() }, readonlyRoot: true }],
  ];
}

/** The plan with one step that fails. */
function broken(plan: Plan, index: number): Plan {
  return plan.map((step, at) => (at === index ? { ...step, fault: ENOMEM } : step));
}

rootTest(`a fault at every step of every plan is named, and leaves nothing behind${needsRoot}`, async (t) => {
  const image = await loadImage('tiny');
  const launcher = await Launcher.open();
  const before = traces(launcher.pid);
  const all = await specs();
  t.teardown(async () => {
    await launcher.close();
    for (const [, spec] of all) if (spec.root.kind === 'directory') rmSync(spec.root.path, { recursive: true });
  });
  for (const [name, spec] of all) {
    const making = warm(image);
    const plan = (slot: Slot): Plan => making.plan(spec, slot, REQUEST);
    const { length } = plan({ launcherPid: launcher.pid, number: 0 });
    for (let index = 0; index < length; index++) {
      const place = `${name}, step ${index + 1} of ${length}`;
      const error = await t.throwsAsync(startInstance(launcher, (slot) => broken(plan(slot), index)), { instanceOf: StartFailure }, place);
      t.regex(error.message, new RegExp(`^step ${index + 1} of \\d+, .*\\(ENOMEM\\)`), place);
      t.deepEqual(traces(launcher.pid), before, place);
    }
  }
});

rootTest(`a fault in what a cold launcher performs is named, and leaves nothing behind${needsRoot}`, async (t) => {
  const image = await loadImage('tiny');
  const spec = hostSpec(image, { memoryBytes: 2 ** 26, cpus: 1 });
  const launcher = await Launcher.open();
  const before = traces(launcher.pid);
  t.teardown(() => launcher.close());
  const making = cold(image);
  const missing: ContainerSpec = { ...spec, workdir: '/no/such/directory' };
  const instance = await startInstance(launcher, (slot) => making.plan(missing, slot, REQUEST), making.options?.(missing, REQUEST));
  const error = await t.throwsAsync(instance.ready(10_000), { instanceOf: StartFailure });
  t.regex(error.message, /^step \d+ of \d+, chdir \/no\/such\/directory, failed: no such file or directory \(ENOENT\)/);
  t.deepEqual((await instance.ended).leftovers, []);
  t.deepEqual(traces(launcher.pid), before);
});

rootTest(`a cold launcher that is killed outright takes its container with it${needsRoot}`, async (t) => {
  const image = await loadImage('tiny');
  const spec = hostSpec(image, { memoryBytes: 2 ** 26, cpus: 1 });
  const launcher = await Launcher.open();
  const before = traces(launcher.pid);
  t.teardown(() => launcher.close());
  let slot: Slot | null = null;
  const instance = await startInstance(launcher, (given) => cold(image).plan(spec, (slot = given), { ...REQUEST, then: 'idle' }));
  await instance.ready(10_000);
  const directory = slot === null ? null : cgroupPath(hierarchy(), slot, 'memory');
  const inside = readFileSync(`${directory}/cgroup.procs`, 'utf8').trim().split('\n');
  t.is(inside.length, 1);
  t.not(inside[0], String(instance.pid), 'the launcher itself is not in the container’s cgroup');
  instance.signal(9);
  t.deepEqual((await instance.ended).leftovers, []);
  t.deepEqual(traces(launcher.pid), before);
});

rootTest(`a container gets a network namespace of its own though the helper that makes them is killed${needsRoot}`, async (t) => {
  const image = await loadImage('tiny');
  const spec = hostSpec(image, { memoryBytes: 2 ** 26, cpus: 1 });
  const launcher = await Launcher.open();
  t.teardown(() => launcher.close());
  const look = async (): Promise<string> => {
    const request = { what: 'command', argv: ['sh', '-c', 'readlink /proc/self/ns/net; ls /sys/class/net; ip -o link | grep -c "lo:.*UP"'], streams: 'capture' } as const;
    return (await (await startInstance(launcher, (slot) => warm(image).plan(spec, slot, request))).ended).output;
  };
  const seen = [await look()];
  const [helper] = children(launcher.pid).filter((pid) => commOf(pid) === HELPER);
  t.truthy(helper, 'there is a helper after the first start');
  for (let times = 0; times < 3; times++) {
    for (const pid of children(launcher.pid).filter((each) => commOf(each) === HELPER)) process.kill(pid, 'SIGKILL');
    seen.push(await look(), await look());
  }
  // The kernel gives the number of one that is gone to the next: so they are held against the host's, not each other.
  t.is(seen.length, 7);
  for (const output of seen) t.not(output.split('\n')[0], readlinkSync('/proc/self/ns/net'));
  for (const output of seen) t.regex(output, /^net:\[\d+\]\nlo\n1\n$/);
});

rootTest(`the helper keeps no network namespace but the launcher’s, and ends with it${needsRoot}`, async (t) => {
  const image = await loadImage('tiny');
  const launcher = await Launcher.open();
  const instance = await startInstance(launcher, (slot) => warm(image).plan(hostSpec(image, { memoryBytes: 2 ** 26, cpus: 1 }), slot, REQUEST));
  await instance.ended;
  const [helper = 0] = children(launcher.pid).filter((pid) => commOf(pid) === HELPER);
  t.is(readlinkSync(`/proc/${helper}/ns/net`), readlinkSync('/proc/self/ns/net'));
  t.deepEqual(readdirSync(`/proc/${helper}/fd`).length, 2);
  process.kill(launcher.pid, 'SIGKILL');
  // Whoever inherits it may take a while to bury it: dead is enough.
  const lives = (): boolean => {
    try {
      return !/^State:\tZ/m.test(readFileSync(`/proc/${helper}/status`, 'utf8'));
    } catch {
      return false;
    }
  };
  for (let tries = 0; tries < 200 && lives(); tries++) await new Promise((resolve) => setTimeout(resolve, 10));
  t.false(lives());
  await launcher.close();
});
