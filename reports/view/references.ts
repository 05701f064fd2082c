/** Published figures beside the measured ones: only where the clocks mean the same. */
import type { ResultDocument } from '../../benchmarks/result/schema.ts';
import { references, type Reference } from '../reference/values.ts';
import { quantityText } from './numbers.ts';
import type { RuntimeView } from './runtimes.ts';

export interface ReferenceView {
  readonly id: string;
  readonly system: string;
  /** `median 160 ms` */
  readonly text: string;
  /** In the metric's unit. */
  readonly value: number;
  /** Where, by whom, and how it was obtained. */
  readonly source: string;
  readonly conditions: string;
  readonly clock: string;
}

export interface BesideView {
  readonly metric: string;
  readonly title: string;
  readonly unit: 'ms' | 'bytes';
  readonly measured: readonly { readonly runtime: RuntimeView; readonly median: number; readonly text: string }[];
  readonly published: readonly (ReferenceView & { readonly why: string })[];
}

export interface ReferencesView {
  readonly beside: readonly BesideView[];
  /** With the reason why each is drawn beside nothing. */
  readonly apart: readonly (ReferenceView & { readonly why: string })[];
}

const BASIS: Readonly<Record<Reference['basis'], string>> = { stated: 'as stated there', computed: 'computed from the data published with it', secondary: 'as quoted by others' };

function shown({ id, system, statistic, value, unit, source, year, basis, conditions, clock }: Reference): ReferenceView {
  return {
    id,
    system,
    text: `${statistic} ${unit === '%' ? `${value} %` : quantityText(unit, value)}`,
    value,
    source: `${source}${source.includes(String(year)) ? '' : `, ${year}`}; ${BASIS[basis]}`,
    conditions: conditions ?? '',
    clock: clock ?? '',
  };
}

/** What the run has no figure for is listed apart too: there is nothing for it to stand beside. */
export function referencesView(result: ResultDocument, runtimes: readonly RuntimeView[]): ReferencesView {
  const groups = new Map<string, BesideView & { published: (ReferenceView & { why: string })[] }>();
  const apart: (ReferenceView & { why: string })[] = [];
  for (const reference of references()) {
    const { beside } = reference;
    const measured = runtimes.flatMap((runtime) => {
      const median = beside?.runtimes.includes(runtime.id) ? result.statistics.find((each) => each.metric === beside.metric && each.runtime === runtime.id)?.summary?.median : undefined;
      return median === undefined || reference.unit === '%' ? [] : [{ runtime, median, text: quantityText(reference.unit, median) }];
    });
    const metric = result.metrics.find(({ id }) => id === beside?.metric);
    if (beside === null || reference.unit === '%' || metric === undefined || measured.length === 0) {
      apart.push({ ...shown(reference), why: reference.apart ?? `${beside?.metric ?? ''} of ${beside?.runtimes.join(' or ') ?? ''} was not measured in this run` });
      continue;
    }
    const group = groups.get(metric.id) ?? { metric: metric.id, title: `${result.metrics.find(({ id }) => id === metric.id)?.benchmark ?? ''}: ${metric.title}`, unit: reference.unit, measured, published: [] };
    groups.set(metric.id, { ...group, measured: merged(group.measured, measured), published: [...group.published, { ...shown(reference), why: beside.why }] });
  }
  return { beside: [...groups.values()], apart };
}

function merged(one: BesideView['measured'], other: BesideView['measured']): BesideView['measured'] {
  return [...one, ...other.filter(({ runtime }) => !one.some((each) => each.runtime.id === runtime.id))];
}
