/** The words of the report's mark-up. Text is escaped by construction: nothing here writes a tag by hand. */
import { html as untyped } from 'htm/preact';
import type { VNode } from 'preact';
import type { Chart } from '../charts/chart.ts';
import { sizeOf } from '../charts/size.ts';
import type { MetricView } from '../view/metrics.ts';
import type { RuntimeView } from '../view/runtimes.ts';

export const html = untyped as unknown as (strings: TemplateStringsArray, ...values: unknown[]) => VNode;

export function name(runtime: RuntimeView): VNode {
  return html`<span class="name">${runtime.rung ? '' : html`<span class="swatch" data-ink=${runtime.position}></span>`}${runtime.name}${runtime.emulated ? html` <span class="tag">emulated</span>` : ''}</span>`;
}

export function metricTable(metric: MetricView): VNode {
  return html`<div class="scroll"><table>
    <thead><tr><th>runtime</th><th class="figure">median</th><th class="figure">95 % interval</th><th>${metric.against}</th><th class="figure">samples</th></tr></thead>
    <tbody>${metric.rows.map(
      (row) => html`<tr><td>${name(row.runtime)}</td>${row.median === null ? html`<td colspan="3">${row.text}</td>` : html`<td class="figure">${row.text}</td><td class="figure">${row.intervalText}</td><td class="wide">${row.ratioText ?? ''}</td>`}<td class="figure">${row.n}${row.failed > 0 ? `, ${row.failed} failed` : ''}</td></tr>`,
    )}</tbody></table></div>`;
}

/** A canvas that shows the chart of a choice: its id is prefix, chosen value, suffix. */
export interface Lens {
  readonly lens: string;
  readonly prefix: string;
  readonly suffix: string;
}

export function plot(chart: Chart, label: string, lens: Lens | null = null): VNode {
  return html`<div class="plot" data-rows=${sizeOf(chart).key}><canvas id=${`chart-${chart.id}`} data-chart=${chart.id} ...${lens === null ? {} : { 'data-lens': lens.lens, 'data-prefix': lens.prefix, 'data-suffix': lens.suffix }} role="img" aria-label=${label}></canvas></div>`;
}

/** A chart that can fill a screen: `#slides` shows one such after the other, under the chart's title. */
export function figure(chart: Chart, summary: string): VNode {
  return html`<figure data-slide=${chart.title}>${plot(chart, summary)}<figcaption>${summary}</figcaption></figure>`;
}

export function described(pairs: readonly (readonly [string, string])[]): VNode {
  return html`<dl>${pairs.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}</dl>`;
}

/** Texts from elsewhere may lack their full stop. */
export function sentence(text: string): string {
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`;
}
