/** Styles that depend on the run: the colour of each runtime, the height of each chart. */
import type { Chart } from '../charts/chart.ts';
import { sizeOf } from '../charts/size.ts';
import type { View } from '../view/view.ts';
import { comparisonStyles } from './sections/comparisons.ts';
import { lensStyles } from './sections/memory.ts';
import { stackStyles } from './sections/stacks.ts';

export function runStyles(view: View, charts: readonly Chart[]): string {
  const of = (shade: 'light' | 'dark'): string => view.runtimes.map(({ ink, position }) => `[data-ink="${position}"]{background-color:${ink[shade]}}`).join('');
  const heights = [...new Map(charts.map(sizeOf).map(({ key, rem }) => [key, rem]))].map(([key, rem]) => `.plot[data-rows="${key}"]{height:${rem.toFixed(1)}rem}`);
  return `${of('light')}@media screen and (prefers-color-scheme:dark){${of('dark')}}${heights.join('')}${comparisonStyles(view.comparisons)}${stackStyles(view.stacks)}${lensStyles(view.memory.lenses)}`;
}
