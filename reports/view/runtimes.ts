/** The boxes of a run, as a report names and paints them. */
import type { ResultDocument, RuntimeEntry } from '../../benchmarks/result/schema.ts';
import { inkOf, type Ink } from './palette.ts';

/** What stands beside a name whose figures are emulated. */
export const EMULATED = 'emulated';

export interface RuntimeView {
  readonly id: string;
  /** For people: the id, or a rung's title. */
  readonly name: string;
  /** A rung of the ladder: shown with it, and nowhere else. */
  readonly rung: boolean;
  /** Place in the run's list: names may hold anything, so style sheets go by this. */
  readonly position: number;
  readonly kind: RuntimeEntry['kind'];
  readonly summary: string;
  readonly emulated: boolean;
  /** `vm-micro (emulated)` */
  readonly label: string;
  readonly ink: Ink;
  /** Why there are no figures of it, or null. */
  readonly notMeasured: string | null;
  readonly acceleratorReason: string | null;
  /** Benchmarks that could not be taken of it → why. */
  readonly unmeasurable: Readonly<Record<string, string>>;
}

export function runtimeViews(result: ResultDocument): RuntimeView[] {
  const views = result.runtimes.map((entry, position) => ({
    id: entry.id,
    name: entry.rung ?? entry.id,
    rung: entry.rung !== undefined,
    position,
    kind: entry.kind,
    summary: entry.summary,
    emulated: entry.emulated,
    label: entry.emulated ? `${entry.rung ?? entry.id} (${EMULATED})` : (entry.rung ?? entry.id),
    ink: inkOf(entry.rung === undefined ? entry.runtime : 'container', position),
    notMeasured: entry.state.state === 'unavailable' ? entry.state.reason : null,
    acceleratorReason: entry.acceleratorReason,
    unmeasurable: entry.unmeasurable ?? {},
  }));
  // The second entry of an A/A pair is no box of its own: what it has to say is the noise.
  const twins = new Set(result.runtimes.filter(({ twinOf }) => twinOf !== undefined).map(({ id }) => id));
  return views.filter(({ id }) => !twins.has(id));
}
