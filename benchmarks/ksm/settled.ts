/** When merging has come to its end. Pure. */
import type { KsmCounters } from '../../runtime/host/ksm.ts';

/** A page is merged no earlier than it has been seen twice unchanged, so two looks through all of it show nothing. */
const LEAST_SCANS = 3;

/** Growth over one look through all of it that is none any more. */
const STILL = 0.01;

/** @param seen counters in the order in which they were read, from when merging was switched on */
export function settled(seen: readonly Pick<KsmCounters, 'fullScans' | 'pagesSharing'>[]): boolean {
  const [first, last] = [seen[0], seen.at(-1)];
  if (first === undefined || last === undefined || last.fullScans - first.fullScans < LEAST_SCANS) return false;
  const earlier = seen.findLast(({ fullScans }) => fullScans < last.fullScans);
  return earlier !== undefined && last.pagesSharing > 0 && Math.abs(last.pagesSharing - earlier.pagesSharing) <= STILL * last.pagesSharing;
}
