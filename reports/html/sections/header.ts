/** The ten seconds: the sentence, the caution, the way to the rest. */
import type { VNode } from 'preact';
import type { View } from '../../view/view.ts';
import { html } from '../markup.ts';
import { comparisonCards } from './comparisons.ts';
import { hasWarnings } from './warnings.ts';

export function headerSection(view: View): VNode {
  return html`<header>
    <p class="brand">tare</p>
    <h1>${view.title}: process, container, virtual machine</h1>
    <p class="modes"><a href="#slides">Present: one figure a screen</a>${view.questions.length === 0 ? '' : html`<a href="#quiz">Quiz: predict, then reveal</a>`}</p>
    ${view.lead === null ? '' : html`<p class="lead" data-slide=${view.title}>${view.lead}</p>`}
    ${comparisonCards(view.comparisons)}
    ${view.caution === null ? '' : html`<p class="caution"><b>Emulated.</b> ${view.caution}</p>`}
    ${view.lead === null ? html`<ul class="headline">${view.headline.map((sentence) => html`<li>${sentence}</li>`)}</ul>` : html`<details><summary>The same in sentences, with intervals</summary><ul>${view.headline.map((sentence) => html`<li>${sentence}</li>`)}</ul></details>`}
    <p class="muted">Measured ${view.when.slice(0, 10)} on ${view.hostLine}.</p>
    <nav aria-label="Sections">${view.stacks === null ? '' : html`<a href="#stacks">The two stacks</a>`}<a href="#claims">Claims</a>${view.benchmarks.map(({ id, title }) => html`<a href=${`#${id}`}>${title}</a>`)}${view.timelines.length === 0 ? '' : html`<a href="#steps">Step by step</a>`}${hasWarnings(view) ? html`<a href="#warnings">What to mind</a>` : ''}${view.fairness === null ? '' : html`<a href="#fairness">Is it fair?</a>`}<a href="#references">Published figures</a><a href="#method">Method</a><a href="#host">Machine</a><a href="#data">Data</a></nav>
  </header>`;
}
