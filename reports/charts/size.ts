/** How much room a chart wants: the page, its style and the images go by it. */
import type { Chart } from './chart.ts';

export interface Size {
  /** Charts with the same key are of one height. */
  readonly key: string;
  /** Height, in units of the ordinary text. */
  readonly rem: number;
}

/** Room for the axis, and for each row: rungs are many and stand close; of lines, each row is one of the legend's. */
const ROWS: Readonly<Record<Chart['form'], { readonly mark: string; readonly axis: number; readonly row: number }>> = {
  bars: { mark: '', axis: 6.5, row: 3.2 },
  stack: { mark: '', axis: 6.5, row: 3.2 },
  ladder: { mark: 'close-', axis: 6.5, row: 2 },
  timeline: { mark: 'tall-', axis: 8.5, row: 5.2 },
  ecdf: { mark: 'plane-', axis: 22, row: 0.8 },
  climb: { mark: '', axis: 6.5, row: 3.2 },
  pairs: { mark: 'paired-', axis: 6.5, row: 4.6 },
  within: { mark: '', axis: 6.5, row: 3.2 },
  lines: { mark: 'lines-', axis: 15, row: 1.8 },
  ratios: { mark: 'lanes-', axis: 8, row: 0.8 },
  groups: { mark: 'lanes-', axis: 6.5, row: 0.8 },
};

/** Room for each of several figures at one place. */
const LANE = 1.35;

/** How many figures share a row's place, where they have lanes of their own. */
function lanes(chart: Chart): number {
  return chart.form === 'ratios' ? chart.series.length : chart.form === 'groups' ? chart.parts.length : 0;
}

export function sizeOf(chart: Chart): Size {
  const { mark, axis, row } = ROWS[chart.form];
  const each = lanes(chart);
  return { key: `${mark}${chart.rows.length}${each === 0 ? '' : `x${each}-${chart.form}`}`, rem: axis + chart.rows.length * (row + each * LANE) };
}
