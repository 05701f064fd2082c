/** What was equal and what was not. */
import type { VNode } from 'preact';
import type { FairnessView } from '../../view/fairness.ts';
import { html, name } from '../markup.ts';

export function fairnessSection(view: FairnessView | null): VNode | string {
  if (view === null) return '';
  return html`<section id="fairness">
    <h2>Is it fair?</h2>
    <p class="muted">What was equal in both boxes, and what was not, with what each difference is likely to do.</p>
    <div class="scroll"><table class="fairness"><thead><tr><th>what</th><th>${name(view.container)}</th><th>${name(view.machine)}</th><th>likely effect</th></tr></thead>
    <tbody>${view.rows.map(({ what, container, machine, equal, effect }) => html`<tr data-equal=${equal}><td>${what}</td>${equal ? html`<td colspan="2">${container}</td><td>equal</td>` : html`<td>${container}</td><td>${machine}</td><td>${effect}</td>`}</tr>`)}</tbody></table></div>
  </section>`;
}
