/** A real service: from asking for a box to its web server's first answer at a client on the host. */
import { TareError } from '../../runtime/errors.ts';
import { metric, type Benchmark } from '../benchmark.ts';
import { millisecondsBetween, relativeTimeline } from '../rounds/timeline.ts';
import { firstAnswer } from './first-answer.ts';

export const http: Benchmark = {
  name: 'http',
  title: 'First HTTP 200',
  timedBy: 'first',
  cost: { starts: 1, stops: 1, settles: 0, otherMs: 5 },
  needsService: true,
  metrics: [
    metric('http', 'first', {
      title: 'first HTTP 200',
      unit: 'ms',
      definition: 'From just before the runtime is asked to create the instance until the status line of an HTTP 200 has arrived at a client on the host, which asks once, when the server has said that it listens.',
      anchor: 'http-first',
      primary: true,
    }),
    metric('http', 'listening', {
      title: 'listening',
      unit: 'ms',
      definition: 'From the request until the box’s own first program, having asked its server and got a 200, has said so: the same without the way to the host.',
      anchor: 'http-first',
    }),
  ],

  async take(_box, attempt) {
    const instance = await attempt.start({ what: 'workload', then: 'idle', account: true });
    await attempt.ready();
    if (instance.url === null) throw new TareError('host', 'the box serves nobody outside', 'use an image with a server, and a runtime that has a network');
    const answered = await firstAnswer(instance.url);
    await attempt.stop();
    const { requested, ready } = instance.timeline;
    return { values: { first: millisecondsBetween(requested, answered), listening: millisecondsBetween(requested, ready) }, timeline: relativeTimeline(instance.timeline) };
  },
};
