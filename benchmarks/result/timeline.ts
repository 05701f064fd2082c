/**
 * Timelines as the document keeps them: starts of one runtime have the same steps, so their labels are listed
 * once, and each sample has numbers alone. A hundred thousand samples would otherwise be a hundred megabytes.
 */
import type { Outcome, ResultDocument, Sample } from './schema.ts';

/** Step by step, as a sample has it when it is taken, and as the journal keeps it. */
export type Timeline = NonNullable<Outcome['timeline']>;

/** Lists of labels, each of them once. */
export class TimelineLabels {
  readonly lists: string[][];
  readonly #known: Map<string, number>;

  /** @param lists those that samples refer to already */
  constructor(lists: readonly string[][] = []) {
    this.lists = [...lists];
    this.#known = new Map(lists.map((labels, index) => [JSON.stringify(labels), index]));
  }

  /** The sample with its labels put among the lists. One that refers to a list already is left as it is. */
  compact(sample: Sample): Sample {
    const { timeline } = sample;
    return timeline === undefined || !Array.isArray(timeline) ? sample : { ...sample, timeline: { labels: this.#listOf(timeline), ms: timeline.map(({ ms }) => ms) } };
  }

  #listOf(timeline: Timeline): number {
    const labels = timeline.map(({ label }) => label);
    const key = JSON.stringify(labels);
    const known = this.#known.get(key) ?? this.lists.push(labels) - 1;
    this.#known.set(key, known);
    return known;
  }
}

/** The steps of a sample of this document; `undefined` where none were stamped. */
export function timelineOf({ timelineLabels }: ResultDocument, { timeline }: Sample): Timeline | undefined {
  if (timeline === undefined || Array.isArray(timeline)) return timeline;
  const labels = timelineLabels?.[timeline.labels] ?? [];
  return timeline.ms.map((ms, step) => ({ label: labels[step] ?? '', ms }));
}

/** What is wrong with a sample's timeline that the shape alone does not show, or `null`. */
export function timelineFault(labels: readonly (readonly string[])[], { timeline }: Sample): string | null {
  if (timeline === undefined || Array.isArray(timeline)) return null;
  const list = labels[timeline.labels];
  if (list === undefined) return `there is no list ${timeline.labels} among the timelineLabels`;
  return list.length === timeline.ms.length ? null : `${timeline.ms.length} steps, and ${list.length} labels`;
}
