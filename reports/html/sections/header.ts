/** The ten seconds: the sentence, the caution, the way to the rest. */
import type { VNode } from 'preact';
import type { View } from '../../view/view.ts';
import { html } from '../markup.ts';
import { comparisonCards } from './comparisons.ts';

/** @param way through the page */
export function headerSection(view: View, way: VNode): VNode {
  return html`<header id="top">
    <p class="brand">tare</p>
    <h1>${view.title}: process, container, virtual machine</h1>
    <p class="modes"><a href="#slides">Present: one figure a screen</a>${view.questions.length === 0 ? '' : html`<a href="#quiz">Quiz: predict, then reveal</a>`}</p>
    ${view.lead === null ? '' : html`<p class="lead" data-slide=${view.title}>${view.lead}</p>`}
    ${comparisonCards(view.comparisons)}
    ${view.caution === null ? '' : html`<p class="caution"><b>Emulated.</b> ${view.caution}</p>`}
    ${view.lead === null ? html`<ul class="headline">${view.headline.map((sentence) => html`<li>${sentence}</li>`)}</ul>` : html`<details><summary>The same in sentences, with intervals</summary><ul>${view.headline.map((sentence) => html`<li>${sentence}</li>`)}</ul></details>`}
    <p class="muted">Measured ${view.when.slice(0, 10)} on ${view.hostLine}.</p>
    ${way}
  </header>`;
}
