/**
 * A chart as Chart.js configures it: a pure function of what it shows and of the theme. It runs in the page
 * and in chartjs-node-canvas alike, so everything it needs comes along as inline plugins. A file a form.
 */
import { barConfig } from './bars.ts';
import type { Chart, Theme } from './chart.ts';
import type { Config } from './drawing.ts';
import { ladderConfig } from './ladder.ts';
import { stackConfig } from './stack.ts';

const CONFIGS = {
  bars: barConfig,
  stack: stackConfig,
  ladder: ladderConfig,
} as const satisfies { readonly [Form in Chart['form']]: (chart: Extract<Chart, { form: Form }>, theme: Theme, titled: boolean) => Config };

/**
 * @param titled a chart in the page has its heading in the page; one on a slide brings it along
 */
export function chartConfig(chart: Chart, theme: Theme, titled: boolean): Config {
  return (CONFIGS[chart.form] as (chart: Chart, theme: Theme, titled: boolean) => Config)(chart, theme, titled);
}
