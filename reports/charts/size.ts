/** How much room a chart wants: the page, its style and the images go by it. */
import type { Chart } from './chart.ts';

export interface Size {
  /** Charts with the same key are of one height. */
  readonly key: string;
  /** Height, in units of the ordinary text. */
  readonly rem: number;
}

/** Room for the axis, and for each row: rungs are many and stand close. */
const ROWS: Readonly<Record<Chart['form'], { readonly mark: string; readonly axis: number; readonly row: number }>> = {
  bars: { mark: '', axis: 6.5, row: 3.2 },
  stack: { mark: '', axis: 6.5, row: 3.2 },
  ladder: { mark: 'close-', axis: 6.5, row: 2 },
};

export function sizeOf(chart: Chart): Size {
  const { mark, axis, row } = ROWS[chart.form];
  return { key: `${mark}${chart.rows.length}`, rem: axis + chart.rows.length * row };
}
