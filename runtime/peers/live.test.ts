/** Every peer that this host has, for real: started, ready, weighed, stopped, and nothing of it left. */
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import { StartFailure } from '../errors.ts';
import { loadImage } from '../image/load.ts';
import { hierarchy } from '../instance.ts';
import { slotName } from '../launcher/prepared.ts';
import type { Box, Instance, Runtime } from '../runtime.ts';
import { cgroupMounts, cgroupOf } from './cgroups.ts';
import { removePeersLeftovers } from './leftovers.ts';
import { PEERS } from './peers.ts';
import { namedAfter } from './processes.ts';
import { findTool } from './tool.ts';

const DOCKERD = fileURLToPath(new URL('../../fixtures/private-dockerd/dockerd.sh', import.meta.url));
const FIXTURE = fileURLToPath(new URL('killed-outright.fixture.ts', import.meta.url));
const DEADLINE_MS = 30_000;

/** A Docker Engine of the tests' own, where its programs are installed. */
const engine = process.getuid?.() === 0 && ['dockerd', 'containerd', 'docker', 'runc'].every((name) => findTool(name) !== null) ? mkdtempSync(join(tmpdir(), 'dockerd-')) : null;
if (engine !== null) {
  execFileSync(DOCKERD, ['start', join(engine, 'd')], { stdio: ['ignore', 'ignore', 'inherit'] });
  process.env['DOCKER_HOST'] = `unix://${engine}/d/docker.sock`;
  process.env['CONTAINERD_ADDRESS'] = `${engine}/d/containerd.sock`;
}

/** Why one cannot be started here. Asked before the first test is declared: ava wants the rest without waiting. */
const missing = new Map(await Promise.all(PEERS.map(async (peer) => [peer.name, await peer.availability()] as const)));

function testOf({ name }: Runtime): { readonly run: typeof test.serial | typeof test.serial.skip; readonly suffix: string } {
  const found = missing.get(name);
  return found?.state === 'available' ? { run: test.serial, suffix: '' } : { run: test.serial.skip, suffix: ` (skipped: ${found?.reason ?? ''})` };
}

test.after.always(() => {
  if (engine === null) return;
  execFileSync(DOCKERD, ['stop', join(engine, 'd')]);
  rmSync(engine, { recursive: true });
});

async function open(peer: Runtime): Promise<Box> {
  return peer.prepare(await loadImage('tiny'), { memoryBytes: 64 * 2 ** 20, cpus: 1, accelerator: 'auto' });
}

function launcherOf(box: Box): number {
  const words = box.plan({ what: 'workload', then: 'idle', account: true }).flatMap(({ args }) => args).join(' ');
  return Number(/tare-(\d+)\b/.exec(words)?.[1]);
}

/** What bears the box's name: processes, directories, cgroups, mounts, containers that a tool remembers. */
async function traces(launcherPid: number): Promise<string[]> {
  const boxName = `tare-${launcherPid}`;
  const own = (name: string): boolean => name === boxName || name.startsWith(`${boxName}-`);
  const inside = (directory: string): string[] => (existsSync(directory) ? readdirSync(directory).filter(own).map((name) => `${directory}/${name}`) : []);
  const daemons = [
    ...(engine === null ? [] : [execFileSync('docker', ['ps', '--all', '--format', '{{.Names}}'], { encoding: 'utf8' }), execFileSync('docker', ['images', '--format', '{{.Repository}}'], { encoding: 'utf8' })]),
    ...(engine === null || findTool('ctr') === null ? [] : [execFileSync('ctr', ['namespaces', 'list', '--quiet'], { encoding: 'utf8' })]),
  ].flatMap((text) => text.split('\n').filter(own));
  return [
    ...namedAfter([`${boxName}-`, `/${boxName}/`]).map((pid) => `process ${pid}: ${commandLine(pid)}`),
    ...['/run', '/var/tmp', '/run/systemd/nspawn/propagate', ...cgroupMounts()].flatMap(inside),
    ...readFileSync('/proc/mounts', 'utf8').split('\n').filter((line) => line.includes(`/${boxName}`)),
    ...daemons,
  ];
}

/** Processes need a moment to be reaped by whoever does. */
async function nothingLeft(t: ExecutionContext, launcherPid: number): Promise<void> {
  let left = await traces(launcherPid);
  for (let tries = 0; left.length > 0 && tries < 20; tries++) {
    await sleep(50);
    left = await traces(launcherPid);
  }
  t.deepEqual(left, []);
}

async function withBox(t: ExecutionContext, peer: Runtime, use: (box: Box) => Promise<void>): Promise<void> {
  const box = await open(peer);
  const launcherPid = launcherOf(box);
  try {
    await use(box);
  } finally {
    await box.close();
  }
  await nothingLeft(t, launcherPid);
}

async function idle(box: Box): Promise<Instance> {
  const instance = await box.start({ what: 'workload', then: 'idle', account: true });
  await instance.ready(DEADLINE_MS);
  return instance;
}

function commandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}

function limitOf(pid: number, controller: 'memory' | 'pids', v1: string, v2: string): string {
  const directory = cgroupOf(pid, controller) ?? '';
  return readFileSync(`${directory}/${hierarchy().controllers.get(controller)?.version === 2 ? v2 : v1}`, 'utf8').trim();
}

