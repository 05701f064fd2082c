/** A benchmark: its chart, its leading figure as a table, and all the others folded away. */
import type { VNode } from 'preact';
import type { Chart } from '../../charts/chart.ts';
import type { BenchmarkView } from '../../view/benchmarks.ts';
import type { MetricView } from '../../view/metrics.ts';
import { quantityText } from '../../view/numbers.ts';
import { figure, html, metricTable, name } from '../markup.ts';

/** More metrics than these are told in one table: their tables would be longer than the report. */
const MOST_TABLES = 12;

function inOne(metrics: readonly MetricView[]): VNode {
  const boxes = metrics.reduce<MetricView['rows']>((most, { rows }) => (rows.length > most.length ? rows : most), []).map(({ runtime }) => runtime);
  return html`<div class="scroll"><table><thead><tr><th>figure</th>${boxes.map((box) => html`<th class="figure">${name(box)}</th>`)}</tr></thead>
    <tbody>${metrics.map((metric) => html`<tr id=${metric.id} title=${metric.definition}><td>${metric.title}</td>${boxes.map((box) => {
      const row = metric.rows.find(({ runtime }) => runtime.id === box.id);
      return html`<td class="figure">${row === undefined || row.median === null ? '–' : html`${row.text}<br /><span class="muted">${row.intervalText}</span>`}</td>`;
    })}</tr>`)}</tbody></table></div>`;
}

/** Every metric of a benchmark, folded away: a few as tables of their own, many in one. */
export function allFigures({ title, metrics, parts }: BenchmarkView): VNode {
  return html`<details><summary>All figures: ${title}</summary>
    ${metrics.length > MOST_TABLES ? inOne(metrics) : metrics.map((metric) => html`<h3 id=${metric.id}>${metric.title}</h3><p class="muted">${metric.definition}</p>${metricTable(metric)}`)}
    ${parts === null ? '' : html`<h3>In parts</h3><div class="scroll"><table><thead><tr><th>runtime</th>${parts.parts.map((part) => html`<th class="figure">${part.replace('-', ' ')}</th>`)}</tr></thead>
      <tbody>${parts.rows.map((row) => html`<tr><td>${name(row.runtime)}</td>${row.bytes.map((bytes) => html`<td class="figure">${quantityText('bytes', bytes)}</td>`)}</tr>`)}</tbody></table></div>`}
  </details>`;
}

export function benchmarkSection(benchmark: BenchmarkView, charts: readonly Chart[]): VNode {
  const main = charts.find(({ id }) => id === benchmark.id);
  return html`<section id=${benchmark.id}>
    <h2>${benchmark.title}</h2>
    <p class="muted">${benchmark.main.definition}</p>
    ${main === undefined ? html`<p>${benchmark.main.rows.map((row) => `${row.runtime.label}: ${row.text}. `)}</p>` : figure(main, benchmark.summary)}
    ${metricTable(benchmark.main)}
    ${allFigures(benchmark)}
  </section>`;
}
