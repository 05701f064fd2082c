import test from 'ava';
import { StartFailure } from '../../runtime/errors.ts';
import { guestMemory, type Inside } from '../../runtime/guest-memory.ts';
import type { Box, Ended, Instance, MemoryReading, StartRequest } from '../../runtime/runtime.ts';
import { applies } from '../applies.ts';
import { fakeRun } from '../fake-run.ts';
import type { Sample } from '../result/schema.ts';
import { Attempt } from '../rounds/attempt.ts';
import { seriesOf } from '../statistics/series.ts';
import { memoryInside } from './inside.ts';
import { MACHINE_PARTS, SEEN_INSIDE } from './machine.ts';

const MEMINFO = 'MemTotal:         223760 kB\nMemFree:          197124 kB\nMemAvailable:     194880 kB\n';

test('a machine’s parts are figures of machines alone: others have no row, no statistic and no failure for them', async (t) => {
  const bytes = { pssBytes: 4096, cgroupBytes: 4096, anonymousBytes: 4096, fileBytes: 0, kernelBytes: 0 };
  const run = await fakeRun({ runtimes: [{ name: 'process', kind: 'process', readyMs: 1, memory: bytes }, { name: 'vm-micro', kind: 'vm', readyMs: 1, memory: bytes }] }, (done) => t.teardown(done), { benchmarks: ['memory'] });
  const document = await run.go();
  t.deepEqual(document.samples.map(({ outcome }) => outcome), new Array(document.samples.length).fill('ok'));
  const of = (id: string): string[] => document.statistics.filter(({ metric }) => metric === id).map(({ runtime }) => runtime);
  t.deepEqual(of('memory.pss'), ['process', 'vm-micro']);
  for (const { id } of [...MACHINE_PARTS, ...SEEN_INSIDE]) t.deepEqual(of(id), ['vm-micro'], id);
  const ram = document.statistics.find(({ metric }) => metric === 'memory.ram');
  t.like(ram, { n: 6, failed: 0 });
  // It was never asked, which is no failure either.
  t.like(document.statistics.find(({ metric }) => metric === 'memory.taken'), { n: 0, failed: 0, summary: null });
});

test('by kind, and by what a box says of itself', (t) => {
  const [ram, taken] = [MACHINE_PARTS[0], SEEN_INSIDE[0]];
  if (ram === undefined || taken === undefined) return t.fail();
  t.false(applies(ram, { kind: 'container' }));
  t.true(applies(ram, { kind: 'vm' }));
  t.false(applies(taken, { kind: 'vm', unmeasurable: { 'memory.taken': 'no system' } }));
  t.true(applies(ram, { kind: 'vm', unmeasurable: { 'memory.taken': 'no system' } }));
});

test('a sample that lacks a sparse figure is no failed one; a failed sample is', (t) => {
  const base = { benchmark: 'memory', runtime: 'vm', round: 0, order: 0, at: 0 };
  const samples: Sample[] = [
    { ...base, index: 0, outcome: 'ok', values: { taken: 7 } },
    { ...base, index: 1, outcome: 'ok', values: {} },
    { ...base, index: 2, outcome: 'failed', failure: { reason: 'deadline', message: '', remedy: '', log: '' } },
  ];
  const [series] = seriesOf(samples, SEEN_INSIDE.slice(0, 1), ['vm']);
  t.like(series, { values: [7], failed: 1 });
});

/** A box whose starts end by themselves and say something. */
function saying(output: string, inside: Inside): { box: Box; starts: StartRequest[] } {
  const starts: StartRequest[] = [];
  const ended: Ended = { how: 'exited', status: 0, usage: { userMicroseconds: 0, systemMicroseconds: 0, maxRssBytes: 0 }, collected: new Map(), leftovers: [], output };
  const box: Partial<Box> = {
    inside,
    start: async (request) => {
      starts.push(request);
      const instance: Partial<Instance> = { pid: 1, ended: Promise.resolve(ended), stop: () => Promise.resolve(ended), memory: () => Promise.resolve({} as MemoryReading) };
      return instance as Instance;
    },
  };
  return { box: box as Box, starts };
}

function attempt(box: Box, warmup = false): Attempt {
  return new Attempt(box, { deadlineMs: 1000, settleMs: 0, gapMs: 0, memoryBytes: 0, budgetBytes: 0, warmup, signal: new AbortController().signal });
}

const nothing = { output: '' } as Ended;
const ASKED: Inside = { is: 'asked', request: { what: 'command', argv: ['cat', '/proc/meminfo'], streams: 'capture' } };

test('a guest is asked once a run, and not by a warm-up', async (t) => {
  const { box, starts } = saying(MEMINFO, ASKED);
  t.is(await memoryInside(box, attempt(box, true), nothing), null);
  t.is(starts.length, 0);
  t.deepEqual(await memoryInside(box, attempt(box), nothing), guestMemory(MEMINFO));
  t.is(await memoryInside(box, attempt(box), nothing), null);
  t.is(starts.length, 1);
});

test('one that does not answer is a failed measurement with its log, and is asked again by the next visit', async (t) => {
  const { box, starts } = saying('Kernel panic\n', ASKED);
  for (const round of [1, 2]) {
    const failure = await t.throwsAsync(memoryInside(box, attempt(box), nothing), { instanceOf: StartFailure, message: /did not tell/ });
    t.like(failure, { reason: 'measurement', log: 'Kernel panic\n' });
    t.is(starts.length, round);
  }
});

test('one that tells at its end needs no start of its own', async (t) => {
  const { box, starts } = saying('', { is: 'told' });
  t.deepEqual(await memoryInside(box, attempt(box), { output: MEMINFO } as Ended), guestMemory(MEMINFO));
  t.is(await memoryInside(box, attempt(box), nothing), null, 'it was killed before it could');
  t.is(starts.length, 0);
});

test('every way of counting is a figure of each box, its own', async (t) => {
  const memory = { pssBytes: 3000, rssBytes: 5000, vszBytes: 9000, cgroupBytes: 4096, anonymousBytes: 4096, fileBytes: 0, kernelBytes: 0 };
  const run = await fakeRun({ runtimes: [{ name: 'process', kind: 'process', readyMs: 1, memory }] }, (done) => t.teardown(done), { benchmarks: ['memory'] });
  const document = await run.go();
  for (const [name, bytes] of [['pss', 3000], ['rss', 5000], ['vsz', 9000], ['cgroup', 4096]] as const) {
    t.is(document.statistics.find(({ metric }) => metric === `memory.${name}`)?.summary?.median, bytes, name);
  }
});
