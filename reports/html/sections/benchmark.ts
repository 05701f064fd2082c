/** A benchmark: its chart, its leading figure as a table, and all the others folded away. */
import type { VNode } from 'preact';
import type { Chart } from '../../charts/chart.ts';
import type { BenchmarkView } from '../../view/benchmarks.ts';
import { quantityText } from '../../view/numbers.ts';
import { html, metricTable, plot } from '../markup.ts';
import { diskTables } from './disk.ts';

export function benchmarkSection(benchmark: BenchmarkView, charts: readonly Chart[]): VNode {
  const [main, parts] = [charts.find(({ id }) => id === benchmark.id), charts.find(({ id }) => id === `${benchmark.id}-parts`)];
  return html`<section id=${benchmark.id}>
    <h2>${benchmark.title}</h2>
    <p class="muted">${benchmark.main.definition}</p>
    ${main === undefined ? html`<p>${benchmark.main.rows.map((row) => `${row.runtime.label}: ${row.text}. `)}</p>` : html`<figure>${plot(main, benchmark.summary)}<figcaption>${benchmark.summary}</figcaption></figure>`}
    ${parts === undefined ? '' : html`<h3>${parts.title}</h3><figure>${plot(parts, parts.title)}</figure>`}
    ${metricTable(benchmark.main)}
    <details><summary>All figures of this benchmark</summary>
      ${benchmark.metrics.map((metric) => html`<h3 id=${metric.anchor}>${metric.title}</h3><p class="muted">${metric.definition}</p>${metricTable(metric)}`)}
      ${parts?.form === 'stack' ? html`<h3>${parts.title}</h3><div class="scroll"><table><thead><tr><th>runtime</th>${parts.parts.map((part) => html`<th class="figure">${part.name}</th>`)}</tr></thead>
        <tbody>${parts.rows.map((row) => html`<tr><td>${row.label}</td>${row.bytes.map((bytes) => html`<td class="figure">${quantityText('bytes', bytes)}</td>`)}</tr>`)}</tbody></table></div>` : ''}
      ${diskTables(benchmark.disks)}
    </details>
  </section>`;
}
