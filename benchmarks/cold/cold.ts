/** Start-up again, and each time as if it were the first since the host was booted: nothing of it is in the page cache. */
import { metric, type Benchmark } from '../benchmark.ts';
import { startup } from '../startup/startup.ts';
import { dropPageCache } from './page-cache.ts';

export const cold: Benchmark = {
  name: 'cold',
  title: 'Cold start',
  timedBy: 'ready',
  // Reading takes longer than starting; so does what was dropped of others.
  cost: { starts: 2, stops: 0, settles: 0, otherMs: 300 },
  metrics: startup.metrics.map(({ name, title, unit, definition, anchor, primary }) =>
    metric('cold', name, { title, unit, primary, definition: `${definition} Just before, outside of the clock, the host’s page cache was dropped.`, anchor: name === 'ready' ? 'cold' : anchor })),

  async take(box, attempt) {
    await dropPageCache();
    return startup.take(box, attempt);
  },
};
