import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { TareError } from '../errors.ts';
import { reachQmp } from './qmp/socket.ts';
import { scriptedMonitor } from './qmp/scripted-monitor.fixture.ts';
import { shutDown, type Patience, type Running } from './shutdown.ts';

/** What is not heeded is given up soon. */
const SHORT: Patience = { powerdownMs: 60, againMs: 1000, answerMs: 5000, quitMs: 60, killMs: 60 };
/** What is heeded has all the time that it may need on a busy host. */
const LONG: Patience = { powerdownMs: 30_000, againMs: 60_000, answerMs: 30_000, quitMs: 30_000, killMs: 30_000 };

/** A machine that ends by what it heeds. */
async function machine(t: ExecutionContext, heeds: readonly string[], options: { readonly answers?: boolean; readonly deafTo?: number; readonly reachable?: boolean } = {}): Promise<Running & { readonly asked: () => string[] }> {
  let end!: () => void;
  const ended = new Promise<void>((resolve) => (end = resolve));
  let deafTo = options.deafTo ?? 0;
  const monitor = await scriptedMonitor({
    answer({ execute, id }, { say, hangUp }) {
      if (options.answers !== false) say(`{"return": {}, "id": ${id}}\r\n`);
      if (!heeds.includes(execute) || deafTo-- > 0) return;
      hangUp();
      end();
    },
  });
  t.teardown(() => monitor.close());
  const qmp = await reachQmp(monitor.path);
  t.teardown(() => qmp.close());
  return {
    pid: 7,
    ended,
    reach: options.reachable === false ? () => Promise.reject(new Error('nobody listens')) : () => Promise.resolve(qmp),
    kill: () => heeds.includes('SIGKILL') && end(),
    asked: () => monitor.asked.slice(1).map(({ execute }) => execute),
  };
}

test('a guest that listens shuts down; nothing more is asked', async (t) => {
  const running = await machine(t, ['system_powerdown']);
  t.like(await shutDown(running, LONG), { by: 'powerdown', tried: [] });
  t.deepEqual(running.asked(), ['system_powerdown']);
});

test('a guest that does not is given its time, then QEMU is told', async (t) => {
  const running = await machine(t, ['quit']);
  const { by, tried, milliseconds } = await shutDown(running, { ...LONG, powerdownMs: 400 });
  t.is(by, 'quit');
  t.deepEqual(tried, [{ by: 'powerdown', why: 'it had not ended 400 ms later' }]);
  t.true(milliseconds >= 399);
});

test('a press of the button that the guest did not hear is made again', async (t) => {
  const running = await machine(t, ['system_powerdown'], { deafTo: 2 });
  t.like(await shutDown(running, { ...LONG, againMs: 20 }), { by: 'powerdown', tried: [] });
  t.deepEqual(running.asked(), ['system_powerdown', 'system_powerdown', 'system_powerdown']);
});

test('one that is known not to listen is not asked', async (t) => {
  const running = await machine(t, ['quit']);
  t.like(await shutDown(running, { ...LONG, powerdownMs: 0 }), { by: 'quit', tried: [] });
  t.deepEqual(running.asked(), ['quit']);
});

test('QEMU that ends before it answers has heeded all the same', async (t) => {
  const running = await machine(t, ['quit'], { answers: false });
  t.like(await shutDown(running, { ...LONG, powerdownMs: 0 }), { by: 'quit' });
});

test('QEMU that answers nothing is killed, and so is one that cannot be reached', async (t) => {
  const mute = await shutDown(await machine(t, ['SIGKILL'], { answers: false }), SHORT);
  t.is(mute.by, 'kill');
  t.deepEqual(mute.tried.map(({ by }) => by), ['powerdown', 'quit']);
  const deaf = await shutDown(await machine(t, ['SIGKILL'], { reachable: false }), SHORT);
  t.deepEqual(deaf.tried.map(({ why }) => why), ['nobody listens', 'nobody listens']);
});

test('QEMU that hangs does not get the time that its guest would have', async (t) => {
  const began = performance.now();
  const { by, tried } = await shutDown(await machine(t, ['SIGKILL'], { answers: false }), { ...SHORT, powerdownMs: 60_000, answerMs: 60 });
  t.is(by, 'kill');
  t.regex(tried[0]?.why ?? '', /did not answer system_powerdown within 60 ms/);
  t.true(performance.now() - began < 10_000);
});

test('one that has ended already is not waited for', async (t) => {
  const running = await machine(t, [], { reachable: false });
  const began = performance.now();
  t.is((await shutDown({ ...running, ended: Promise.resolve() }, { ...SHORT, powerdownMs: 0, quitMs: 5000, killMs: 5000 })).by, 'quit');
  t.true(performance.now() - began < 2500);
});

test('a connection that closes while QEMU stays is no end', async (t) => {
  const monitor = await scriptedMonitor({ answer: (_, { hangUp }) => hangUp() });
  t.teardown(() => monitor.close());
  let killed = false;
  const ended = (async () => {
    while (!killed) await sleep(5);
  })();
  const { by, tried } = await shutDown({ pid: 7, ended, reach: () => reachQmp(monitor.path), kill: () => (killed = true) }, { ...SHORT, powerdownMs: 0, quitMs: 2000, killMs: 2000 });
  t.is(by, 'kill');
  t.regex(tried[0]?.why ?? '', /quit: QEMU closed the connection/);
});

test('one that survives SIGKILL is named, not waited for', async (t) => {
  const running = await machine(t, []);
  const error = await t.throwsAsync(shutDown(running, SHORT), { instanceOf: TareError });
  t.regex(error?.message ?? '', /pid 7\) does not end, killed 60 ms ago/);
});
