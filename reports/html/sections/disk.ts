/** Disk: by layer of the stack, in four sizes, and what each further box needs again. */
import type { VNode } from 'preact';
import type { Chart } from '../../charts/chart.ts';
import type { BenchmarkView } from '../../view/benchmarks.ts';
import type { BoxDiskView } from '../../view/disk.ts';
import { quantityText } from '../../view/numbers.ts';
import { SIZE_NAMES, type SizesRow } from '../../view/sizes.ts';
import { figure, html, name } from '../markup.ts';
import { allFigures } from './benchmark.ts';

function boxTables(boxes: readonly BoxDiskView[]): readonly VNode[] {
  return boxes.map(({ runtime, items }) => html`<details><summary>On disk for ${name(runtime)}, thing by thing</summary><div class="scroll"><table>
    <thead><tr><th>what</th><th>layer of the stack</th><th class="figure">capacity</th><th class="figure">length</th><th class="figure">allocated</th><th>instances</th></tr></thead>
    <tbody>${items.map((item) => html`<tr><td>${item.name}</td><td>${item.storey}</td><td class="figure">${item.capacity}</td><td class="figure">${item.length}</td><td class="figure">${item.allocated}</td><td>${item.use}</td></tr>`)}</tbody></table></div></details>`);
}

/** The layers that a box has, as words. */
function partsSaid({ parts }: BenchmarkView): string {
  if (parts === null) return '';
  const layers = (bytes: readonly number[]): string => parts.parts.flatMap((part, index) => ((bytes[index] ?? 0) > 0 ? [`${part.replace('-', ' ')} ${quantityText('bytes', bytes[index] ?? 0)}`] : [])).join(', ');
  return `${parts.rows.map(({ runtime, bytes }) => `${runtime.label}: ${layers(bytes)}`).join('; ')}.`;
}

function sizes(rows: readonly SizesRow[], chart: Chart | undefined): VNode | string {
  if (chart === undefined) return '';
  return html`<h3>Four sizes, never mixed</h3>
    <p class="muted">Capacity is what the box believes it has; length, what a listing shows; allocated, what the host has lost; unique, what each further box loses it again. The runtime’s and the hypervisor’s programs are not in these.</p>
    ${figure(chart, `${rows.map(({ runtime, texts }) => `${runtime.label}: ${SIZE_NAMES.map((size, index) => `${size} ${texts[index] ?? ''}`).join(', ')}`).join('; ')}.`)}
    <div class="scroll"><table><thead><tr><th>box</th>${SIZE_NAMES.map((size) => html`<th class="figure">${size}</th>`)}<th class="figure">each further one, measured</th></tr></thead>
      <tbody>${rows.map(({ runtime, texts, eachText }) => html`<tr><td>${name(runtime)}</td>${texts.map((text) => html`<td class="figure">${text}</td>`)}<td class="figure">${eachText}</td></tr>`)}</tbody></table></div>`;
}

export function diskSection(rows: readonly SizesRow[], benchmark: BenchmarkView | undefined, charts: readonly Chart[], missing: string | null): VNode | string {
  if (benchmark === undefined) return missing === null ? '' : html`<section id="disk"><h2>Disk</h2><p class="muted">${missing}</p></section>`;
  const parts = charts.find(({ id }) => id === 'disk-parts');
  return html`<section id="disk">
    <h2>Disk</h2>
    ${parts?.form === 'stack' ? html`<h3>${parts.title}</h3><p class="muted">What is allocated on the host, layer by layer; with the programs of the runtime and the hypervisor, which a host has once for all its boxes.</p>${figure(parts, partsSaid(benchmark))}` : ''}
    ${sizes(rows, charts.find(({ id }) => id === 'disk-sizes'))}
    ${boxTables(benchmark.disks)}
    ${allFigures(benchmark)}
  </section>`;
}
