/** What a box takes the more of them there are: readings at 1, 2, 4 and 8 at once, and the line through them. */
import type { ResultDocument } from '../../benchmarks/result/schema.ts';
import { intervalText, quantityText } from './numbers.ts';
import type { RuntimeView } from './runtimes.ts';

export interface GrowthLine {
  readonly runtime: RuntimeView;
  /** Medians over the visits, by number of boxes at once. */
  readonly points: readonly { readonly count: number; readonly bytes: number }[];
  readonly slope: number;
  readonly intercept: number;
  /** `+104 KiB each` */
  readonly slopeText: string;
  /** `102–106 KiB`; empty where there are too few visits. */
  readonly slopeInterval: string;
  /** `12.0 KiB once` */
  readonly interceptText: string;
}

/** Boxes whose lines can share an axis. */
export interface GrowthPanel {
  readonly id: string;
  readonly title: string;
  readonly lines: readonly GrowthLine[];
}

export interface GrowthView {
  /** The way of counting: a lens's id, or `disk`. */
  readonly id: string;
  readonly name: string;
  readonly panels: readonly GrowthPanel[];
}

const WAYS: readonly { readonly id: string; readonly name: string }[] = [
  { id: 'pss', name: 'PSS' },
  { id: 'cgroup', name: 'cgroup charge' },
  { id: 'available', name: 'MemAvailable' },
  { id: 'disk', name: 'disk' },
];

function line(result: ResultDocument, way: string, runtime: RuntimeView): GrowthLine | null {
  const summary = (name: string) => result.statistics.find((each) => each.metric === `growth.${way}${name}` && each.runtime === runtime.id)?.summary ?? null;
  const [slope, intercept] = [summary('Slope'), summary('Intercept')];
  if (slope === null || intercept === null) return null;
  const points = result.metrics
    .flatMap(({ benchmark, name }) => (benchmark === 'growth' && name.startsWith(way) && /^\d+$/.test(name.slice(way.length)) ? [name.slice(way.length)] : []))
    .flatMap((count) => {
      const median = summary(count)?.median;
      return median === undefined ? [] : [{ count: Number(count), bytes: median }];
    })
    .sort((a, b) => a.count - b.count);
  const sign = (value: number): string => (value < 0 ? '' : '+');
  return {
    runtime,
    points,
    slope: slope.median,
    intercept: intercept.median,
    slopeText: `${sign(slope.median)}${quantityText('bytes', slope.median)} each`,
    slopeInterval: intervalText('bytes', slope.low, slope.high) ?? '',
    interceptText: `${quantityText('bytes', intercept.median)} once`,
  };
}

/** A machine's line makes a container's one with the axis: they are drawn apart. */
function panels(way: string, lines: readonly GrowthLine[]): GrowthPanel[] {
  const groups = [
    { id: 'light', title: 'without a guest', lines: lines.filter(({ runtime }) => runtime.kind !== 'vm') },
    { id: 'heavy', title: 'virtual machines', lines: lines.filter(({ runtime }) => runtime.kind === 'vm') },
  ];
  return groups.filter((group) => group.lines.length > 0).map((group) => ({ ...group, id: `growth-${way}-${group.id}` }));
}

/** Empty where growth was not taken. */
export function growthViews(result: ResultDocument, runtimes: readonly RuntimeView[]): GrowthView[] {
  return WAYS.flatMap(({ id, name }) => {
    const lines = runtimes.flatMap((runtime) => line(result, id, runtime) ?? []);
    return lines.length === 0 ? [] : [{ id, name, panels: panels(id, lines) }];
  });
}
