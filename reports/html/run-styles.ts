/** Styles that depend on the run: the colour of each runtime, the height of each chart. */
import type { Chart } from '../charts/chart.ts';
import type { View } from '../view/view.ts';
import { measure } from './markup.ts';
import { comparisonStyles } from './sections/comparisons.ts';
import { stackStyles } from './sections/stacks.ts';

export function runStyles(view: View, charts: readonly Chart[]): string {
  const of = (shade: 'light' | 'dark'): string => view.runtimes.map(({ ink, position }) => `[data-ink="${position}"]{background-color:${ink[shade]}}`).join('');
  const heights = [...new Map(charts.map((chart) => [measure(chart), 6.5 + chart.rows.length * (chart.form === 'ladder' ? 2 : 3.2)]))].map(([rows, height]) => `.plot[data-rows="${rows}"]{height:${height.toFixed(1)}rem}`);
  return `${of('light')}@media (prefers-color-scheme:dark){${of('dark')}}${heights.join('')}${comparisonStyles(view.comparisons)}${stackStyles(view.stacks)}`;
}
