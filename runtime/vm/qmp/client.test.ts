import test, { type ExecutionContext } from 'ava';
import { setTimeout as sleep } from 'node:timers/promises';
import type { QmpClient } from './client.ts';
import { balloon, qomGet, queryBalloon, queryMigrate, queryStatus, queryVersion } from './commands.ts';
import { QmpError } from './error.ts';
import { scriptedMonitor, type Script, type ScriptedMonitor } from './scripted-monitor.fixture.ts';
import { reachQmp } from './socket.ts';

async function connected(t: ExecutionContext, script: Script = {}): Promise<{ qmp: QmpClient; monitor: ScriptedMonitor }> {
  const monitor = await scriptedMonitor(script);
  t.teardown(() => monitor.close());
  const qmp = await reachQmp(monitor.path);
  t.teardown(() => qmp.close());
  return { qmp, monitor };
}

async function trouble(t: ExecutionContext, promise: Promise<unknown>): Promise<QmpError> {
  const error = await t.throwsAsync<QmpError>(promise, { instanceOf: QmpError });
  if (error === undefined) throw new Error('it was no QmpError');
  return error;
}

const RUNNING = (id: number): string => `{"return": {"status": "running", "singlestep": false, "running": true}, "id": ${id}}\r\n`;
const EVENT = (name: string): string => `{"timestamp": {"seconds": 2, "microseconds": 500000}, "event": "${name}", "data": {"guest": false}}\r\n`;

test('greeting, negotiation, a command with arguments and its answer', async (t) => {
  const { qmp, monitor } = await connected(t, { answer: ({ id }, { say }) => say(`{"return": {}, "id": ${id}}\r\n`) });
  t.is(qmp.version, '7.2.22');
  t.is(await qmp.execute(balloon(2 ** 20)), undefined);
  t.deepEqual(monitor.asked.map(({ execute }) => execute), ['qmp_capabilities', 'balloon']);
  t.deepEqual(monitor.asked[1]?.arguments, { value: 1048576 });
});

test('an answer in pieces, cut even within a character', async (t) => {
  const { qmp } = await connected(t, {
    answer: ({ id }, { say }) => {
      const bytes = Buffer.from(`{"return": "Größe", "id": ${id}}\r\n`);
      const pieces = [bytes.subarray(0, 5), bytes.subarray(5, 15), bytes.subarray(15)];
      void (async () => {
        for (const piece of pieces) {
          say(piece);
          await sleep(5);
        }
      })();
    },
  });
  t.is(await qmp.execute(qomGet('/machine', 'size')), 'Größe');
});

test('several messages at once, an event between question and answer, each to whom it belongs', async (t) => {
  const ids: number[] = [];
  const { qmp } = await connected(t, {
    answer({ id }, { say }) {
      ids.push(id);
      if (ids.length === 2) say(`${EVENT('STOP')}{"return": {"actual": 7}, "id": ${id}}\r\n${EVENT('RESUME')}${RUNNING(ids[0] ?? 0)}`);
    },
  });
  const events = qmp.events();
  const [status, size] = await Promise.all([qmp.execute(queryStatus), qmp.execute(queryBalloon)]);
  t.deepEqual(status, { status: 'running', running: true });
  t.is(size, 7);
  t.deepEqual((await events.next()).value, { name: 'STOP', data: { guest: false }, atMicroseconds: 2_500_000 });
  t.like((await events.next()).value, { name: 'RESUME' });
});

test('a refusal keeps QEMU’s class and words, and the connection goes on', async (t) => {
  const { qmp } = await connected(t, {
    answer: ({ id, execute }, { say }) => say(execute === 'query-status' ? RUNNING(id) : `{"error": {"class": "DeviceNotActive", "desc": "No balloon device has been activated"}, "id": ${id}}\r\n`),
  });
  const error = await trouble(t, qmp.execute(queryBalloon));
  t.like(error, { trouble: 'refused', errorClass: 'DeviceNotActive', desc: 'No balloon device has been activated' });
  t.regex(error.message, /query-balloon: No balloon device/);
  t.true((await qmp.execute(queryStatus)).running);
});

