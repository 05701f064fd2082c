/** What others have published, beside what was measured here. */
import type { VNode } from 'preact';
import type { BesideView, ReferencesView } from '../../view/references.ts';
import { html, name } from '../markup.ts';

function group({ title, measured, published }: BesideView): VNode {
  return html`<h3>${title}</h3><div class="scroll"><table>
    <thead><tr><th>system</th><th class="figure">figure</th><th>whose</th><th>under what</th></tr></thead>
    <tbody>
      ${measured.map(({ runtime, text }) => html`<tr><td>${name(runtime)}</td><td class="figure"><b>median ${text}</b></td><td>this run</td><td></td></tr>`)}
      ${published.map((each) => html`<tr><td>${each.system}</td><td class="figure">${each.text}</td><td>${each.source}</td><td>${each.conditions}${each.conditions === '' ? '' : '; '}${each.why}</td></tr>`)}
    </tbody></table></div>`;
}

export function referencesSection({ beside, apart }: ReferencesView): VNode {
  return html`<section id="references">
    <h2>What others have published</h2>
    <p class="muted">A published figure stands beside a measured one only where both clocks mean the same. It was taken on another machine: the order of magnitude may be compared, not the digits.</p>
    ${beside.map(group)}
    <details><summary>${apart.length} published figures that stand beside nothing here, and why</summary>
      <div class="scroll"><table><thead><tr><th>system</th><th class="figure">figure</th><th>whose</th><th>why not</th></tr></thead>
      <tbody>${apart.map((each) => html`<tr><td>${each.system}</td><td class="figure">${each.text}</td><td>${each.source}</td><td>${each.why}</td></tr>`)}</tbody></table></div>
    </details>
  </section>`;
}
