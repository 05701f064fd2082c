/** Memory: a lens for the way of counting, the machine in parts, lines over N, what was set aside. */
import type { VNode } from 'preact';
import type { Chart } from '../../charts/chart.ts';
import type { BenchmarkView } from '../../view/benchmarks.ts';
import type { GrowthLine, GrowthView } from '../../view/growth.ts';
import type { LensView } from '../../view/lens.ts';
import type { MemoryView } from '../../view/memory.ts';
import type { Row } from '../../view/metrics.ts';
import { quantityText } from '../../view/numbers.ts';
import { figure, html, name, plot } from '../markup.ts';
import { allFigures } from './benchmark.ts';

function cell(row: Row | undefined): VNode {
  return row === undefined || row.median === null ? html`<td class="figure muted">not measured</td>` : html`<td class="figure">${row.text}</td>`;
}

function reading({ points }: GrowthLine, at: number): string {
  const found = points.find(({ count }) => count === at);
  return found === undefined ? '–' : quantityText('bytes', found.bytes);
}

/** The lens that is looked through first. */
function chosen(lenses: readonly LensView[]): string | undefined {
  return (lenses.find(({ id }) => id === 'cgroup') ?? lenses[0])?.id;
}

function told({ name: way, rows }: LensView): string {
  return `${way}, median with 95 % interval. ${rows.map((row) => `${row.runtime.label}: ${row.text}${row.intervalText === '' ? '' : ` (${row.intervalText})`}`).join('; ')}.`;
}

function choice(lenses: readonly LensView[]): VNode | string {
  if (lenses.length < 2) return '';
  return html`<fieldset class="choose" data-lens-of="memory"><legend>Count by</legend>${lenses.map(({ id, name: way }) => html`<label><input type="radio" name="memory-lens" id=${`lens-${id}`} value=${id} checked=${id === chosen(lenses)} />${way}</label>`)}</fieldset>`;
}

function saying(lens: LensView): VNode {
  return html`<div class="lens" data-lens-part=${lens.id}>
    <p><b>${lens.name}.</b> ${lens.counts} ${lens.misses}</p>
    ${lens.ratios.length === 0 ? '' : html`<dl class="ratio">${lens.ratios.map(({ runtime, text, spread }) => html`<dt>${name(runtime)} beside the container</dt><dd><b>${text}</b>${spread === '' ? '' : html` <span class="muted">${spread}</span>`}</dd>`)}</dl>`}
    <p class="muted" data-lens-text=${lens.id}>${told(lens)}</p>
  </div>`;
}

/** Every way of counting beside every other: what the lens shows one by one. */
function table({ lenses }: MemoryView): VNode {
  const boxes = (lenses.find(({ id }) => id === chosen(lenses)) ?? lenses[0])?.rows ?? [];
  return html`<div class="scroll"><table><caption>Median of one idle box, by way of counting</caption><thead><tr><th scope="col">box</th>${lenses.map((lens) => html`<th scope="col" class="figure">${lens.name}</th>`)}</tr></thead>
    <tbody>${boxes.map(({ runtime }) => html`<tr><th scope="row">${name(runtime)}</th>${lenses.map((lens) => cell(lens.rows.find((row) => row.runtime.id === runtime.id)))}</tr>`)}</tbody></table></div>`;
}

function growth(views: readonly GrowthView[], lenses: readonly LensView[], charts: readonly Chart[]): VNode | string {
  const shown = views.filter(({ id }) => id !== 'disk');
  if (shown.length === 0) return '';
  const first = shown.find(({ id }) => id === chosen(lenses)) ?? shown[0];
  return html`<h3>Over the number of boxes</h3>
    <p class="muted">1, 2, 4 and 8 idle boxes at the same time. The slope is what each further one takes; the intercept is there once. Machines and what has no guest are drawn apart: on one axis the latter would lie on the ground.</p>
    ${shown.length < 2 ? '' : html`<fieldset class="choose" data-lens-of="growth"><legend>Count by</legend>${shown.map(({ id, name: way }) => html`<label><input type="radio" name="growth-lens" value=${id} checked=${id === first?.id} />${way}</label>`)}</fieldset>`}
    <div class="panels">${(['light', 'heavy'] as const).map((which) => {
      const chart = charts.find(({ id }) => id === `growth-${first?.id ?? ''}-${which}`);
      const title = first?.panels.find(({ id }) => id.endsWith(which))?.title ?? '';
      return chart === undefined ? '' : html`<figure data-slide=${chart.title}><h4>${title}</h4>${plot(chart, `${chart.title}; the table below has its figures`, { lens: 'growth', prefix: 'growth-', suffix: `-${which}` })}</figure>`;
    })}</div>
    <div class="scroll"><table><thead><tr><th>counted by</th><th>box</th><th class="figure">each further one</th><th class="figure">95 % interval</th><th class="figure">once</th>${[1, 2, 4, 8].map((count) => html`<th class="figure">${count} at once</th>`)}</tr></thead>
      <tbody>${shown.flatMap((view) => view.panels.flatMap(({ lines }) => lines.map((line) => html`<tr><td>${view.name}</td><td>${name(line.runtime)}</td><td class="figure">${line.slopeText.replace(' each', '')}</td><td class="figure">${line.slopeInterval === '' ? '–' : line.slopeInterval}</td><td class="figure">${line.interceptText.replace(' once', '')}</td>${[1, 2, 4, 8].map((count) => html`<td class="figure">${reading(line, count)}</td>`)}</tr>`)))}</tbody></table></div>`;
}

