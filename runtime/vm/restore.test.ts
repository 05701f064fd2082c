import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { clean, findLeftovers } from '../clean.ts';
import { TareError } from '../errors.ts';
import { loadImage } from '../image/load.ts';
import { execCommand } from '../steps.ts';
import type { VmBox } from './box.ts';
import { cont, queryMemorySize, queryProcessors, queryStatus, stop } from './qmp/commands.ts';
import { listDevices } from './qmp/devices.ts';
import { RUN_DIRECTORY } from './qmp/socket.ts';
import { cgroupsOf, DEADLINE_MS, lack, OPTIONS, runs, suffix, sumOfParts } from './real-machines.ts';
import { prepareRestore } from './restore.ts';
import { fileDigest } from './restore/file-digest.ts';

const realTest = lack === null ? test.serial : test.skip;

const EXIT = { what: 'workload', then: 'exit', account: true } as const;
const IDLE = { ...EXIT, then: 'idle' } as const;

/** Sockets of the box's instances that are there now. */
function socketsOf(box: VmBox): string[] {
  const prefix = /tare-\d+-/.exec(box.plan(IDLE).map(({ args }) => args.join(' ')).join('\n'))?.[0] ?? 'none';
  return readdirSync(RUN_DIRECTORY).filter((name) => name.startsWith(prefix));
}

async function withRestore<T>(use: (box: VmBox) => Promise<T>, place: Parameters<typeof prepareRestore>[2] = {}): Promise<T> {
  const box = await prepareRestore(await loadImage('tiny'), OPTIONS, place);
  try {
    return await use(box);
  } finally {
    await box.close();
  }
}

function ramOf(box: VmBox): string {
  return /mem-path=([^,]*)/.exec(execCommand(box.plan(EXIT)).join(' '))?.[1] ?? '';
}

function marksOf(instance: Awaited<ReturnType<VmBox['start']>>): string {
  return Buffer.concat(instance.timeline.marks.map(({ bytes }) => bytes)).toString();
}

realTest(`many from one snapshot: each makes its mark and ends; the snapshot stays as it was${suffix}`, (t) =>
  withRestore(async (box) => {
    const before = await fileDigest(ramOf(box));
    for (let start = 0; start < 3; start++) {
      const instance = await box.start(EXIT);
      const ready = await instance.ready(DEADLINE_MS);
      t.like(await instance.ended, { how: 'exited', status: 0, leftovers: [], output: '' });
      t.is(marksOf(instance), 'R', 'that it waits was said once, before it was saved');
      t.true(ready > instance.timeline.requested);
      t.false(runs(instance.pid));
    }
    t.is(await fileDigest(ramOf(box)), before);
    t.deepEqual([cgroupsOf(box), socketsOf(box)], [[], []]);
    const [memory, state] = await box.disk();
    t.is(memory?.lengthBytes, OPTIONS.memoryBytes);
    t.true((memory?.allocatedBytes ?? 0) < OPTIONS.memoryBytes && (memory?.allocatedBytes ?? 0) > 20e6, 'what the guest never touched takes no room');
    t.true((state?.lengthBytes ?? 0) > 10_000);
  }));

