/** One start of each box on one axis: a container's steps in groups, a machine's phases. */
import type { ResultDocument } from '../../../benchmarks/result/schema.ts';
import { quantityText } from '../numbers.ts';
import type { RuntimeView } from '../runtimes.ts';
import type { TimelineView } from '../timelines.ts';
import { gathered, type Segment } from './groups.ts';

export interface StartView {
  readonly runtime: RuntimeView;
  readonly segments: readonly Segment[];
  /** Where the clock stops: the median of the starts that were timed. */
  readonly readyMs: number;
  /** Whether the segments are one start's own steps, medians of starts that told their phases, or not told apart at all. */
  readonly from: 'steps' | 'phases' | 'whole';
}

function medianOf(result: ResultDocument, metric: string, runtime: string): number | undefined {
  return result.statistics.find((each) => each.metric === metric && each.runtime === runtime)?.summary?.median;
}

/** Phases one after the other, each as long as its median. */
function phased(result: ResultDocument, runtime: string): Segment[] {
  let from = 0;
  return result.metrics.flatMap(({ id, benchmark, title }) => {
    const took = benchmark === 'phases' ? medianOf(result, id, runtime) : undefined;
    if (took === undefined) return [];
    const segment = { name: title, fromMs: from, toMs: from + took };
    from += took;
    return [segment];
  });
}

/** What starts a machine tells of its own process alone: all that follows is the machine's. */
function insideMachine(segments: readonly Segment[]): Segment[] {
  return segments.map((segment) => (segment.name === 'program' ? { ...segment, name: 'all in the machine' } : segment));
}

function start(result: ResultDocument, timelines: readonly TimelineView[], runtime: RuntimeView): StartView[] {
  const readyMs = medianOf(result, 'startup.ready', runtime.id);
  if (readyMs === undefined) return [];
  const steps = gathered(timelines.find((each) => each.runtime.id === runtime.id)?.steps ?? []);
  const phases = phased(result, runtime.id);
  // Whoever steps aside is told step by step; of a machine, its host sees one long last step.
  if (runtime.kind !== 'vm' && steps.length > 0) return [{ runtime, segments: steps, readyMs, from: 'steps' }];
  if (phases.length > 0) return [{ runtime, segments: phases, readyMs, from: 'phases' }];
  if (steps.length > 0) return [{ runtime, segments: insideMachine(steps), readyMs, from: 'steps' }];
  return [{ runtime, segments: [{ name: 'not told apart', fromMs: 0, toMs: readyMs }], readyMs, from: 'whole' }];
}

export function startViews(result: ResultDocument, runtimes: readonly RuntimeView[], timelines: readonly TimelineView[]): StartView[] {
  return runtimes.flatMap((runtime) => start(result, timelines, runtime));
}

/** `container: ready after 2.07 ms; longest part: namespaces, 560 µs`, box by box. */
export function startsSummary(starts: readonly StartView[]): string {
  const told = starts.map(({ runtime, segments, readyMs, from }) => {
    const longest = segments.reduce((most, each) => (each.toMs - each.fromMs > most.toMs - most.fromMs ? each : most));
    const part = from === 'whole' || segments.length < 2 ? '' : `, of which the longest part is ${longest.name} with ${quantityText('ms', longest.toMs - longest.fromMs)}`;
    return `${runtime.label} is ready after ${quantityText('ms', readyMs)}${part}`;
  });
  return `The clock starts with the request and stops when the program says that it is ready. ${told.join('; ')}.`;
}
