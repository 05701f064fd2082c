/** A comparison as one HTML file. */
import type { VNode } from 'preact';
import type { BarChart } from '../charts/chart.ts';
import { framed } from '../frame/frame.ts';
import { html, plot } from '../html/markup.ts';
import { compareCharts } from './charts.ts';
import { BETWEEN_RUNS, type ChangeView, type CompareMetricView, type CompareView, type FactView, type FigureView, type ResultView, type RowView } from './view.ts';

function swatch({ number }: ResultView): VNode {
  return html`<span class="swatch" data-result=${number}></span>`;
}

function resultName(result: ResultView): VNode {
  return html`<span class="name">${swatch(result)}${result.label}</span>`;
}

function verdictCell({ verdict, tone, reason, marks, test, noise }: ChangeView): VNode {
  const details = [reason, test, noise === '' ? '' : `noise ${noise}`].filter((each) => each !== '').join('; ');
  return html`<td class="verdict"><b class=${`tone-${tone}`}>${verdict}</b>${marks.map((mark) => html` <a href=${`#note-${mark}`}>[${mark}]</a>`)}${details === '' ? '' : html`<br /><span class="muted">${details}</span>`}</td>`;
}

function figureRow(row: RowView, figure: FigureView, first: boolean): VNode {
  const { result, text, intervalText, counts, change } = figure;
  return html`<tr class=${first ? 'first' : ''}>
    <td>${first ? row.label : ''}</td><td>${resultName(result)}</td>
    <td class="figure">${text}</td>
    <td class="figure">${change === null ? (result.baseline ? 'baseline' : '') : change.text}</td><td class="figure">${change?.intervalText ?? ''}</td>
    ${change === null ? html`<td></td>` : verdictCell(change)}<td class="figure">${intervalText}</td><td class="figure">${counts}</td>
  </tr>`;
}

function metricTable({ rows }: CompareMetricView): VNode {
  return html`<div class="scroll"><table>
    <thead><tr><th>runtime</th><th>result</th><th class="figure">median</th><th class="figure">change</th><th class="figure">95 % interval</th><th>verdict</th><th class="figure">95 % of the median</th><th class="figure">samples</th></tr></thead>
    <tbody>${rows.flatMap((row) => row.figures.map((figure, index) => figureRow(row, figure, index === 0)))}</tbody>
  </table></div>`;
}

/** What a chart says, for whoever does not see it. */
function told({ id, rows }: CompareMetricView): string {
  const said = rows.filter(({ rung }) => !rung).map(({ label, figures }) => `${label}: ${figures.map(({ result, text, change }) => `${result.label} ${text}${change === null ? '' : ` (${change.verdict})`}`).join(', ')}`);
  return `${id}, median with 95 % interval. ${said.join('; ')}.`;
}

function metricSection(metric: CompareMetricView, charts: readonly BarChart[], position: number): VNode {
  return html`<section id=${`m${position}`}>
    <h2>${metric.id}</h2>
    <p class="muted">${metric.definition}</p>
    ${charts.map((chart) => html`<figure>${charts.length > 1 ? html`<h3>${chart.title}</h3>` : ''}${plot(chart, told(metric))}</figure>`)}
    ${metricTable(metric)}
  </section>`;
}

function resultsSection({ results }: CompareView): VNode {
  return html`<section id="results"><h2>The results</h2>
    <div class="scroll"><table><thead><tr><th>result</th><th>measured</th><th>run</th></tr></thead>
    <tbody>${results.map((result) => html`<tr><td>${resultName(result)}${result.baseline ? html` <span class="tag-plain">baseline</span>` : ''}</td><td class="wide">${result.line}</td><td><code>${result.runId}</code></td></tr>`)}</tbody></table></div>
  </section>`;
}

function conditionsSection({ conditions }: CompareView): VNode | string {
  if (conditions.length === 0) return '';
  const words = { held: 'passes', broken: 'fails', 'no-data': 'no data' };
  const tones = { held: 'better', broken: 'worse', 'no-data': 'unknown' };
  return html`<section id="conditions"><h2>Conditions</h2>
    ${conditions.map(({ text, state, lines }) => html`<h3><b class=${`tone-${tones[state]}`}>${words[state]}</b>: fail if <code>${text}</code></h3><ul>${lines.map((each) => html`<li>${each}</li>`)}</ul>`)}
  </section>`;
}

function factTable(facts: readonly FactView[], results: readonly ResultView[]): VNode {
  return html`<div class="scroll"><table class="facts"><thead><tr><th></th>${results.map((result) => html`<th>${resultName(result)}</th>`)}</tr></thead>
    <tbody>${facts.map(({ title, values }) => html`<tr><td>${title}</td>${values.map((value) => html`<td>${value}</td>`)}</tr>`)}</tbody></table></div>`;
}