test('a deadline: the command is late, its answer is dropped when it comes, the next is not mistaken', async (t) => {
  let first = 0;
  const { qmp } = await connected(t, {
    answer({ id }, { say }) {
      if (first === 0) first = id;
      else say(`{"return": {"status": "paused", "running": false}, "id": ${first}}\r\n${RUNNING(id)}`);
    },
  });
  const error = await trouble(t, qmp.execute(queryStatus, 20));
  t.is(error.trouble, 'deadline');
  t.regex(error.message, /query-status within 20 ms/);
  t.is((await qmp.execute(queryStatus)).status, 'running');
});

test('a close in between: all that is pending is rejected, streams end, later commands are refused at once', async (t) => {
  const { qmp, monitor } = await connected(t, { answer: ({ execute }, { hangUp }) => execute === 'query-version' && hangUp() });
  const events = qmp.events();
  const errors = await Promise.all([queryStatus, queryMigrate, queryVersion].map((command) => trouble(t, qmp.execute<unknown>(command))));
  t.deepEqual(errors.map((error) => error.trouble), ['closed', 'closed', 'closed']);
  t.regex(errors[1]?.message ?? '', /query-migrate/);
  t.true((await events.next()).done);
  await qmp.closed;
  t.is((await trouble(t, qmp.execute(queryStatus))).trouble, 'closed');
  t.is(monitor.asked.length, 4);
  t.true((await qmp.events().next()).done);
});

test('letting go rejects what is pending', async (t) => {
  const { qmp } = await connected(t);
  const pending = trouble(t, qmp.execute(queryStatus));
  await qmp.close();
  t.regex((await pending).message, /closed from here/);
});

for (const [name, line] of [
  ['no JSON', 'Could not open it\r\n'],
  ['JSON, but no QMP', '{"hello": 1}\r\n'],
  ['an answer to nothing', '{"return": {}, "id": 99}\r\n'],
  ['a complaint about what it was sent', '{"error": {"class": "GenericError", "desc": "JSON parse error, stray"}}\r\n'],
] as const) {
  test(`${name}: the connection is given up, and says why`, async (t) => {
    const { qmp } = await connected(t, { answer: (_, { say }) => say(line) });
    const error = await trouble(t, qmp.execute(queryStatus));
    t.is(error.trouble, 'malformed');
    await qmp.closed;
    t.is((await trouble(t, qmp.execute(queryStatus))).trouble, 'malformed');
  });
}

test('an answer of another shape than the command’s is told, and the connection goes on', async (t) => {
  let turn = 0;
  const { qmp } = await connected(t, { answer: ({ id }, { say }) => say(turn++ === 0 ? `{"return": {"running": "yes"}, "id": ${id}}\r\n` : RUNNING(id)) });
  t.regex((await trouble(t, qmp.execute(queryStatus))).message, /7\.2\.22 answered query-status otherwise than expected: \{"running":"yes"\}/);
  t.true((await qmp.execute(queryStatus)).running);
});

test('events: each subscriber gets its own; one that waits gets the one it wants, or is told that it did not come', async (t) => {
  const { qmp, monitor } = await connected(t);
  const [one, two] = [qmp.events(), qmp.events()];
  monitor.say(EVENT('STOP') + EVENT('SHUTDOWN'));
  t.is((await one.wait('the end', ({ name }) => name === 'SHUTDOWN', 1000)).name, 'SHUTDOWN');
  t.like((await two.next()).value, { name: 'STOP' });
  await two.return();
  t.true((await two.next()).done === false, 'what had come before can still be read');
  t.true((await two.next()).done);
  t.is((await trouble(t, one.wait('a reset', () => true, 20))).trouble, 'deadline');
  const lost = trouble(t, one.wait('a reset', () => true, 5000));
  monitor.hangUp();
  t.is((await lost).trouble, 'closed');
});

test('no greeting, and nobody there: each with its own deadline', async (t) => {
  const silent = await scriptedMonitor({ greeting: '' });
  t.teardown(() => silent.close());
  t.regex((await trouble(t, reachQmp(silent.path, { deadlineMs: 30 }))).message, /did not greet within 30 ms/);
  t.regex((await trouble(t, reachQmp('/nonexistent/qmp', { deadlineMs: 20 }))).message, /did not listen on \/nonexistent\/qmp within 20 ms/);
  t.regex((await trouble(t, reachQmp('/nonexistent/qmp', { signal: AbortSignal.abort() }))).message, /ended before it listened/);
  t.is((await trouble(t, reachQmp('/etc/passwd/qmp'))).trouble, 'closed');
});
