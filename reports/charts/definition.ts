/**
 * A chart as Chart.js configures it: a pure function of what it shows and of the theme. It runs in the page
 * and in chartjs-node-canvas alike, so everything it needs comes along as inline plugins. A file a form.
 */
import { barConfig } from './bars.ts';
import type { Chart, Theme } from './chart.ts';
import { climbConfig } from './climb.ts';
import type { Config } from './drawing.ts';
import { ecdfConfig } from './ecdf.ts';
import { groupsConfig } from './groups.ts';
import { ladderConfig } from './ladder.ts';
import { linesConfig } from './lines.ts';
import { pairConfig } from './pairs.ts';
import { ratiosConfig } from './ratios.ts';
import { stackConfig } from './stack.ts';
import { timelineConfig } from './timeline.ts';
import { withinConfig } from './within.ts';

const CONFIGS = {
  bars: barConfig,
  stack: stackConfig,
  ladder: ladderConfig,
  timeline: timelineConfig,
  ecdf: ecdfConfig,
  climb: climbConfig,
  pairs: pairConfig,
  ratios: ratiosConfig,
  lines: linesConfig,
  groups: groupsConfig,
  within: withinConfig,
} as const satisfies { readonly [Form in Chart['form']]: (chart: Extract<Chart, { form: Form }>, theme: Theme, titled: boolean) => Config };

/**
 * @param titled a chart in the page has its heading in the page; one on a slide brings it along
 */
export function chartConfig(chart: Chart, theme: Theme, titled: boolean): Config {
  return (CONFIGS[chart.form] as (chart: Chart, theme: Theme, titled: boolean) => Config)(chart, theme, titled);
}
