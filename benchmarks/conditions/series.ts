/** From looks at the machine to the columns that the result document keeps. */
import type { ConditionsPoint, ConditionsSeries } from '../result/conditions.ts';

/** An hour's looks would be thousands: more than a drawing has room for. */
const MOST_POINTS = 600;

/** `undefined` where nobody looked. */
export function seriesOfConditions(points: readonly ConditionsPoint[]): ConditionsSeries | undefined {
  if (points.length === 0) return undefined;
  const size = Math.ceil(points.length / MOST_POINTS);
  const groups = Array.from({ length: Math.ceil(points.length / size) }, (_, index) => summedUp(points.slice(index * size, (index + 1) * size)));
  const column = <K extends keyof ConditionsPoint>(name: K): ConditionsPoint[K][] => groups.map((point) => point[name]);
  return {
    at: column('at').map(Math.round),
    overMs: column('overMs'),
    busyMs: column('busyMs'),
    ownMs: column('ownMs'),
    stealMs: column('stealMs'),
    swapInBytes: column('swapInBytes'),
    swapOutBytes: column('swapOutBytes'),
    stalledCpuMs: column('stalledCpuMs'),
    stalledIoMs: column('stalledIoMs'),
    stalledMemoryMs: column('stalledMemoryMs'),
    throttles: column('throttles'),
    mhz: column('mhz'),
    load: column('load'),
    clockSources: [...new Set(points.flatMap(({ clockSource }) => clockSource ?? []))],
  };
}

/** What was counted is added up; what was seen at a moment is that of the last. */
function summedUp(points: readonly ConditionsPoint[]): ConditionsPoint {
  return points.reduce((sum, point) => ({
    ...point,
    overMs: sum.overMs + point.overMs,
    busyMs: sum.busyMs + point.busyMs,
    ownMs: plus(sum.ownMs, point.ownMs),
    stealMs: sum.stealMs + point.stealMs,
    swapInBytes: sum.swapInBytes + point.swapInBytes,
    swapOutBytes: sum.swapOutBytes + point.swapOutBytes,
    stalledCpuMs: plus(sum.stalledCpuMs, point.stalledCpuMs),
    stalledIoMs: plus(sum.stalledIoMs, point.stalledIoMs),
    stalledMemoryMs: plus(sum.stalledMemoryMs, point.stalledMemoryMs),
    throttles: plus(sum.throttles, point.throttles),
  }));
}

function plus(a: number | null, b: number | null): number | null {
  return a === null || b === null ? null : a + b;
}
