import test, { type ExecutionContext } from 'ava';
import { TareError } from '../../runtime/errors.ts';
import type { Balloon, Box, Ended, Instance } from '../../runtime/runtime.ts';
import type { Measurement } from '../benchmark.ts';
import { Attempt } from '../rounds/attempt.ts';
import { reclaimAfter } from './reclaim.ts';

const MIB = 2 ** 20;
const ENDED: Ended = { how: 'exited', status: 0, usage: { userMicroseconds: 0, systemMicroseconds: 0, maxRssBytes: 0 }, collected: new Map(), leftovers: [], output: '' };

interface Script {
  /** What is marked, one letter each time the box is weighed, the first at once. */
  readonly marks: string;
  /** Letters that come while it is weighed for the n-th time (from 0), before their turn. */
  readonly early?: number;
  readonly charges: readonly number[];
  readonly balloon?: Balloon;
  readonly configuredBytes?: number | null;
}

/** A box whose program marks and whose charges are told beforehand. */
function scripted({ marks, early, charges, balloon, configuredBytes = 256 * MIB }: Script): Box {
  const said: { at: bigint; bytes: Uint8Array }[] = [];
  const say = (): void => {
    const letter = marks[said.length];
    if (letter !== undefined) said.push({ at: 0n, bytes: Buffer.from(letter) });
  };
  let weighed = 0;
  const instance = {
    pid: 1,
    timeline: { requested: 0n, received: null, steps: [], ready: 0n, marks: said, exited: null, cleaned: null },
    ended: new Promise<Ended>(() => undefined),
    ready: async () => {
      say();
      return 0n;
    },
    async memory() {
      if (weighed === early) say();
      else setTimeout(say, 1);
      return { cgroupBytes: (charges[weighed++] ?? Number.NaN) * MIB };
    },
    outputSoFar: () => 'its console',
    stop: () => Promise.resolve(ENDED),
    ...(balloon === undefined ? {} : { balloon }),
  };
  return { kind: 'vm', configuredMemoryBytes: configuredBytes, start: async () => instance as unknown as Instance } as unknown as Box;
}

function take(script: Script): Promise<Measurement> {
  const box = scripted(script);
  const attempt = new Attempt(box, { deadlineMs: 300, settleMs: 0, gapMs: 0, memoryBytes: 256 * MIB, budgetBytes: 0, signal: new AbortController().signal });
  return reclaimAfter(10).take(box, attempt);
}

function asksFor(give: (keepBytes: number) => number): { asked: number[]; balloon: Balloon } {
  const asked: number[] = [];
  return { asked, balloon: { keep: async (bytes) => (asked.push(bytes), give(bytes)) } };
}

test('each figure is of its own mark; one without a balloon has no more', async (t) => {
  const { values } = await take({ marks: 'RTF', charges: [100, 164, 150] });
  t.deepEqual(values, { before: 100 * MIB, peak: 164 * MIB, freed: 150 * MIB });
});

test('a balloon takes half, and gives it back', async (t) => {
  const { asked, balloon } = asksFor((bytes) => bytes);
  const { values } = await take({ marks: 'RTF', charges: [100, 164, 150, 90, 91], balloon });
  t.deepEqual(asked, [128 * MIB, 256 * MIB]);
  t.deepEqual(values, { before: 100 * MIB, peak: 164 * MIB, freed: 150 * MIB, inflated: 90 * MIB, deflated: 91 * MIB });
});

async function refused(t: ExecutionContext, script: Script, message: RegExp): Promise<void> {
  const error = await t.throwsAsync(take(script), { instanceOf: TareError, message });
  t.not(error?.remedy, '');
}

test('a mark that comes while the one before is weighed spoils the figure', (t) => refused(t, { marks: 'RTF', early: 1, charges: [100, 164, 150] }, /went on to mark 3 while it was weighed at mark 2/));
test('a mark that never comes', (t) => refused(t, { marks: 'RT', charges: [100, 164, 150] }, /mark 3 of the program that holds memory did not come/));
test('another program than the one that is meant', (t) => refused(t, { marks: 'RX', charges: [100, 164, 150] }, /marked "RX" in place of "RT"/));
test('a guest that does not give what it is asked for', (t) => refused(t, { marks: 'RTF', charges: [1, 2, 3], balloon: asksFor(() => 200 * MIB).balloon }, /asked to keep 134217728 bytes and has 209715200/));
test('a box in which the program has no room', (t) => refused(t, { marks: 'RTF', charges: [1, 2, 3], configuredBytes: 128 * MIB }, /holds 64 MiB, for which a box of 128 MiB has no room/));

test('a plain process has no limit to be too small', async (t) => {
  await t.notThrowsAsync(take({ marks: 'RTF', charges: [1, 2, 3], configuredBytes: null }));
});
