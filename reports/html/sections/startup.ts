/** Starting: on one axis, as bars, every start, step upon step, cold beside warm, and starts a second. */
import type { VNode } from 'preact';
import type { Chart } from '../../charts/chart.ts';
import { TIMELINE } from '../../charts/start-charts.ts';
import type { BenchmarkView } from '../../view/benchmarks.ts';
import { quantityText } from '../../view/numbers.ts';
import { climbSummary } from '../../view/startup/climb.ts';
import type { ColdView } from '../../view/startup/cold.ts';
import { distributionSummary } from '../../view/startup/distribution.ts';
import { GROUP_WORDS } from '../../view/startup/groups.ts';
import { startsSummary, type StartView } from '../../view/startup/starts.ts';
import type { View } from '../../view/view.ts';
import { figure, html, metricTable, name, plot } from '../markup.ts';
import { benchmarkSection } from './benchmark.ts';

type Content = VNode | string;

const FROM: Readonly<Record<StartView['from'], string>> = {
  steps: 'one start, the one nearest the median, step by step',
  phases: 'medians of starts of their own, which tell how far they are: telling may cost time',
  whole: 'not told apart: this run did not take the parts of a start',
};

function segmentTable({ runtime, segments, from, readyMs }: StartView): VNode {
  return html`<h3>${name(runtime)}</h3><p class="muted">${FROM[from]}; ready after ${quantityText('ms', readyMs)} in the median</p>
    <div class="scroll"><table><thead><tr><th>part</th><th class="figure">took</th><th class="figure">done after</th><th>what it is</th></tr></thead>
    <tbody>${segments.map((each) => html`<tr><td>${each.name}</td><td class="figure">${quantityText('ms', each.toMs - each.fromMs)}</td><td class="figure">${quantityText('ms', each.toMs)}</td><td>${from === 'steps' ? (GROUP_WORDS[each.name] ?? '') : ''}</td></tr>`)}</tbody></table></div>`;
}

/** One canvas and two scales: a switch that a keyboard reaches. */
function axisFigure(chart: Chart, summary: string): VNode {
  return html`<figure data-slide=${chart.title}>
    <fieldset class="choose" data-lens-of="timeline"><legend>Axis</legend>
      <label><input type="radio" name="timeline-scale" value="log" checked />logarithmic <span class="muted">all can be seen</span></label>
      <label><input type="radio" name="timeline-scale" value="linear" />linear <span class="muted">to scale</span></label>
    </fieldset>
    <div class="plot" data-rows=${`tall-${chart.rows.length}`}><canvas id=${`chart-${TIMELINE}log`} data-chart=${`${TIMELINE}log`} data-lens="timeline" data-prefix=${TIMELINE} role="img" aria-label=${summary}></canvas></div>
    <figcaption>${summary}</figcaption>
  </figure>`;
}

function timelines(view: View, chart: (id: string) => Chart | undefined): Content {
  const { starts } = view.startup;
  const [axis, near] = [chart(`${TIMELINE}log`), chart('startup-near')];
  if (axis === undefined) return '';
  const phases = view.benchmarks.find(({ id }) => id === 'phases');
  const inside = starts.filter(({ from }) => from === 'phases').map(({ runtime }) => runtime.id);
  return html`<h3>From request to ready, on one axis</h3>
    <p class="muted">${starts.some(({ from }) => from === 'steps') ? 'A container’s steps are gathered into groups.' : ''}${inside.length === 0 ? '' : ` Parts of ${inside.join(', ')} are medians of starts of their own, which tell how far they are.`} On a logarithmic axis zero has no place: what begins with the request begins at its left end.</p>
    ${axisFigure(axis, startsSummary(starts))}
    ${near === undefined ? '' : html`<figure data-slide=${near.title}><h3>${near.title}</h3>${plot(near, startsSummary(starts.filter(({ runtime }) => runtime.kind !== 'vm')))}</figure>`}
    <details><summary>The parts of a start as tables</summary>${starts.map(segmentTable)}
      ${phases === undefined ? '' : phases.metrics.map((metric) => html`<h3 id=${metric.anchor === 'phases' ? metric.id : metric.anchor}>${metric.title}</h3><p class="muted">${metric.definition}</p>${metricTable({ ...metric, rows: metric.rows.filter(({ median }) => median !== null) })}`)}
    </details>`;
}

function startupSection(view: View, startup: BenchmarkView, chart: (id: string) => Chart | undefined): VNode {
  const [bars, spread] = [chart('startup'), chart('startup-spread')];
  return html`<section id="startup">
    <h2>${startup.title}</h2>
    <p class="muted">${startup.main.definition}</p>
    ${timelines(view, chart)}
    <h3>Median, interval, samples</h3>
    ${bars === undefined ? html`<p>${startup.main.rows.map((row) => `${row.runtime.label}: ${row.text}. `)}</p>` : figure(bars, startup.summary)}
    ${metricTable(startup.main)}
    ${spread === undefined ? '' : html`<h3>Every start</h3>${figure(spread, distributionSummary(startup.main))}`}
    <details><summary>All figures of this benchmark</summary>
      ${startup.metrics.map((metric) => html`<h3 id=${metric.anchor}>${metric.title}</h3><p class="muted">${metric.definition}</p>${metricTable(metric)}`)}
    </details>
  </section>`;
}

function climbSection(view: View, chart: (id: string) => Chart | undefined): Content {
  const climb = chart('startup-climb');
  return climb === undefined ? '' : html`<section id="climb"><h2>${climb.title}</h2><p class="muted">What each box takes on top of the one below it. Figures of emulated machines are hatched: with working hardware virtualisation those steps are much lower.</p>${figure(climb, climbSummary(view.startup.climb))}</section>`;
}

function coldSection({ pairs, lacking, summary }: ColdView, benchmark: BenchmarkView | undefined, chart: Chart | undefined): VNode {
  return html`<section id="cold">
    <h2>Cold beside warm</h2>
    <p class="muted">Warm: files that a start reads are in the host’s page cache, as after every start but the first. Cold: the cache was dropped just before, outside of the clock.</p>
    ${pairs.length === 0 || chart === undefined ? '' : figure(chart, summary)}
    ${lacking.length === 0 ? '' : html`<ul class="lacking">${lacking.map((text) => html`<li>${text}</li>`)}</ul>`}
    ${benchmark === undefined ? '' : html`<details><summary>All figures of this benchmark</summary>${benchmark.metrics.map((metric) => html`<h3 id=${metric.id}>${metric.title}</h3><p class="muted">${metric.definition}</p>${metricTable(metric)}`)}</details>`}
  </section>`;
}

/** In the order in which the story is told: how long, from what, how it climbs, cold, and how many a second. */
export function startupSections(view: View, charts: readonly Chart[]): Content[] {
  const chart = (id: string): Chart | undefined => charts.find((each) => each.id === id);
  const benchmark = (id: string): BenchmarkView | undefined => view.benchmarks.find((each) => each.id === id);
  const [startup, http, ladder, rate] = [benchmark('startup'), benchmark('http'), benchmark('ladder'), benchmark('rate')];
  return [
    ...(startup === undefined ? [] : [startupSection(view, startup, chart)]),
    ...(http === undefined ? [] : [benchmarkSection(http, charts)]),
    ...(ladder === undefined ? [] : [benchmarkSection(ladder, charts)]),
    climbSection(view, chart),
    ...(view.startup.cold === null ? [] : [coldSection(view.startup.cold, benchmark('cold'), chart('cold'))]),
    ...(rate === undefined ? [] : [benchmarkSection(rate, charts)]),
  ];
}
