/**
 * The ladder from a bare fork and exec to the whole container: each rung has one part more than the one below, so
 * that what a part adds is the difference between two rungs, measured side by side.
 */
import type { Image } from '../image/image.ts';
import type { Availability, BoxOptions, Runtime } from '../runtime.ts';
import { warm } from './box.ts';
import { hostSpec, openContainer } from './container.ts';
import { PARTS, type PartName, without } from './parts.ts';
import type { ContainerSpec } from './spec.ts';

/** Parts of the default container; a user namespace is asked for. */
const STEPS = PARTS.filter(({ name }) => name !== 'user');

async function availability(): Promise<Availability> {
  if (process.getuid?.() === 0) return { state: 'available' };
  return { state: 'unavailable', reason: `the ladder's lower rungs have namespaces without a user namespace, and this is uid ${process.getuid?.()}`, remedy: 'run it with sudo' };
}

/** The container with the first COUNT parts. */
function rungSpec(image: Image, options: Pick<BoxOptions, 'memoryBytes' | 'cpus'>, count: number): ContainerSpec {
  const missing: PartName[] = STEPS.slice(count).map(({ name }) => name);
  return without(hostSpec(image, options), missing);
}

function rung(count: number): Runtime {
  const part = STEPS[count - 1];
  const title = part === undefined ? 'fork and exec' : `+ ${part.title}`;
  return {
    name: `ladder-${String(count).padStart(2, '0')}-${part?.name ?? 'exec'}`,
    kind: 'container',
    summary: part === undefined ? 'no part of a container: a new process that runs the workload' : part.why,
    rung: title,
    availability,
    prepare: (image, options) => openContainer(rungSpec(image, options, count), warm(image)),
  };
}

/** From the lowest rung to the whole container. */
export const LADDER: readonly Runtime[] = Array.from({ length: STEPS.length + 1 }, (_, count) => rung(count));
