/** What of its memory a box gives back when what is in it has no more use for it. */
import { HOLD_MARKS, holdWords } from '../../fixtures/workload/hold.ts';
import { StartFailure, TareError } from '../../runtime/errors.ts';
import type { Box, Instance } from '../../runtime/runtime.ts';
import { metric, type Benchmark } from '../benchmark.ts';
import type { Attempt } from '../rounds/attempt.ts';
import { relativeTimeline } from '../rounds/timeline.ts';

const MEBIBYTE = 2 ** 20;

/** A quarter of the usual box, and more than any of them scatters by. */
const HELD_MEBIBYTES = 64;

/** For the program beside what it holds, in a guest that has taken its own share. */
const LEAST_MEBIBYTES = 160;

/** A guest that reports free pages does so every two seconds, and not all at once. Source: Linux, mm/page_reporting.c. */
const GIVE_BACK_MS = 10_000;

/** What the guest keeps of its memory when the balloon is blown up: half of it. */
const KEPT = 0.5;

/** Beyond settling and weighing, which a busy host stretches. */
const SPARE_S = 3;

const charge = 'What the box’s memory cgroup is charged';

/** @param giveBackMs how long the box is given to give back what was freed */
export function reclaimAfter(giveBackMs: number): Benchmark {
  return {
    name: 'reclaim',
    title: 'Memory given back',
    timedBy: null,
    warmup: false,
    cost: { starts: 1, stops: 1, settles: 2, otherMs: giveBackMs + 2 * SPARE_S * 1000 },
    metrics: [
      metric('reclaim', 'before', { title: 'before', unit: 'bytes', definition: `${charge} while the program in it is up and holds nothing.`, anchor: 'reclaim' }),
      metric('reclaim', 'peak', { title: 'at the peak', unit: 'bytes', definition: `${charge} while the program holds ${HELD_MEBIBYTES} MiB, every page of them written.`, anchor: 'reclaim' }),
      metric('reclaim', 'freed', {
        title: 'after freeing',
        unit: 'bytes',
        definition: `${charge} ${giveBackMs / 1000} s after the program has given its ${HELD_MEBIBYTES} MiB back to its kernel: the host’s own, or a guest’s, which may keep them.`,
        anchor: 'reclaim',
        primary: true,
      }),
      metric('reclaim', 'inflated', { title: 'after freeing, balloon inflated', unit: 'bytes', definition: `${charge} after that, once the host has asked the guest to make do with half of its memory.`, anchor: 'reclaim', kinds: ['vm'] }),
      metric('reclaim', 'deflated', { title: 'after freeing, balloon deflated again', unit: 'bytes', definition: `${charge} after that, once the guest may have all of its memory again.`, anchor: 'reclaim', kinds: ['vm'] }),
    ],

    async take(box, attempt) {
      refuseSmall(box);
      const seconds = Math.ceil(attempt.limits.settleMs / 1000) + SPARE_S;
      const instance = await attempt.start({ what: 'workload', then: 'idle', account: true, hold: holdWords(HELD_MEBIBYTES, seconds) });
      await attempt.ready();
      const before = await weighedAt(attempt, instance, 1);
      const peak = await weighedAt(attempt, instance, 2);
      await marked(attempt, instance, 3);
      await attempt.wait(giveBackMs);
      const freed = (await instance.memory()).cgroupBytes;
      const blown = await blowUp(box, attempt, instance);
      await attempt.stop();
      return { values: { before, peak, freed, ...blown }, timeline: relativeTimeline(instance.timeline) };
    },
  };
}

export const reclaim = reclaimAfter(GIVE_BACK_MS);

/** @throws {TareError} `usage` for a box in which the program has no room */
function refuseSmall({ configuredMemoryBytes }: Box): void {
  if (configuredMemoryBytes === null || configuredMemoryBytes >= LEAST_MEBIBYTES * MEBIBYTE) return;
  throw new TareError('usage', `reclaim holds ${HELD_MEBIBYTES} MiB, for which a box of ${Math.floor(configuredMemoryBytes / MEBIBYTE)} MiB has no room`, `give it --memory ${LEAST_MEBIBYTES}M or more`);
}

function marks({ timeline }: Instance): string {
  return Buffer.concat(timeline.marks.map(({ bytes }) => bytes)).toString('latin1');
}

/** Waits for the n-th mark. @throws {StartFailure} when it does not come, or another does */
async function marked(attempt: Attempt, instance: Instance, count: number): Promise<void> {
  const said = await attempt.until(() => (marks(instance).length >= count ? marks(instance) : undefined), `mark ${count} of the program that holds memory did not come`);
  if (!HOLD_MARKS.startsWith(said)) throw new StartFailure('measurement', `the program that holds memory marked "${said}" in place of "${HOLD_MARKS.slice(0, count)}"`, 'the image must have fixtures/workload/hold.c', instance.outputSoFar());
}

/** The charge after a mark, settled. @throws {StartFailure} when the next mark has come by then */
async function weighedAt(attempt: Attempt, instance: Instance, count: number): Promise<number> {
  await marked(attempt, instance, count);
  await attempt.settle();
  const { cgroupBytes } = await instance.memory();
  if (marks(instance).length !== count) {
    throw new StartFailure('measurement', `the program that holds memory went on to mark ${count + 1} while it was weighed at mark ${count}`, 'this host is too busy to be measured: stop other programs', instance.outputSoFar());
  }
  return cgroupBytes;
}

/** @throws {StartFailure} when the guest does not give what it is asked for */
async function blowUp({ configuredMemoryBytes }: Box, attempt: Attempt, instance: Instance): Promise<Readonly<Record<string, number>>> {
  const { balloon } = instance;
  if (balloon === undefined || configuredMemoryBytes === null) return {};
  const keep = async (bytes: number): Promise<void> => {
    const has = await balloon.keep(bytes, attempt.limits.deadlineMs);
    if (has !== bytes) throw new StartFailure('measurement', `the guest was asked to keep ${bytes} bytes and has ${has} after ${attempt.limits.deadlineMs} ms`, 'see whether its balloon driver is there, and whether it has so much to give', '');
    await attempt.settle();
  };
  await keep(configuredMemoryBytes * KEPT);
  const inflated = (await instance.memory()).cgroupBytes;
  await keep(configuredMemoryBytes);
  return { inflated, deflated: (await instance.memory()).cgroupBytes };
}
