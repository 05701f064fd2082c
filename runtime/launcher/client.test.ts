import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { StartFailure } from '../errors.ts';
import { hierarchy, startInstance } from '../instance.ts';
import type { Plan, Step } from '../plan.ts';
import { cgroupCreate, clone, descriptors, exec, mkdir, mount, setsid, write } from '../steps.ts';
import { findLeftovers } from '../clean.ts';
import { Launcher, LAUNCHER_PROGRAM } from './client.ts';
import { slotName, type Slot } from './prepared.ts';
import { encodeLaunch, EventReader, OPERATIONS, type LauncherEvent } from './wire.ts';

const root = process.getuid?.() === 0;
const rootTest = root ? test : test.skip;
const needsRoot = root ? '' : ' (skipped: needs root)';

const why = 'for the test';
const streams = descriptors({ stdin: 'null', stdout: 'capture', stderr: 'capture', mark: true }, why);

function shell(script: string): Step {
  return exec('/bin/sh', ['sh', '-c', script], ['PATH=/usr/bin:/bin'], why);
}

function plan(script: string, ...before: Step[]): Plan {
  return [streams, ...before, clone([], '', why), setsid(why), shell(script)];
}

function memoryCgroup(slot: Slot): string {
  return `${hierarchy().controllers.get('memory')?.mount ?? ''}/${slotName(slot)}`;
}

async function withLauncher(use: (launcher: Launcher) => Promise<void>): Promise<void> {
  const launcher = await Launcher.open();
  try {
    await use(launcher);
  } finally {
    await launcher.close();
  }
}

/** Waits until something holds; the tests never measure how long that takes. */
async function eventually(holds: () => boolean): Promise<boolean> {
  for (let tries = 0; tries < 500; tries++) {
    if (holds()) return true;
    await sleep(20);
  }
  return false;
}

