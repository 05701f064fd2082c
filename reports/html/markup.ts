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
      (row) => html`<tr><td>${name(row.runtime)}</td>${row.median === null ? html`<td colspan="3">${row.text}</td>` : html`<td class="figure">${row.text}</td><td class="figure">${row.intervalText}</td><td>${row.ratioText ?? ''}</td>`}<td class="figure">${row.n}${row.failed > 0 ? `, ${row.failed} failed` : ''}</td></tr>`,
    )}</tbody></table></div>`;
}

export function plot(chart: Chart, label: string): VNode {
  return html`<div class="plot" data-rows=${sizeOf(chart).key}><canvas id=${`chart-${chart.id}`} data-chart=${chart.id} role="img" aria-label=${label}></canvas></div>`;
}

export function described(pairs: readonly (readonly [string, string])[]): VNode {
  return html`<dl>${pairs.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}</dl>`;
}

/** Texts from elsewhere may lack their full stop. */
export function sentence(text: string): string {
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`;
}
