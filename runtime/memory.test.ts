import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'ava';
import { processMemory, reading } from './memory.ts';

const CHARGE = { counterBytes: 4, anonymousBytes: 1, fileBytes: 2, kernelBytes: 3 };

test('a process holds no more by itself than what is in memory, and no more of that than it has mapped', (t) => {
  const { pssBytes, rssBytes, vszBytes } = processMemory(process.pid);
  t.true(pssBytes > 0 && pssBytes <= rssBytes, `${pssBytes} of ${rssBytes}`);
  // Node reserves far more than it touches.
  t.true(rssBytes * 2 < vszBytes, `${rssBytes} of ${vszBytes}`);
});

test('two processes weigh the sum of both, by each way of counting', async (t) => {
  const children = [1, 2].map(() => spawn('sleep', ['60']));
  t.teardown(() => children.forEach((child) => child.kill('SIGKILL')));
  await Promise.all(children.map((child) => once(child, 'spawn')));
  const pids = children.map(({ pid }) => pid ?? 0);
  const both = reading(pids, CHARGE);
  t.is(both.processes, 2);
  for (const way of ['rssBytes', 'vszBytes'] as const) {
    const each = pids.map((pid) => processMemory(pid)[way]);
    t.true(each.every((bytes) => bytes > 0), way);
    t.is(both[way], each.reduce((sum, bytes) => sum + bytes, 0), way);
  }
  t.is(both.cgroupBytes, 6);
});

test('one that has ended weighs nothing', async (t) => {
  const child = spawn('true');
  await once(child, 'exit');
  t.deepEqual(processMemory(child.pid ?? 0), { pssBytes: 0, rssBytes: 0, vszBytes: 0 });
});
