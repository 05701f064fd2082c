/** From stamps of CLOCK_MONOTONIC to milliseconds after the request. */
import type { Nanoseconds, Timeline } from '../../runtime/runtime.ts';
import type { Outcome } from '../result/schema.ts';

/** As a sample keeps it. */
export type RelativeTimeline = NonNullable<Outcome['timeline']>;

const NANOSECONDS_PER_MILLISECOND = 1e6;

/** NaN when a stamp is missing, negative when the clock ran backwards: both are refused as measurements later. */
export function millisecondsBetween(from: Nanoseconds, to: Nanoseconds | null): number {
  return to === null ? Number.NaN : Number(to - from) / NANOSECONDS_PER_MILLISECOND;
}

/** Everything that was stamped, in the order in which it happened, in milliseconds after the request. */
export function relativeTimeline(of: Timeline): RelativeTimeline {
  const stamps: [label: string, at: Nanoseconds | null][] = [
    ['received', of.received],
    ...of.steps.map(({ label, at }): [string, Nanoseconds] => [label, at]),
    ['ready', of.ready],
    // The first mark is the ready byte itself.
    ...of.marks.slice(1).map(({ at, bytes }): [string, Nanoseconds] => [`mark ${Buffer.from(bytes).toString('hex')}`, at]),
    ['exited', of.exited],
    ['cleaned', of.cleaned],
  ];
  return stamps
    .flatMap(([label, at]) => (at === null ? [] : [{ label, ms: millisecondsBetween(of.requested, at) }]))
    .sort((a, b) => a.ms - b.ms);
}
