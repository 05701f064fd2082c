/** What lies on the host's disk for each box, as tables. */
import type { VNode } from 'preact';
import type { BoxDiskView } from '../../view/disk.ts';
import { html } from '../markup.ts';

export function diskTables(boxes: readonly BoxDiskView[]): readonly VNode[] {
  return boxes.map(({ runtime, items }) => html`<h3>On disk for ${runtime.label}</h3><div class="scroll"><table>
    <thead><tr><th>what</th><th>layer of the stack</th><th class="figure">capacity</th><th class="figure">length</th><th class="figure">allocated</th><th>instances</th></tr></thead>
    <tbody>${items.map((item) => html`<tr><td>${item.name}</td><td>${item.storey}</td><td class="figure">${item.capacity}</td><td class="figure">${item.length}</td><td class="figure">${item.allocated}</td><td>${item.use}</td></tr>`)}</tbody></table></div>`);
}