function machine({ machines, machineParts }: MemoryView, charts: readonly Chart[]): VNode | string {
  const chart = charts.find(({ id }) => id === 'memory-machine');
  if (machines.length === 0 || chart === undefined) return '';
  const said = machines.map(({ runtime, texts }) => `${runtime.label}: ${machineParts.map((part, index) => `${part.name} ${texts[index] ?? ''}`).join(', ')}`).join('; ');
  return html`<h3>What a virtual machine’s memory consists of</h3>
    ${figure(chart, said)}
    <div class="scroll"><table><thead><tr><th>box</th>${machineParts.map((part) => html`<th class="figure">${part.name}</th>`)}</tr></thead>
      <tbody>${machines.map(({ runtime, texts }) => html`<tr><td>${name(runtime)}</td>${texts.map((text) => html`<td class="figure">${text}</td>`)}</tr>`)}</tbody></table></div>
    <p class="muted">${machineParts.map((part) => `${part.name}: ${part.what}`).join('; ')}. Together they are its PSS.</p>`;
}

function configured({ configured: rows }: MemoryView, charts: readonly Chart[]): VNode | string {
  const chart = charts.find(({ id }) => id === 'memory-configured');
  if (rows.length === 0 || chart === undefined) return '';
  return html`<h3>Set aside, and used</h3>
    <p class="muted">A limit that was set aside is not taken: only what has been touched is. A guest’s kernel keeps a part for itself before any program can ask.</p>
    ${figure(chart, `${rows.map(({ runtime, chargedText, configuredText }) => `${runtime.label}: ${chargedText} charged of ${configuredText} set aside`).join('; ')}.`)}
    <div class="scroll"><table><thead><tr><th>box</th><th class="figure">set aside</th><th class="figure">charged</th><th class="figure">RAM touched by the guest</th><th class="figure">kept by its kernel</th><th class="figure">left for programs</th></tr></thead>
      <tbody>${rows.map((row) => html`<tr><td>${name(row.runtime)}</td><td class="figure">${row.configuredText}</td><td class="figure">${row.chargedText}</td>${[row.touchedText, row.takenText, row.leftText].map((text) => html`<td class="figure">${text}</td>`)}</tr>`)}</tbody></table></div>
    ${rows.some(({ reasons }) => reasons.length > 0) ? html`<ul class="muted">${rows.flatMap(({ runtime, reasons }) => reasons.map((reason) => html`<li>${runtime.label}: ${reason}</li>`))}</ul>` : ''}`;
}

/** The charge in parts, as words. */
function partsSaid(benchmarks: readonly BenchmarkView[]): string {
  const parts = benchmarks.find(({ id }) => id === 'memory')?.parts;
  return parts == null ? '' : `${parts.rows.map(({ runtime, bytes }) => `${runtime.label}: ${parts.parts.map((part, index) => `${part} ${quantityText('bytes', bytes[index] ?? 0)}`).join(', ')}`).join('; ')}.`;
}

export function memorySection(view: MemoryView, benchmarks: readonly BenchmarkView[], charts: readonly Chart[], missing: string | null): VNode | string {
  const own = benchmarks.filter(({ id }) => id === 'memory' || id === 'growth');
  if (view.lenses.length === 0 && own.length === 0) return '';
  const first = charts.find(({ id }) => id === `memory-${chosen(view.lenses) ?? ''}`);
  const parts = charts.find(({ id }) => id === 'memory-parts');
  return html`<section id="memory">
    <h2>Memory</h2>
    ${view.conclusion === null ? '' : html`<p class="conclusion">${view.conclusion}</p>`}
    ${choice(view.lenses)}
    ${view.lenses.length === 0 ? html`<p>${own.map(({ main }) => main.rows.map((row) => `${row.runtime.label}: ${row.text}. `))}</p>` : html`
      <figure data-slide="Memory of one idle box">${first === undefined ? '' : plot(first, told(view.lenses.find(({ id }) => id === chosen(view.lenses)) as LensView), { lens: 'memory', prefix: 'memory-', suffix: '' })}
      <figcaption aria-live="polite">${view.lenses.map(saying)}</figcaption></figure>
      ${table(view)}`}
    ${view.missing.length === 0 ? '' : html`<p class="muted">Not counted: ${view.missing.join(', ')}.</p>`}
    ${parts === undefined ? '' : html`<h3>${parts.title}</h3>${figure(parts, partsSaid(own))}`}
    ${machine(view, charts)}
    ${growth(view.growth, view.lenses, charts)}
    ${configured(view, charts)}
    ${missing === null ? '' : html`<p class="muted">${missing}</p>`}
    ${own.map((benchmark) => allFigures(benchmark))}
  </section>`;
}

/** What is said beside the chart follows the lens, also where no script runs. */
export function lensStyles(lenses: readonly LensView[]): string {
  return lenses.map(({ id }) => `#memory:has(#lens-${id}:checked) [data-lens-part]:not([data-lens-part="${id}"]){display:none}`).join('');
}
