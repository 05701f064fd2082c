/** What each further instance takes: idle ones, more and more of them, and the host read at each number. */
import { StartFailure } from '../../runtime/errors.ts';
import { meminfoBytes } from '../../runtime/host/facts.ts';
import { hostFiles } from '../../runtime/host/files.ts';
import type { Instance } from '../../runtime/runtime.ts';
import { metric, type Benchmark } from '../benchmark.ts';
import type { Metric } from '../result/schema.ts';
import type { Attempt } from '../rounds/attempt.ts';
import { relativeTimeline } from '../rounds/timeline.ts';
import { robustLine } from './line.ts';
import { COUNTS, roomFor, SHARE } from './most.ts';

/** More at once would be no gain on two processors, and a deadline is for one start. */
const AT_ONCE = 2;

/** What is read at each number of instances, in bytes. */
const MEASURES = {
  pss: { title: 'PSS', what: 'the sum of Pss over the processes of all instances', signed: false },
  cgroup: { title: 'cgroup charge', what: 'the sum of what the instances’ memory cgroups are charged', signed: false },
  available: { title: 'MemAvailable', what: 'the fall of the host’s MemAvailable since before the first instance', signed: true },
  disk: { title: 'disk', what: 'what is allocated on the host’s disk for the instances alone, each for itself', signed: false },
} as const;

type Measure = keyof typeof MEASURES;
type Reading = Readonly<Record<Measure, number | null>>;

const NAMES = Object.keys(MEASURES) as Measure[];

function metricsOf(name: Measure): Metric[] {
  const { title, what, signed } = MEASURES[name];
  // Those of a whole visit that is cut short by the memory there is, or of an instance that does not know its files.
  const shared = { unit: 'bytes', anchor: 'growth', sparse: true } as const;
  return [
    metric('growth', `${name}Slope`, { ...shared, signed: true, title: `${title}, each further one`, definition: `Slope of a line (Theil–Sen) through ${what}, over the number of idle instances.`, primary: name === 'cgroup' }),
    metric('growth', `${name}Intercept`, { ...shared, signed: true, title: `${title}, before the first`, definition: `Intercept of that line: what is there once, however many instances run. Below zero where the first takes less than the others.` }),
    ...COUNTS.map((count) => metric('growth', `${name}${count}`, { ...shared, signed, title: `${title}, ${count} at once`, definition: `With ${count} idle instance${count === 1 ? '' : 's'}: ${what}.` })),
  ];
}

export const growth: Benchmark = {
  name: 'growth',
  title: 'Growth',
  timedBy: null,
  warmup: false,
  // Started two at a time, which takes longer than one; ended all at once.
  cost: { starts: 6, stops: 3, settles: COUNTS.length + 1, otherMs: 200 },
  metrics: [
    ...NAMES.flatMap(metricsOf),
    metric('growth', 'most', { title: 'most at once', unit: 'count', anchor: 'growth', definition: `How many instances ran at the same time: ${COUNTS.at(-1)}, or as many of ${COUNTS.join(', ')} as took no more than ${SHARE * 100} % of the memory that the host had available.` }),
  ],

  async take(_box, attempt) {
    // What the visit before this one has held is to be free again.
    await attempt.settle();
    const before = availableBytes();
    const instances: Instance[] = [];
    const readings: Reading[] = [];
    for (const count of COUNTS) {
      const last = readings.at(-1);
      if (last !== undefined && !roomFor(count, instances.length, Math.max(last.cgroup ?? 0, last.available ?? 0), before)) break;
      while (instances.length < count) instances.push(...(await startSome(attempt, Math.min(AT_ONCE, count - instances.length))));
      await attempt.settle();
      readings.push(await read(instances, before));
    }
    await Promise.all(instances.map((instance) => attempt.stop(instance)));
    if (readings.length < 2) {
      throw new StartFailure('measurement', `one instance alone takes more than a quarter of the ${Math.round(before / 2 ** 20)} MiB that the host has available, so no second was started`, 'free memory, or give the box less: --memory', '');
    }
    const [first] = instances as [Instance];
    return { values: { ...valuesOf(readings), most: instances.length }, timeline: relativeTimeline(first.timeline) };
  },
};

/** What the kernel would hand out without swapping: its own estimate. Source: proc(5), meminfo. */
function availableBytes(): number {
  return meminfoBytes(hostFiles(), 'MemAvailable');
}

/** All of them are awaited, whatever becomes of one: none may come up behind the visit's back. */
async function startSome(attempt: Attempt, count: number): Promise<Instance[]> {
  const started = await Promise.allSettled(
    Array.from({ length: count }, async () => {
      const instance = await attempt.start({ what: 'workload', then: 'idle', account: true });
      await attempt.ready(instance);
      return instance;
    }),
  );
  return started.map((each) => {
    if (each.status === 'rejected') throw each.reason;
    return each.value;
  });
}

async function read(instances: readonly Instance[], before: number): Promise<Reading> {
  const available = before - availableBytes();
  const weighed = await Promise.all(instances.map((instance) => instance.memory()));
  const written = instances.map((instance) => instance.written?.().allocatedBytes ?? null);
  return {
    pss: weighed.reduce((sum, { pssBytes }) => sum + pssBytes, 0),
    cgroup: weighed.reduce((sum, { cgroupBytes }) => sum + cgroupBytes, 0),
    available,
    disk: written.reduce((sum, bytes) => (sum === null || bytes === null ? null : sum + bytes), 0 as number | null),
  };
}

function valuesOf(readings: readonly Reading[]): Record<string, number> {
  const values: Record<string, number> = {};
  for (const name of NAMES) {
    const found = readings.map((reading) => reading[name]);
    if (!found.every((value) => value !== null)) continue;
    const line = robustLine(COUNTS.slice(0, found.length), found);
    values[`${name}Slope`] = line.slope;
    values[`${name}Intercept`] = line.intercept;
    for (const [index, value] of found.entries()) values[`${name}${COUNTS[index] ?? 0}`] = value;
  }
  return values;
}
