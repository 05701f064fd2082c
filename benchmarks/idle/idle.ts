/** What an instance that does nothing costs the host in processor time: timers, and an emulator that waits for its guest. */
import { TareError } from '../../runtime/errors.ts';
import type { Instance } from '../../runtime/runtime.ts';
import { metric, type Benchmark } from '../benchmark.ts';
import { relativeTimeline } from '../rounds/timeline.ts';

/** Long enough for whatever wakes up every few seconds. */
export const WINDOW_MS = 5000;

interface Reading {
  readonly at: bigint;
  readonly microseconds: number;
}

/** @throws {TareError} `host` for an instance that nobody counts */
function read(instance: Instance): Reading {
  if (instance.cgroup === null) throw new TareError('host', 'this runtime keeps no cgroup whose processor time could be read', 'leave it out with --runtimes');
  return { at: process.hrtime.bigint(), microseconds: instance.cgroup.cpuMicroseconds() };
}

/** CPU milliseconds a second. */
function used(from: Reading, to: Reading): number {
  const milliseconds = (to.microseconds - from.microseconds) / 1000;
  return (milliseconds * 1e9) / Number(to.at - from.at);
}

export const idle: Benchmark = {
  name: 'idle-cpu',
  title: 'Processor time when idle',
  timedBy: null,
  warmup: false,
  cost: { starts: 1, stops: 1, settles: 1, otherMs: WINDOW_MS },
  metrics: [
    metric('idle-cpu', 'used', {
      title: 'processor time when idle',
      unit: 'ms/s',
      definition: `Processor time of the host that an idle instance takes, by its cgroup (of a virtual machine all of QEMU), in milliseconds a second over ${WINDOW_MS / 1000} s after settling.`,
      anchor: 'idle-cpu',
      primary: true,
    }),
  ],

  async take(_box, attempt) {
    const instance = await attempt.start({ what: 'workload', then: 'idle', account: true, cpuTime: true });
    await attempt.ready();
    await attempt.settle();
    const before = read(instance);
    await attempt.wait(WINDOW_MS);
    const after = read(instance);
    await attempt.stop();
    return { values: { used: used(before, after) }, timeline: relativeTimeline(instance.timeline) };
  },
};
