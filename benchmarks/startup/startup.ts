/** How long it takes from asking for an instance to its workload running, and to everything gone again. */
import { metric, type Benchmark } from '../benchmark.ts';
import { millisecondsBetween, relativeTimeline } from '../rounds/timeline.ts';

export const startup: Benchmark = {
  name: 'startup',
  title: 'Start-up',
  timedBy: 'ready',
  cost: { starts: 1, stops: 0, settles: 0, otherMs: 0 },
  metrics: [
    metric('startup', 'ready', {
      title: 'ready',
      unit: 'ms',
      definition: 'From just before the runtime is asked to create the instance to the arrival of the workload’s first byte in the launcher, both by CLOCK_MONOTONIC of the host.',
      anchor: 'startup-ready',
      primary: true,
    }),
    metric('startup', 'lifecycle', {
      title: 'lifecycle',
      unit: 'ms',
      definition: 'From just before the runtime is asked to create the instance until it has ended by itself and its processes are reaped, its cgroups, mounts and directories gone.',
      anchor: 'startup-lifecycle',
    }),
  ],

  async take(_box, attempt) {
    const instance = await attempt.start({ what: 'workload', then: 'exit', account: false });
    await attempt.ready();
    await attempt.ended();
    const { requested, ready, cleaned } = instance.timeline;
    return {
      values: { ready: millisecondsBetween(requested, ready), lifecycle: millisecondsBetween(requested, cleaned) },
      timeline: relativeTimeline(instance.timeline),
    };
  },
};
