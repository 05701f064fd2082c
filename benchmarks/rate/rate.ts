/** How many boxes a second: starters that work at the same time, each starting the next when the last one is gone. */
import { metric, type Benchmark } from '../benchmark.ts';

/** Long enough for hundreds of containers, and for the first few virtual machines. */
const WINDOW_MS = 1000;
const STARTERS = [1, 2, 4] as const;

export const rate: Benchmark = {
  name: 'rate',
  title: 'Starts a second',
  timedBy: null,
  // Two starts of each starter at least, side by side on as many processors as there are; the windows besides.
  cost: { starts: 8, stops: 0, settles: 0, otherMs: STARTERS.length * WINDOW_MS },
  metrics: STARTERS.map((starters) =>
    metric('rate', `starters${starters}`, {
      title: starters === 1 ? 'one starter' : `${starters} starters at once`,
      unit: '1/s',
      definition: `Starts a second, each to the end with everything gone, by ${starters === 1 ? 'one starter that begins the next when the last is gone' : `${starters} such starters at the same time`}, back to back for a second or for two starts each, whichever takes longer.`,
      anchor: 'rate',
      primary: starters === 2,
    })),

  async take(_box, attempt) {
    const values: Record<string, number> = {};
    for (const starters of STARTERS) values[`starters${starters}`] = await attempt.rate(starters, WINDOW_MS, 2);
    return { values };
  },
};
