import test from 'ava';
import { StartFailure } from '../../errors.ts';
import type { Ended, Instance, Timeline } from '../../runtime.ts';
import { confirmWith } from './confirm.ts';
import { probeMachine, runProbe } from './probe.ts';
import { verdict } from './verdict.ts';

const LIMITS = { firstMarkMs: 30, wholeMs: 30 };

interface Script {
  readonly letters: string;
  /** Ends by itself with this status; otherwise it hangs until it is stopped. */
  readonly status?: number;
}

/** A machine that does as it is told, and counts how often it was stopped. */
function fakeMachine({ letters, status }: Script): { instance: Instance; stops: () => number } {
  let stops = 0;
  const timeline: Timeline = {
    requested: 0n,
    received: 0n,
    steps: [],
    ready: letters === '' ? null : 1_000_000n,
    marks: [...letters].map((letter, index) => ({ at: BigInt(index + 1) * 1_000_000n, bytes: Buffer.from(letter) })),
    exited: null,
    cleaned: null,
  };
  const end = (how: Ended['how'], code: number): Ended => ({ how, status: code, usage: { userMicroseconds: 0, systemMicroseconds: 0, maxRssBytes: 0 }, collected: new Map(), leftovers: [], output: '' });
  let finish!: (ended: Ended) => void;
  const ended = new Promise<Ended>((resolve) => (finish = resolve));
  if (status !== undefined) finish(end('exited', status));
  const stop = async (): Promise<Ended> => {
    stops++;
    finish(end('signalled', 9));
    return ended;
  };
  const ready = async (deadlineMs: number): Promise<bigint> => {
    if (timeline.ready !== null) return timeline.ready;
    await stop();
    throw new StartFailure('deadline', `not ready within ${deadlineMs} ms: stopped`, '', '');
  };
  const instance: Instance = { timeline, pid: 1, address: null, url: null, cgroup: null, outputSoFar: () => '', spoken: () => [], ended, ready, stop, signal: () => undefined, memory: () => Promise.reject(new Error('not weighed')) };
  return { instance, stops: () => stops };
}

test('a probe that runs through', async (t) => {
  const { instance, stops } = fakeMachine({ letters: 'RL6PMK', status: 33 });
  const trace = await runProbe(async () => instance, '/rom', LIMITS);
  t.deepEqual(trace.ended, { how: 'exited', status: 33 });
  t.is(trace.marks.length, 6);
  t.true(verdict(trace).works);
  t.is(stops(), 0);
});

test('a probe that hangs after some marks is stopped', async (t) => {
  const { instance, stops } = fakeMachine({ letters: 'RL6' });
  const trace = await runProbe(async () => instance, '/rom', LIMITS);
  t.is(trace.ended, null);
  t.is(trace.marks.length, 3);
  t.is(stops(), 1);
});

test('a probe that never says a word is stopped', async (t) => {
  const { instance, stops } = fakeMachine({ letters: '' });
  const trace = await runProbe(async () => instance, '/rom', LIMITS);
  t.deepEqual(trace, { marks: [], ended: null, output: '' });
  t.is(stops(), 1);
});

test('the probe runs under KVM, on the machine that guests will have', (t) => {
  const machine = probeMachine('/rom');
  t.is(machine.accelerator, 'kvm');
  t.is(machine.machine, 'microvm');
  t.true(machine.debugExit);
});

test('the confirmation stops its guest, whether it came up or not', async (t) => {
  const up = fakeMachine({ letters: 'R' });
  t.deepEqual(await confirmWith(async () => up.instance, probeMachine('/rom'), 30), { works: true, ms: 1 });
  t.is(up.stops(), 1);
  const down = fakeMachine({ letters: '' });
  const refused = await confirmWith(async () => down.instance, probeMachine('/rom'), 30);
  t.false(refused.works);
  t.true(down.stops() >= 1);
});
