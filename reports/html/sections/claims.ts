/** The claims as cards: what was said, what this run says of it, and by which figures. */
import type { VNode } from 'preact';
import type { ClaimsView, ClaimView } from '../../view/claims/claims.ts';
import { html } from '../markup.ts';

const SIGNS: Readonly<Record<ClaimView['verdict'], string>> = { supported: '✓', 'not supported': '✗', mixed: '◐', 'not tested here': '–' };

function card({ id, claim, verdict, why, figures, beware }: ClaimView): VNode {
  return html`<article class="claim" id=${`claim-${id}`} data-verdict=${verdict.replaceAll(' ', '-')} data-slide=${claim}>
    <h3>${claim}</h3>
    <p class="verdict"><span aria-hidden="true">${SIGNS[verdict]}</span> ${verdict}</p>
    <p>${why}</p>
    ${figures.length === 0 ? '' : html`<dl>${figures.map((figure) => html`<dt>${figure.label}${figure.emulated ? html` <span class="tag">emulated</span>` : ''}</dt><dd>${figure.text}${figure.intervalText === '' ? '' : html` <span class="muted">(${figure.intervalText})</span>`}</dd>`)}</dl>`}
    ${beware === '' ? '' : html`<p class="muted">${beware}</p>`}
  </article>`;
}

export function claimsSection({ claims, heavier }: ClaimsView): VNode {
  return html`<section id="claims">
    <h2>The claims, tested</h2>
    <p class="muted">What a well-known article of 2016 said of containers and virtual machines, in our words, and what this run says of it. A claim is never held to be supported by emulated figures alone.</p>
    <div class="claims">${claims.map(card)}</div>
    <h3>What the heavier box buys</h3>
    <p class="muted">The article does not say it.</p>
    <div class="claims">${heavier.map(card)}</div>
  </section>`;
}
