/** How much the same program gets done inside each box: computing, copying, asking the kernel, making processes, writing, talking. */
import { measureWords, WORK_KINDS, WORK_MS, type WorkKind, type WorkLetter } from '../../fixtures/workload/work.ts';
import { StartFailure } from '../../runtime/errors.ts';
import type { Box, Instance } from '../../runtime/runtime.ts';
import { metric, type Benchmark } from '../benchmark.ts';
import type { Attempt } from '../rounds/attempt.ts';
import { relativeTimeline } from '../rounds/timeline.ts';
import { rateOf, workDone, type Done } from './marks.ts';

const LETTERS = Object.keys(WORK_KINDS) as WorkLetter[];

const METRICS: Readonly<Record<WorkKind, { readonly title: string; readonly definition: string }>> = {
  integer: { title: 'integer work', definition: 'Rounds of a random number generator (xorshift64*) a second, each of which needs the last: arithmetic alone, without the kernel.' },
  memory: { title: 'memory, MiB copied', definition: 'MiB a second that are copied from one buffer of 4 MiB to another, both touched before.' },
  syscalls: { title: 'system calls', definition: 'Calls of getpid(2) a second, not by way of a library: entering the kernel and leaving it.' },
  processes: { title: 'processes made', definition: 'Processes a second that are forked, start a static program of 5 KB which ends at once, and are awaited.' },
  writes: { title: 'writes of 4 KiB, synced', definition: 'Times a second that 4 KiB are written and fsync(2) returns. Where: of a process on the host’s /dev/shm, of a container on its overlay and of vm-micro on its root, which all lie in memory; of vm-full on its disk.' },
  network: { title: 'network round trips', definition: 'Times a second that a byte goes to another process and comes back over TCP at the box’s own 127.0.0.1.' },
};

/** What can be written to in it: in memory everywhere but in vm-full, so that boxes are compared and not the host's disk. */
export function workDirectory(box: Pick<Box, 'kind'>): string {
  return box.kind === 'process' ? '/dev/shm' : '/tmp';
}

/** @throws {StartFailure} `ended` with what the program said, when it ended before all was done */
export async function worked(attempt: Attempt, instance: Instance, letters: readonly WorkLetter[]): Promise<readonly Done[]> {
  let over = false;
  void instance.ended.then(() => (over = true));
  return attempt.until(() => {
    const done = workDone(instance.timeline.marks);
    if (done.length === letters.length) return done;
    if (!over) return undefined;
    const missing = WORK_KINDS[letters[done.length] as WorkLetter];
    throw new StartFailure('ended', `it ended before it had done its work: ${missing}`, 'its output is in the log', instance.outputSoFar());
  }, 'the work was not done');
}

export const throughput: Benchmark = {
  name: 'throughput',
  title: 'Throughput',
  timedBy: null,
  cost: { starts: 1, stops: 0, settles: 0, otherMs: LETTERS.length * WORK_MS },
  metrics: Object.values(WORK_KINDS).map((kind) =>
    metric('throughput', kind, { ...METRICS[kind], unit: '1/s', anchor: 'throughput', primary: kind === 'integer' })),

  async take(box, attempt) {
    const instance = await attempt.start({ what: 'workload', then: 'exit', account: true, work: measureWords(workDirectory(box), LETTERS) });
    await attempt.ready();
    const done = await worked(attempt, instance, LETTERS);
    await attempt.stop();
    return { values: Object.fromEntries(done.map((each) => [each.kind, rateOf(each)])), timeline: relativeTimeline(instance.timeline) };
  },
};
