/** What the guest itself sees of its memory: told at its end, or asked once a run in a guest of its own. */
import { StartFailure } from '../../runtime/errors.ts';
import { guestMemory, type GuestMemory } from '../../runtime/guest-memory.ts';
import type { Box, Ended } from '../../runtime/runtime.ts';
import type { Attempt } from '../rounds/attempt.ts';

/** Boxes that were asked: a second look would find the same. */
const asked = new WeakSet<Box>();

/**
 * @param ended of the instance that was weighed
 * @returns null where this visit has nothing to tell
 * @throws {StartFailure} when the guest that is asked does not answer
 */
export async function memoryInside(box: Box, attempt: Attempt, ended: Ended): Promise<GuestMemory | null> {
  const { inside } = box;
  if (inside === undefined || attempt.limits.warmup === true) return null;
  if (inside.is === 'told') return guestMemory(ended.output);
  if (asked.has(box)) return null;
  await attempt.start(inside.request);
  const { output } = await attempt.ended();
  const found = guestMemory(output);
  if (found === null) throw new StartFailure('measurement', 'a guest that was asked for its /proc/meminfo did not tell it', 'see its log for what it said instead', output);
  asked.add(box);
  return found;
}
