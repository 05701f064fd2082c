/** What boxes get done, how many fit, and what they feel of their neighbours: as ratios, before the noise of the machine. */
import type { VNode } from 'preact';
import type { Chart } from '../../charts/chart.ts';
import type { BenchmarkView } from '../../view/benchmarks.ts';
import type { CrowdView } from '../../view/crowd.ts';
import { lackingLine } from '../../view/missing.ts';
import type { ReachRow } from '../../view/reach.ts';
import type { RatiosView } from '../../view/ratios.ts';
import { figure, html, name } from '../markup.ts';
import { allFigures } from './benchmark.ts';

function ratios(view: RatiosView, charts: readonly Chart[]): VNode {
  const chart = charts.find(({ id }) => id === view.id);
  return html`<h3>${view.title}</h3>
    ${chart === undefined ? '' : figure(chart, view.summary)}
    <div class="scroll"><table><thead><tr><th>what</th>${view.boxes.map((box) => html`<th>${name(box)}</th>`)}<th class="figure">noise</th></tr></thead>
      <tbody>${view.rows.map((row) => html`<tr><td>${row.label}</td>${row.ratios.map((each) => html`<td class="narrow">${each === null ? 'not measured' : html`<b>${each.text}</b><br /><span class="muted">${each.intervalText}</span>${each.differs === false ? html`<br /><span class="muted">no difference shown</span>` : ''}`}</td>`)}<td class="figure">${row.noiseText}</td></tr>`)}</tbody></table></div>`;
}

function lacking(benchmark: BenchmarkView | undefined): VNode | string {
  const line = benchmark === undefined ? null : lackingLine(benchmark);
  return line === null ? '' : html`<p class="muted">${line}</p>`;
}

function find(benchmarks: readonly BenchmarkView[], id: string): BenchmarkView | undefined {
  return benchmarks.find((each) => each.id === id);
}

export function workSection(views: readonly RatiosView[], benchmarks: readonly BenchmarkView[], charts: readonly Chart[], missing: string | null): VNode | string {
  const [idle, throughput] = [find(benchmarks, 'idle-cpu'), find(benchmarks, 'throughput')];
  if (idle === undefined && throughput === undefined && missing === null) return '';
  const idleChart = charts.find(({ id }) => id === 'idle-cpu');
  return html`<section id="work">
    <h2>Processor, input and output</h2>
    ${views.length === 0 ? '' : html`<p class="muted">The same program in each box, as a ratio to the plain process. Filled marks were measured on the real processor; hollow ones are emulated, and say nothing of hardware virtualisation. The grey band is as far as one box differed from itself.</p>`}
    ${views.map((view) => ratios(view, charts))}
    ${lacking(throughput)}
    ${idle === undefined ? '' : html`<h3 id="idle-cpu">${idle.title}</h3><p class="muted">${idle.main.definition}</p>${idleChart === undefined ? html`<p>${idle.summary}</p>` : figure(idleChart, idle.summary)}`}
    ${missing === null ? '' : html`<p class="muted">${missing}</p>`}
    ${[throughput, idle].map((each) => (each === undefined ? '' : allFigures(each)))}
  </section>`;
}

export function densitySection({ density, budgetText }: CrowdView, benchmark: BenchmarkView | undefined, charts: readonly Chart[]): VNode | string {
  if (benchmark === undefined) return '';
  const fit = charts.find(({ id }) => id === 'density');
  return html`<section id="density">
    <h2>How many idle boxes fit${budgetText === null ? '' : ` into ${budgetText}`}</h2>
    ${fit === undefined ? html`<p>${benchmark.main.rows.map((row) => `${row.runtime.label}: ${row.text}. `)}</p>` : html`
      <p class="muted">Boxes are really started as far as time and the host allow; beyond that the number is reckoned by what each took.</p>
      ${figure(fit, `${density.map((row) => `${row.runtime.label}: ${row.fitsText} fit, ${row.startedText} really started`).join('; ')}.`)}
      <div class="scroll"><table><thead><tr><th>box</th><th class="figure">fit</th><th class="figure">really started</th><th class="figure">reckoned</th><th class="figure">each takes</th></tr></thead>
        <tbody>${density.map((row) => html`<tr><td>${name(row.runtime)}</td><td class="figure">${row.fitsText}</td><td class="figure">${row.startedText}</td><td class="figure">${row.projectedText}</td><td class="figure">${row.eachText}</td></tr>`)}</tbody></table></div>`}
    ${lacking(benchmark)}
    ${allFigures(benchmark)}
  </section>`;
}

export function isolationSection(views: readonly RatiosView[], reach: readonly ReachRow[], benchmark: BenchmarkView | undefined, charts: readonly Chart[]): VNode | string {
  if (benchmark === undefined && reach.length === 0) return '';
  return html`<section id="interference">
    <h2>Neighbours, and the wall between</h2>
    ${views.length === 0 ? '' : html`<p class="muted">A box beside a greedy one of the same kind, as a ratio to the same box undisturbed.</p>`}
    ${views.map((view) => ratios(view, charts))}
    ${lacking(benchmark)}
    ${reach.length === 0 ? '' : html`<h3 id="reach">System calls of the host’s kernel within reach</h3>
      <div class="scroll"><table><thead><tr><th>box</th><th class="figure">calls</th><th>of which</th></tr></thead>
      <tbody>${reach.map((row) => html`<tr><td>${name(row.runtime)}</td><td class="figure">${row.countText}</td><td class="wide">${row.text}</td></tr>`)}</tbody></table></div>
      <p class="muted">Counted from what each box lets through, not measured: a call within reach is no hole, but each is a part of the kernel that could have one.</p>`}
    ${benchmark === undefined ? '' : allFigures(benchmark)}
  </section>`;
}