function lives(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

test('both sides know the same operations', (t) => {
  const printed = execFileSync(LAUNCHER_PROGRAM, ['--operations'], { encoding: 'utf8' }).trim().split('\n');
  const ours = Object.entries(OPERATIONS).map(([name, [number, signature]]) => `${number} ${name} ${signature || '-'}`);
  t.deepEqual(printed, ours);
});

test('started by hand it says what it is for', (t) => {
  const { status, stderr } = spawnSync(LAUNCHER_PROGRAM, { encoding: 'utf8' });
  t.is(status, 2);
  t.regex(stderr, /started by tare/);
});

test('every step, the mark, the exit and the clean-up are stamped, in order', (t) =>
  withLauncher(async (launcher) => {
    const instance = await startInstance(launcher, () => plan('printf R >&3; echo out; echo err >&2; exit 7'));
    const ready = await instance.ready(10_000);
    const ended = await instance.ended;
    const { timeline } = instance;
    const stamps = [timeline.requested, timeline.received, ...timeline.steps.map(({ at }) => at), ready, timeline.exited, timeline.cleaned].map(Number);
    t.deepEqual(stamps, [...stamps].sort((a, b) => a - b));
    t.deepEqual(timeline.steps.map(({ op }) => op), ['descriptors', 'clone', 'setsid', 'exec']);
    t.is(timeline.marks[0]?.bytes[0], 'R'.charCodeAt(0));
    t.is(ended.status, 7);
    t.is(ended.how, 'exited');
    t.regex(ended.output, /out\n/);
    t.regex(ended.output, /err\n/);
    t.true(ended.usage.maxRssBytes > 0);
    t.deepEqual(ended.leftovers, []);
  }));

test('a program sees its four descriptors and no other', (t) =>
  withLauncher(async (launcher) => {
    const instance = await startInstance(launcher, () => plan('n=0; while [ $n -lt 300 ]; do [ -e /proc/$$/fd/$n ] && echo $n; n=$((n + 1)); done'));
    t.is((await instance.ended).output, '0\n1\n2\n3\n');
  }));

test('a signal that the client’s parent ignored is not ignored in an instance', (t) => {
  // `trap "" INT` stays in force across exec, as under nohup.
  const script = fileURLToPath(new URL('ignored-signals.fixture.ts', import.meta.url));
  const { stdout } = spawnSync('sh', ['-c', `trap "" HUP INT TERM; exec "${process.execPath}" --import=tsx "${script}"`], { encoding: 'utf8', cwd: fileURLToPath(new URL('../..', import.meta.url)) });
  t.regex(stdout, /SigIgn:\t0{16}/);
});

test('a program gets default signals, none blocked, and the caller’s limit on files', (t) =>
  withLauncher(async (launcher) => {
    const instance = await startInstance(launcher, () => plan('grep -E "Sig(Blk|Ign)" /proc/self/status; ulimit -n'));
    const { output } = await instance.ended;
    t.regex(output, /SigBlk:\t0{16}/);
    t.regex(output, /SigIgn:\t0{16}/);
    t.is(output.trim().split('\n').at(-1), execFileSync('sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).trim());
  }));

test('a flood of output blocks nobody and is cut', (t) =>
  withLauncher(async (launcher) => {
    const instance = await startInstance(launcher, () => plan('head -c 3000000 /dev/zero; printf R >&3'));
    await instance.ready(20_000);
    t.true((await instance.ended).output.length <= 128 * 1024);
  }));

test('a command that does not exist is named, with the step and the remedy', (t) =>
  withLauncher(async (launcher) => {
    const error = await t.throwsAsync(startInstance(launcher, () => [streams, clone([], '', why), exec('/no/such/program', ['x'], [], why)]), { instanceOf: StartFailure });
    t.regex(error.message, /step 3 of 3, exec, failed on \/no\/such\/program: no such file or directory \(ENOENT\)/);
    t.regex(error.remedy, /name a program/);
  }));

test('an instance that ends without its mark is a failure with its output', (t) =>
  withLauncher(async (launcher) => {
    const instance = await startInstance(launcher, () => plan('echo broken >&2; exit 3'));
    const error = await t.throwsAsync(instance.ready(10_000), { instanceOf: StartFailure });
    t.is(error.reason, 'ended');
    t.regex(error.message, /status 3/);
    t.is(error.log, 'broken\n');
  }));

test('a deadline stops what hangs', (t) =>
  withLauncher(async (launcher) => {
    const instance = await startInstance(launcher, () => plan('exec sleep 1000'));
    const error = await t.throwsAsync(instance.ready(50), { instanceOf: StartFailure });
    t.is(error.reason, 'deadline');
    t.false(lives(instance.pid));
  }));

test('what a program leaves in its process group ends with it', (t) =>
  withLauncher(async (launcher) => {
    const instance = await startInstance(launcher, () => plan('sleep 1000 & echo $!; printf R >&3'));
    const { output } = await instance.ended;
    t.true(await eventually(() => !lives(Number(output.trim()))));
  }));

rootTest(`what was made before the clone is removed at the end${needsRoot}`, (t) =>
  withLauncher(async (launcher) => {
    const directory = join(tmpdir(), `launcher-test-${process.pid}`);
    const instance = await startInstance(launcher, (slot) =>
      plan(`touch ${directory}/inside; mkdir -p ${directory}/a/b; echo x > ${directory}/a/b/c; printf R >&3; exec sleep 1000`,
        cgroupCreate(memoryCgroup(slot), 'memory', why), mkdir(directory, 0o755, why), mount('tmpfs', directory, 'tmpfs', 0, '', why), mkdir(`${directory}/under`, 0o755, why)));
    await instance.ready(10_000);
    t.true(existsSync(`${directory}/a/b/c`));
    t.true(readFileSync('/proc/mounts', 'utf8').includes(directory));
    const ended = await instance.stop();
    t.deepEqual(ended.leftovers, []);
    t.false(existsSync(directory));
    t.false(readFileSync('/proc/mounts', 'utf8').includes(directory));
  }));

rootTest(`a failed step takes back what the steps before it made${needsRoot}`, (t) =>
  withLauncher(async (launcher) => {
    const directory = join(tmpdir(), `launcher-failed-${process.pid}`);
    let slot: Slot | undefined;
    const error = await t.throwsAsync(
      startInstance(launcher, (given) => {
        slot = given;
        return plan('true', cgroupCreate(memoryCgroup(given), 'memory', why), mkdir(directory, 0o755, why), write(`${directory}/absent`, 'x', 'write', why));
      }),
      { instanceOf: StartFailure },
    );
    t.regex(error.message, /step 4 of 7, write, failed on .*absent: no such file/);
    t.false(existsSync(directory));
    t.false(existsSync(memoryCgroup(slot ?? { launcherPid: 0, number: 0 })));
  }));

rootTest(`processes that a cgroup still holds are killed with it${needsRoot}`, (t) =>
  withLauncher(async (launcher) => {
    let cgroup = '';
    const instance = await startInstance(launcher, (slot) => {
      cgroup = memoryCgroup(slot);
      return [streams, cgroupCreate(cgroup, 'memory', why), clone([], '', why), write(`${cgroup}/${hierarchy().controllers.get('memory')?.version === 1 ? 'tasks' : 'cgroup.procs'}`, '0', 'join', why),
        // A session of its own: out of reach of the process group.
        shell('setsid sleep 1000 >/dev/null 2>&1 3>&- & sleep 0.1; printf R >&3')];
    });
    await instance.ready(10_000);
    t.deepEqual((await instance.ended).leftovers, []);
    t.false(existsSync(cgroup));
  }));

const unified = hierarchy().unified;
const v2Test = root && unified !== null ? test : test.skip;

v2Test(`v2: a process is born in its cgroup, and the cgroup goes with it${unified === null ? ' (skipped: no v2 tree here)' : needsRoot}`, (t) =>
  withLauncher(async (launcher) => {
    let cgroup = '';
    const instance = await startInstance(launcher, (slot) => {
      cgroup = `${unified ?? ''}/${slotName(slot)}`;
      return [streams, cgroupCreate(cgroup, 'v2', why), clone(['pid', 'cgroup'], cgroup, why), shell('cat /proc/self/cgroup | grep ^0:; printf R >&3; exec sleep 1000')];
    });
    await instance.ready(10_000);
    t.is(readFileSync(`/proc/${instance.pid}/cgroup`, 'utf8').split('\n').find((line) => line.startsWith('0::')), `0::/${cgroup.slice(cgroup.lastIndexOf('/') + 1)}`);
    const ended = await instance.stop();
    // Born inside, it sees itself at the root of its namespace.
    t.is(ended.output, '0::/\n');
    t.deepEqual(ended.leftovers, []);
    t.false(existsSync(cgroup));
  }));

/** Speaks to a launcher in bytes of the test's own choice. */
async function converse(...messages: Buffer[]): Promise<{ events: LauncherEvent[]; status: number | null }> {
  const child = spawn(LAUNCHER_PROGRAM, [], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  const socket = child.stdio[3] as Socket;
  const events: LauncherEvent[] = [];
  const reader = new EventReader();
  socket.on('data', (chunk: Buffer) => reader.push(chunk, (_id, event) => events.push(event)));
  socket.on('error', () => undefined);
  for (const message of messages) socket.write(message);
  await eventually(() => events.length > messages.length);
  socket.end();
  return { events: events.slice(1), status: await closed };
}

const good = encodeLaunch(1, [clone([], '', why), exec('/bin/true', ['true'], [], why)]);

test('garbage gets an error and nothing else', async (t) => {
  const { events, status } = await converse(Buffer.from('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'));
  t.deepEqual(events, [{ kind: 'error', step: null, text: 'not a message of tare\'s: wrong magic' }]);
  t.is(status, 0);
});

test('a message that claims to be huge is refused before it is read', async (t) => {
  const huge = Buffer.from(good);
  huge.writeUInt32LE(0x7fff_ffff, 4);
  const { events } = await converse(huge);
  t.deepEqual(events, [{ kind: 'error', step: null, text: 'the message is longer than 256 KiB' }]);
});

test('every way to break a plan’s body is refused, and the launcher goes on', async (t) => {
  const cut = (length: number): Buffer => {
    const message = Buffer.from(good.subarray(0, length));
    message.writeUInt32LE(length - 16, 4);
    return message;
  };
  // Every truncation of a good plan, and every byte of its body turned over.
  const truncated = Array.from({ length: good.length - 16 }, (_, length) => cut(16 + length));
  const { events } = await converse(...truncated);
  t.is(events.length, truncated.length);
  t.true(events.every((event) => event.kind === 'error'));
});

test('a plan that breaks the rules is refused with the step', async (t) => {
  const refused = async (steps: Plan): Promise<LauncherEvent | undefined> => (await converse(encodeLaunch(1, steps))).events[0];
  const end = exec('/bin/true', ['true'], [], why);
  t.like(await refused([end]), { kind: 'error', step: 0, text: 'the operation belongs after the clone' });
  t.like(await refused([clone([], '', why), clone([], '', why), end]), { step: 1, text: 'a second clone' });
  t.like(await refused([clone([], '', why), streams, end]), { step: 1, text: 'the operation belongs before the clone' });
  t.like(await refused([clone([], '', why), end, end]), { step: 1, text: 'exec is the last step, and only the last' });
  t.like(await refused([{ ...clone([], '', why), args: [0x100, ''] }, end]), { step: 0, text: 'a flag that is no namespace' });
  t.like(await refused([clone([], '', why), { ...end, args: ['/bin/true', 9, 'true'] }]), { step: 1, text: 'exec: the count of arguments does not fit' });
  t.like(await refused([clone([], '', why), { ...end, args: ['/bin/\0true', 1, 'true'] }]), { step: 1, text: 'a string holds a NUL' });
});

rootTest(`killing the client outright leaves nothing${needsRoot}`, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'launcher-client-'));
  const script = join(directory, 'client.mts');
  const here = fileURLToPath(new URL('..', import.meta.url));
  writeFileSync(script, `
    import { Launcher } from '${here}launcher/client.ts';
    import { startInstance, hierarchy } from '${here}instance.ts';
    import { cgroupSteps } from '${here}cgroup/steps.ts';
    import { clone, descriptors, exec, mkdir } from '${here}steps.ts';
    const launcher = await Launcher.open();
    const instance = await startInstance(launcher, (slot) => {
      const cgroup = cgroupSteps(hierarchy(), slot, { memoryBytes: 64 << 20, cpus: 1, pids: 10 });
      return [descriptors({ stdin: 'null', stdout: 'null', stderr: 'null', mark: true }, ''), ...cgroup.before, mkdir('${directory}/state', 0o755, ''),
        clone(['pid'], cgroup.cloneInto, ''), ...cgroup.inside, exec('/bin/sh', ['sh', '-c', 'printf R >&3; sleep 1000 & sleep 1000'], ['PATH=/usr/bin:/bin'], '')];
    });
    await instance.ready(10000);
    console.log(launcher.pid, instance.pid);
    setInterval(() => undefined, 1000);
  `);
  const client = spawn(process.execPath, ['--import=tsx', script], { stdio: ['ignore', 'pipe', 'inherit'], cwd: here });
  const line = await new Promise<string>((resolve) => client.stdout.once('data', (chunk: Buffer) => resolve(chunk.toString())));
  const [launcherPid = 0, instancePid = 0] = line.trim().split(' ').map(Number);
  t.true(lives(launcherPid) && lives(instancePid));
  client.kill('SIGKILL');
  t.true(await eventually(() => !lives(launcherPid) && !lives(instancePid)));
  t.false(existsSync(`${directory}/state`));
  for (const { mount: at } of hierarchy().controllers.values()) t.deepEqual(readdirSync(at).filter((name) => name.startsWith(`tare-${launcherPid}-`)), []);
  rmSync(directory, { recursive: true });
});

rootTest(`killing the launcher outright ends its instances; clean removes the rest${needsRoot}`, async (t) => {
  const { clean } = await import('../clean.ts');
  const { cgroupSteps } = await import('../cgroup/steps.ts');
  const launcher = await Launcher.open();
  const instance = await startInstance(launcher, (slot) => {
    const cgroup = cgroupSteps(hierarchy(), slot, { memoryBytes: 64 << 20, cpus: 1, pids: 10 });
    return [streams, ...cgroup.before, clone(['pid'], cgroup.cloneInto, why), ...cgroup.inside, shell('printf R >&3; exec sleep 1000')];
  });
  await instance.ready(10_000);
  const mine = (): string[] => findLeftovers().filter((path) => path.includes(`tare-${launcher.pid}-`));
  t.deepEqual(mine(), []);
  process.kill(launcher.pid, 'SIGKILL');
  await instance.ended;
  t.true(await eventually(() => !lives(instance.pid)));
  t.true(mine().length > 0);
  const removed = await clean();
  t.true(removed.every((each) => each.removed));
  t.deepEqual(mine(), []);
  const error = await t.throwsAsync(startInstance(launcher, () => plan('true')));
  t.regex(error.message, /launcher .* is gone/);
});
