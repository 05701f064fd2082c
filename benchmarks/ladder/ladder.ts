/** What each part of a container adds to its start: the container with one part more, rung by rung. */
import { metric, type Benchmark } from '../benchmark.ts';
import { millisecondsBetween } from '../rounds/timeline.ts';

export const ladder: Benchmark = {
  name: 'ladder',
  title: 'The ladder',
  cost: { starts: 1, stops: 0, settles: 0, otherMs: 0 },
  timedBy: 'ready',
  subjects: 'rungs',
  metrics: [
    metric('ladder', 'ready', {
      title: 'ready, part by part',
      unit: 'ms',
      definition: 'From the request to the workload’s first byte, as in start-up, of a bare process and then of containers with one part more each: what a part adds is the difference to the rung below.',
      anchor: 'ladder',
      primary: true,
    }),
  ],

  async take(_box, attempt) {
    const instance = await attempt.start({ what: 'workload', then: 'exit', account: false });
    await attempt.ready();
    await attempt.ended();
    return { values: { ready: millisecondsBetween(instance.timeline.requested, instance.timeline.ready) } };
  },
};