for (const peer of PEERS) {
  const { run: peerTest, suffix } = testOf(peer);
  const title = (text: string): string => `${peer.name}: ${text}${suffix}`;

  peerTest(title('starts, is ready, ends, several at once, and leaves nothing'), (t) =>
    withBox(t, peer, async (box) => {
      const instances = await Promise.all([1, 2, 3].map(() => box.start({ what: 'workload', then: 'exit', account: true })));
      for (const instance of instances) {
        const ready = await instance.ready(DEADLINE_MS);
        const ended = await instance.ended;
        const { requested, exited, cleaned } = instance.timeline;
        t.true(requested < ready && ready <= (exited ?? 0n) && (exited ?? 0n) <= (cleaned ?? 0n));
        t.deepEqual([ended.how, ended.status, ended.leftovers], ['exited', 0, []]);
      }
      t.deepEqual((await traces(launcherOf(box))).filter((line) => /tare-\d+-\d+/.test(line)), []);
    }));

  peerTest(title('is weighed while it idles, the tool apart, and stops with nothing left'), (t) =>
    withBox(t, peer, async (box) => {
      const instance = await idle(box);
      const { pssBytes, processes, cgroupBytes, kernelBytes, helpers } = await instance.memory();
      t.is(processes, 1);
      t.true(pssBytes > 0 && pssBytes < 2 ** 20, `${pssBytes}`);
      t.true(kernelBytes > 0 && cgroupBytes >= kernelBytes);
      t.true(helpers !== undefined && helpers.processes >= 1 && helpers.pssBytes > 0 && !helpers.names.includes('ready'), JSON.stringify(helpers));
      if (['docker', 'ctr'].includes(peer.name)) {
        t.true(helpers?.names.some((name) => name.startsWith('containerd-shim')));
        t.true(((await box.daemons?.())?.names ?? []).includes('containerd'));
      }
      const ended = await instance.stop();
      t.deepEqual(ended.leftovers, []);
      t.deepEqual((await traces(launcherOf(box))).filter((line) => /tare-\d+-\d+/.test(line)), []);
    }));

  peerTest(title('runs a command in the image, isolated as our container is'), (t) =>
    withBox(t, peer, async (box) => {
      const script = 'echo pid $$; echo host $(hostname); ls /sys/class/net 2>/dev/null; cat /proc/net/dev | grep -c eth; grep CapEff /proc/self/status; [ -e /etc/os-release ] && echo root';
      const instance = await box.start({ what: 'command', argv: ['sh', '-c', script], streams: 'capture' });
      const { output, how, status, leftovers } = await instance.ended;
      t.deepEqual([how, status, leftovers], ['exited', 0, []], output);
      t.regex(output, /^pid 1$/m);
      t.regex(output, /^root$/m);
      t.regex(output, /^0$/m); // no interface but loopback
      if (peer.name !== 'unshare') {
        t.regex(output, /^host tare$/m);
        t.regex(output, /^CapEff:\s+00000000a80425fb$/m);
      }
    }));

  peerTest(title('is held to the limits that were asked for'), (t) =>
    withBox(t, peer, async (box) => {
      const seconds = String(1_000_000 + process.pid);
      const instance = await box.start({ what: 'command', argv: ['sleep', seconds], streams: 'capture' });
      const own = new RegExp(`^[\\w/]*sleep\0${seconds}\0$`);
      let pid = 0;
      for (let tries = 0; pid === 0 && tries < 200; tries++) {
        pid = namedAfter([seconds]).find((each) => own.test(commandLine(each))) ?? 0;
        await sleep(50);
      }
      t.is(limitOf(pid, 'memory', 'memory.limit_in_bytes', 'memory.max'), String(64 * 2 ** 20));
      t.is(limitOf(pid, 'pids', 'pids.max', 'pids.max'), '1024');
      t.deepEqual((await instance.stop()).leftovers, []);
    }));

  peerTest(title('leaves nothing when the tool is killed, when it is late, or when its box is closed'), (t) =>
    withBox(t, peer, async (box) => {
      const killed = await idle(box);
      killed.signal(9);
      const ended = await killed.ended;
      t.deepEqual([ended.how, ended.leftovers], ['signalled', []]);
      // One that never says that it is ready; half a second is enough for its container to be there.
      const late = await box.start({ what: 'command', argv: ['sleep', '1000'], streams: 'capture' });
      const failure = await t.throwsAsync(late.ready(500), { instanceOf: StartFailure });
      t.is(failure.reason, 'deadline');
      t.deepEqual((await traces(launcherOf(box))).filter((line) => /tare-\d+-\d+/.test(line)), []);
      await idle(box);
    }));
}

for (const peer of PEERS.filter(({ name }) => ['crun', 'nspawn', 'podman', 'ctr', 'docker'].includes(name))) {
  const { run: peerTest, suffix } = testOf(peer);

  peerTest(`${peer.name}: what stays after tare and its launcher were killed outright is found and removed${suffix}`, async (t) => {
    const child = spawn(process.execPath, ['--import', 'tsx', FIXTURE, peer.name], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [line] = (await once(child.stdout, 'data')) as [Buffer];
    const launcherPid = Number(line.toString());
    process.kill(launcherPid, 'SIGKILL');
    child.kill('SIGKILL');
    await once(child, 'exit');
    t.true((await traces(launcherPid)).some((trace) => trace.includes(slotName({ launcherPid, number: 1 }))));
    const removed = await removePeersLeftovers((pid) => pid !== launcherPid);
    t.true(removed.length > 0);
    t.deepEqual(removed.filter((each) => !each.removed), []);
    await nothingLeft(t, launcherPid);
  });
}