function differencesSection({ differs, same, results, notes }: CompareView): VNode {
  return html`<section id="differences"><h2>What differs between them</h2>
    ${notes.length === 0 ? '' : html`<h3>What bears on a ratio</h3><ul>${notes.map(({ mark, text }) => html`<li id=${`note-${mark}`}>[${mark}] ${text}</li>`)}</ul>`}
    ${differs.length === 0 ? html`<p>Nothing that was recorded.</p>` : factTable(differs, results)}
    ${same.length === 0 ? '' : html`<details><summary>What is the same everywhere</summary><dl>${same.map(({ title, values }) => html`<dt>${title}</dt><dd>${values[0] ?? ''}</dd>`)}</dl></details>`}
  </section>`;
}

function methodSection(): VNode {
  return html`<section id="method"><h2>Method</h2>
    <p>Each change is the ratio of two medians, result to baseline, with a 95 % percentile bootstrap interval over pairs of independent resamples. A change is called one when interval, Mann–Whitney test (corrected by Holm's method for all comparisons of its family: the figures that benchmarks are summed up by, and the others) and the machines' own noise, where it was measured, agree on it. Cliff's δ goes from −1, every value below the baseline's, to 1. Figures are not compared when they do not measure the same: another definition of the metric, an emulated machine against a real one, another box under the same name.</p>
    <p>${BETWEEN_RUNS}</p>
  </section>`;
}

/** Colours of results and heights of charts: the page's policy knows no style of an element's own. */
function styles(view: CompareView, charts: readonly BarChart[]): string {
  const of = (shade: 'light' | 'dark'): string => view.results.map(({ number, ink }) => `.swatch[data-result="${number}"]{background:${ink[shade]}}`).join('');
  const heights = [...new Set(charts.map(({ rows }) => rows.length))].map((rows) => `.plot[data-rows="${rows}"]{height:${(6.5 + rows * (rows > 12 ? 2 : 2.8)).toFixed(1)}rem}`);
  return `${STYLE}${of('light')}@media (prefers-color-scheme:dark){${of('dark')}}${heights.join('')}`;
}

const STYLE = `
:root{--better:#00694d;--worse:#a63a00}
@media (prefers-color-scheme:dark){:root{--better:#2fd3a2;--worse:#ff9a5c}}
.tone-better{color:var(--better)}.tone-worse{color:var(--worse)}.tone-changed{color:var(--accent)}.tone-none,.tone-unknown{color:var(--muted)}
.tag-plain{border:1px solid var(--line);border-radius:1rem;padding:0 .55rem;font-size:.8em;white-space:nowrap}
.scroll td.verdict{white-space:normal;min-width:13rem}.scroll td.wide{white-space:normal;min-width:16rem}
.scroll .facts td:not(:first-child){white-space:normal;min-width:9rem;max-width:24rem}
tbody tr:not(.first) td:first-child{border-bottom-color:transparent}
`;

export async function compareHtml(view: CompareView): Promise<string> {
  const charts = compareCharts(view);
  const all = [...charts.values()].flat();
  const [primary, further] = [true, false].map((is) => view.metrics.filter((metric) => metric.primary === is)) as [CompareMetricView[], CompareMetricView[]];
  const data = Buffer.from(JSON.stringify(view.document)).toString('base64');
  const body = html`<div>
    <header>
      <p class="brand">tare</p>
      <h1>${view.title}: ${view.results.length} results</h1>
      ${view.caution === null ? '' : html`<p class="caution"><b>Emulated.</b> ${view.caution}</p>`}
      <ul class="headline">${view.headline.map((sentence) => html`<li>${sentence}</li>`)}</ul>
      <nav aria-label="Sections"><a href="#results">Results</a>${view.conditions.length === 0 ? '' : html`<a href="#conditions">Conditions</a>`}${primary.map(({ id }, position) => html`<a href=${`#m${position}`}>${id}</a>`)}${further.length === 0 ? '' : html`<a href="#further">Further figures</a>`}<a href="#differences">What differs</a><a href="#method">Method</a></nav>
    </header>
    <main>
      ${resultsSection(view)}
      ${conditionsSection(view)}
      ${primary.map((metric, position) => metricSection(metric, charts.get(metric.id) ?? [], position))}
      ${further.length === 0 ? '' : html`<section id="further"><h2>Further figures</h2>${further.map((metric) => html`<details><summary>${metric.id}</summary><p class="muted">${metric.definition}</p>${metricTable(metric)}</details>`)}</section>`}
      ${differencesSection(view)}
      ${methodSection()}
    </main>
    <footer><p>Made by tare ${view.document.tare.version}. <a id="save" download="comparison.json" href=${`data:application/json;base64,${data}`}>Save the comparison document (JSON)</a></p></footer>
  </div>`;
  return framed({ title: 'what changed', style: styles(view, all), body, charts: all });
}
