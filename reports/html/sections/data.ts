/** The data itself, to be saved. */
import type { VNode } from 'preact';
import type { View } from '../../view/view.ts';
import { html } from '../markup.ts';

export function dataSection({ result }: View): VNode {
  const failed = result.samples.filter(({ outcome }) => outcome === 'failed').length;
  return html`<section id="data">
    <h2>The data</h2>
    <p>All ${result.samples.length} samples${failed > 0 ? ` (${failed} failed)` : ''} are in this file, in the order in which they were taken.</p>
    <button type="button" id="save-json">Save the result document (JSON)</button><button type="button" id="save-csv">Save the samples (CSV)</button>
  </section>`;
}
