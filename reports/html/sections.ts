/** The report's sections, as mark-up. Text is escaped by construction: nothing here writes a tag by hand. */
import { html as untyped } from 'htm/preact';
import type { VNode } from 'preact';
import type { Chart } from '../charts/chart.ts';
import { quantityText } from '../view/numbers.ts';
import { shellLine } from '../view/shell.ts';
import type { BenchmarkView, MetricView, RuntimeView, TimelineView, View } from '../view/view.ts';

const html = untyped as unknown as (strings: TemplateStringsArray, ...values: unknown[]) => VNode;

function name(runtime: RuntimeView): VNode {
  return html`<span class="name">${runtime.rung ? '' : html`<span class="swatch" data-ink=${runtime.position}></span>`}${runtime.name}${runtime.emulated ? html` <span class="tag">emulated</span>` : ''}</span>`;
}

function metricTable(metric: MetricView): VNode {
  return html`<div class="scroll"><table>
    <thead><tr><th>runtime</th><th class="figure">median</th><th class="figure">95 % interval</th><th>${metric.against}</th><th class="figure">samples</th></tr></thead>
    <tbody>${metric.rows.map(
      (row) => html`<tr><td>${name(row.runtime)}</td>${row.median === null ? html`<td colspan="3">${row.text}</td>` : html`<td class="figure">${row.text}</td><td class="figure">${row.intervalText}</td><td>${row.ratioText ?? ''}</td>`}<td class="figure">${row.n}${row.failed > 0 ? `, ${row.failed} failed` : ''}</td></tr>`,
    )}</tbody></table></div>`;
}

/** What a chart's height follows from: rungs are many and stand close. */
function measure(chart: Chart): string {
  return `${chart.form === 'ladder' ? 'close-' : ''}${chart.rows.length}`;
}

