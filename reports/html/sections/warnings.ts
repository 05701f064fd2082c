/** What a reader has to mind: what was not measured, what disturbed, what failed. */
import type { VNode } from 'preact';
import type { View } from '../../view/view.ts';
import { html, sentence } from '../markup.ts';

export function hasWarnings({ result, failures, runtimes }: View): boolean {
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
    ${failures.length === 0 ? '' : html`<h3>Failed samples</h3>${failures.map((failure) => html`<details data-paper="listed"><summary>${failure.benchmark} of ${failure.runtime}, round ${failure.round + 1}: ${failure.message}</summary><pre>${failure.log === '' ? 'no output was kept' : failure.log}</pre></details>`)}`}
  </section>`;
}