realTest(`two that stay, side by side: asked, paused, weighed, and ended in good order${suffix}`, (t) =>
  withRestore(async (box) => {
    const both = await Promise.all([box.start(IDLE), box.start(IDLE)]);
    await Promise.all(both.map((instance) => instance.ready(DEADLINE_MS)));
    const [first, second] = both;
    const qmp = await first.qmp();
    t.is(await first.qmp(), qmp, 'QEMU serves one connection: it is shared');
    t.deepEqual(await qmp.execute(queryStatus), { status: 'running', running: true });
    t.is((await qmp.execute(queryMemorySize)).baseBytes, OPTIONS.memoryBytes);
    t.is((await qmp.execute(queryProcessors)).length, 1);
    t.true((await listDevices(qmp)).some(({ type }) => type === 'isa-debugcon'));
    await qmp.execute(stop);
    t.is((await qmp.execute(queryStatus)).status, 'paused');
    await qmp.execute(cont);
    const memory = await second.memory();
    t.is(memory.processes, 1);
    t.true(memory.pssBytes > 10e6 && memory.pssBytes < OPTIONS.memoryBytes, `${memory.pssBytes}`);
    t.is(sumOfParts(memory), memory.pssBytes);
    t.true((memory.machine?.ramBytes ?? 0) > 0 && (memory.machine?.snapshotBytes ?? 0) > 1e6, JSON.stringify(memory.machine));
    t.is(socketsOf(box).length, 2);

    t.like(await first.stop(), { how: 'exited', status: 0, leftovers: [] });
    t.like(first.shutdown, { by: 'quit', tried: [] });
    await qmp.closed;
    t.deepEqual([runs(first.pid), runs(second.pid)], [false, true]);
    // One that does not answer: it is held, so QMP's deadline passes and it is killed.
    process.kill(second.pid, 'SIGSTOP');
    t.like(await second.stop(), { how: 'signalled', status: 9, leftovers: [] });
    t.like(second.shutdown, { by: 'kill' });
    t.deepEqual([cgroupsOf(box), socketsOf(box)], [[], []]);
  }));

realTest(`a command is refused: no guest is booted to run it; and one without a socket says so${suffix}`, (t) =>
  withRestore(async (box) => {
    const refused = await t.throwsAsync(async () => box.start({ what: 'command', argv: ['ls', '-l'], streams: 'capture' }), { instanceOf: TareError });
    t.is(refused?.code, 'usage');
    t.regex(refused?.message ?? '', /vm-restore resumes a guest.*"ls -l"/);
    t.regex(refused?.remedy ?? '', /tare run vm-micro -- ls -l/);
    const instance = await box.start(EXIT);
    await t.throwsAsync(instance.qmp(), { instanceOf: TareError, message: /without a QMP socket/ });
    await instance.ended;
  }));

realTest(`a snapshot that is damaged is named and saved anew; one that is damaged later fails the start, by name${suffix}`, async (t) => {
  const directory = temporary(t);
  const said: string[] = [];
  const place = { directory, say: (sentence: string) => said.push(sentence) };
  const whole = dirname(await withRestore((box) => Promise.resolve(ramOf(box))));
  execFileSync('cp', ['--recursive', '--no-dereference', '--sparse=always', whole, directory]);
  const ram = join(directory, basename(whole), 'ram');
  writeFileSync(ram, 'short');
  await withRestore(async (box) => {
    t.is(said.length, 1);
    t.true(said[0]?.includes(`${ram}: it has 5 bytes`));
    const instance = await box.start(EXIT);
    await instance.ready(DEADLINE_MS);
    await instance.ended;
    writeFileSync(ram, 'short');
    const failed = await box.start(EXIT);
    t.regex((await t.throwsAsync(failed.ready(DEADLINE_MS)))?.message ?? '', /vm-restore did not start: the saved machine’s memory has another length/);
    t.deepEqual((await failed.ended).leftovers, []);
  }, place);
});

realTest(`a disk that is full while it is saved is told, and nothing half-saved stays${suffix}`, async (t) => {
  const directory = temporary(t);
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tare-test', directory]);
  t.teardown(() => execFileSync('umount', [directory]));
  const error = await t.throwsAsync(withRestore(() => Promise.resolve(), { directory }), { instanceOf: TareError });
  t.is(error?.code, 'no-space');
  t.true(error?.message.includes(directory));
  t.deepEqual(readdirSync(directory).filter((name) => !name.startsWith('.lock-')), []);
});

realTest(`a socket’s directory whose launcher is gone is a leftover, and is removed${suffix}`, async (t) => {
  const left = join(RUN_DIRECTORY, 'tare-4194305-0000001'); // above the highest PID there can be
  mkdirSync(left);
  t.teardown(() => rmSync(left, { recursive: true, force: true }));
  writeFileSync(join(left, 'qmp'), '');
  t.true(findLeftovers().includes(left));
  t.like((await clean()).find(({ path }) => path === left), { removed: true });
  t.false(readdirSync(RUN_DIRECTORY).includes('tare-4194305-0000001'));
});

function temporary(t: ExecutionContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'tare-restore-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}