function plot(chart: Chart, label: string): VNode {
  return html`<div class="plot" data-rows=${measure(chart)}><canvas id=${`chart-${chart.id}`} role="img" aria-label=${label}></canvas></div>`;
}

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
    </details>
  </section>`;
}

/** Steps too short to be seen are gathered, so that the long ones can be. */
function timelineRows(timeline: TimelineView): VNode[] {
  const end = timeline.steps.at(-1)?.toMs ?? 0;
  return timeline.steps.flatMap(({ label, fromMs, toMs }) => {
    const took = toMs - fromMs;
    return [html`<tr><td>${label}</td><td class="figure">${quantityText('ms', took)}</td><td class="figure">${quantityText('ms', toMs)}</td><td class="figure">${end > 0 ? `${((took / end) * 100).toFixed(1)} %` : ''}</td></tr>`];
  });
}

export function timelineSection(view: View): VNode | string {
  if (view.timelines.length === 0) return '';
  return html`<section id="steps">
    <h2>One start, step by step</h2>
    <p class="muted">Of each runtime the start nearest its median. A step ends when its stamp is taken; all stamps are of one clock, the host's.</p>
    ${view.timelines.map(
      (timeline) => html`<details><summary>${name(timeline.runtime)}: ${timeline.steps.length} steps, ${quantityText('ms', timeline.steps.at(-1)?.toMs ?? 0)} in all</summary>
        <div class="scroll"><table><thead><tr><th>step</th><th class="figure">took</th><th class="figure">done after</th><th class="figure">share</th></tr></thead><tbody>${timelineRows(timeline)}</tbody></table></div></details>`,
    )}
  </section>`;
}

/** Texts from elsewhere may lack their full stop. */
function sentence(text: string): string {
  return text === '' || /[.!?]$/.test(text) ? text : `${text}.`;
}

function hasWarnings({ result, failures, runtimes }: View): boolean {
  return result.warnings.length > 0 || failures.length > 0 || result.run.state !== 'complete' || runtimes.some(({ notMeasured }) => notMeasured !== null);
}

export function warningSection(view: View): VNode | string {
  if (!hasWarnings(view)) return '';
  const { result, failures, runtimes } = view;
  const missing = runtimes.filter(({ notMeasured }) => notMeasured !== null);
  return html`<section id="warnings">
    <h2>What to mind</h2>
    ${result.run.state === 'interrupted' ? html`<p>The run was interrupted: what was measured until then is here.</p>` : ''}
    ${missing.length === 0 ? '' : html`<h3>Not measured</h3><ul>${missing.map((runtime) => html`<li><b>${runtime.id}</b>: ${runtime.notMeasured}</li>`)}</ul>`}
    ${result.warnings.length === 0 ? '' : html`<h3>Warnings</h3><ul>${result.warnings.map(({ symptom, cause, remedy }) => html`<li><b>${sentence(symptom)}</b> ${sentence(cause)} ${sentence(remedy)}</li>`)}</ul>`}
    ${failures.length === 0 ? '' : html`<h3>Failed samples</h3>${failures.map((failure) => html`<details><summary>${failure.benchmark} of ${failure.runtime}, round ${failure.round + 1}: ${failure.message}</summary><pre>${failure.log === '' ? 'no output was kept' : failure.log}</pre></details>`)}`}
  </section>`;
}

function described(pairs: readonly (readonly [string, string])[]): VNode {
  return html`<dl>${pairs.map(([term, text]) => html`<dt>${term}</dt><dd>${text}</dd>`)}</dl>`;
}

export function methodSection({ result, runtimes }: View): VNode {
  const { options } = result.run;
  return html`<section id="method">
    <h2>Method</h2>
    <p>Every round visits every runtime once, in an order shuffled from the recorded seed, with ${options.gapMs} ms of idle time between starts. The same program says by one byte that it is ready, and the byte's arrival is stamped in one place for all. The median leads, with a 95 % bootstrap interval. Every sample is kept, in order; failed starts are counted.</p>
    ${described([
      ['profile', options.profile],
      ['rounds', Object.entries(options.rounds).map(([benchmark, rounds]) => `${benchmark} ${rounds}`).join(', ')],
      ['seed', options.seed],
      ['memory of a box', quantityText('bytes', options.memoryBytes)],
      ['processors of a box', String(options.cpus)],
      ['settling before memory is read', quantityText('ms', options.settleMs)],
      ['deadline of a start', quantityText('ms', options.deadlineMs)],
      ['image', `${result.image.name} ${result.image.digest.slice(0, 12)}: ${result.image.layers.map((layer) => `${layer.name} ${quantityText('bytes', layer.allocatedBytes)}`).join(', ')}`],
      ['guest kernel', `${result.image.kernel.release} (${result.image.kernel.from})`],
      ['building the image', `${quantityText('ms', result.image.provision.milliseconds)}, once, not part of any start`],
    ])}
    <h3>To repeat this run</h3>
    <pre>${shellLine(result.run.command)}</pre>
    <h3>Exact commands and plans</h3>
    ${result.runtimes.filter(({ rung }) => rung === undefined).map((entry) => {
      const runtime = runtimes.find(({ id }) => id === entry.id);
      return html`<details><summary>${runtime === undefined ? entry.id : name(runtime)}</summary>
        <p>${entry.summary}</p>
        ${entry.acceleratorReason === null ? '' : html`<p>Accelerator ${entry.accelerator}: ${entry.acceleratorReason}</p>`}
        ${entry.readyBy === undefined ? '' : html`<p>Its ready byte does not come straight from the workload: ${entry.readyBy}</p>`}
        ${entry.command.length === 0 ? '' : html`<pre>${shellLine(entry.command)}</pre>`}
        ${entry.plan.length === 0 ? '' : html`<ol class="plan">${entry.plan.map((step) => html`<li><code>${step.text}</code> <span class="muted">${step.why}</span></li>`)}</ol>`}
      </details>`;
    })}
  </section>`;
}

export function hostSection({ result }: View): VNode {
  const { host } = result;
  return html`<section id="host">
    <h2>The machine</h2>
    ${described([
      ...(host.hostname === null ? [] : [['name', host.hostname] as const]),
      ['system', `${host.os.distribution} ${host.os.release}, Linux ${host.os.kernel}, ${host.os.arch}`],
      ['kernel command line', host.os.commandLine],
      ['processor', `${host.cpu.brand} (${host.cpu.vendor}), ${host.cpu.logical} logical, ${host.cpu.physical} physical${host.cpu.maxMhz === null ? '' : `, up to ${host.cpu.maxMhz} MHz`}`],
      ['frequency governor', host.cpu.governor ?? 'none to be seen'],
      ['memory', `${quantityText('bytes', host.memory.totalBytes)}, ${quantityText('bytes', host.memory.availableBytes)} available at the start, swap ${quantityText('bytes', host.memory.swapTotalBytes)}, KSM ${host.memory.ksm === null ? 'not in this kernel' : host.memory.ksm ? 'on' : 'off'}`],
      ['storage', `${host.storage.fileSystem} on ${host.storage.device}`],
      ['beneath', host.virtualisation ?? 'bare metal'],
      ['cgroups', host.cgroup],
      ['SELinux', host.selinux],
      ['security modules', host.securityModules.length === 0 ? 'none to be seen' : host.securityModules.join(', ')],
      ['versions', Object.entries(host.versions).map(([program, version]) => `${program} ${version}`).join(', ')],
    ])}
  </section>`;
}

export function dataSection({ result }: View): VNode {
  const failed = result.samples.filter(({ outcome }) => outcome === 'failed').length;
  return html`<section id="data">
    <h2>The data</h2>
    <p>All ${result.samples.length} samples${failed > 0 ? ` (${failed} failed)` : ''} are in this file, in the order in which they were taken.</p>
    <button type="button" id="save-json">Save the result document (JSON)</button><button type="button" id="save-csv">Save the samples (CSV)</button>
  </section>`;
}

export function headerSection(view: View): VNode {
  return html`<header>
    <p class="brand">tare</p>
    <h1>${view.title}: process, container, virtual machine</h1>
    ${view.caution === null ? '' : html`<p class="caution"><b>Emulated.</b> ${view.caution}</p>`}
    <ul class="headline">${view.headline.map((sentence) => html`<li>${sentence}</li>`)}</ul>
    <p class="muted">Measured ${view.when.slice(0, 10)} on ${view.hostLine}.</p>
    <nav aria-label="Sections">${view.benchmarks.map(({ id, title }) => html`<a href=${`#${id}`}>${title}</a>`)}${view.timelines.length === 0 ? '' : html`<a href="#steps">Step by step</a>`}${hasWarnings(view) ? html`<a href="#warnings">What to mind</a>` : ''}<a href="#method">Method</a><a href="#host">Machine</a><a href="#data">Data</a></nav>
  </header>`;
}

/** Styles that depend on the run: the colour of each runtime, the height of each chart. */
export function runStyles(view: View, charts: readonly Chart[]): string {
  const of = (shade: 'light' | 'dark'): string => view.runtimes.map(({ ink, position }) => `.swatch[data-ink="${position}"]{background:${ink[shade]}}`).join('');
  const heights = [...new Map(charts.map((chart) => [measure(chart), 6.5 + chart.rows.length * (chart.form === 'ladder' ? 2 : 3.2)]))].map(([rows, height]) => `.plot[data-rows="${rows}"]{height:${height.toFixed(1)}rem}`);
  return `${of('light')}@media (prefers-color-scheme:dark){${of('dark')}}${heights.join('')}`;
}

export { html };
