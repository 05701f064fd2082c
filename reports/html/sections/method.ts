/** How it was measured, with the exact commands, and how to repeat it. */
import type { VNode } from 'preact';
import { methodFacts } from '../../view/method.ts';
import { shellLine } from '../../view/shell.ts';
import type { View } from '../../view/view.ts';
import { described, html, name } from '../markup.ts';

export function methodSection({ result, runtimes, noiseLine }: View): VNode {
  const { options } = result.run;
  return html`<section id="method">
    <h2>Method</h2>
    <p>Every round visits every runtime once, in an order shuffled from the recorded seed, with ${options.gapMs} ms of idle time between starts. The same program says by one byte that it is ready, and the byte's arrival is stamped in one place for all. The median leads, with a 95 % bootstrap interval. Every sample is kept, in order; failed starts are counted.</p>
    ${noiseLine === null ? '' : html`<p>${noiseLine}</p>`}
    ${described(methodFacts(result))}
    <h3>To repeat this run</h3>
    <pre>${shellLine(result.run.command)}</pre>
    <h3>Exact commands and plans</h3>
    ${result.runtimes.filter(({ rung, twinOf }) => rung === undefined && twinOf === undefined).map((entry) => {
      const runtime = runtimes.find(({ id }) => id === entry.id);
      return html`<details><summary>${runtime === undefined ? entry.id : name(runtime)}</summary>
        <p>${entry.summary}</p>
        ${entry.acceleratorReason === null ? '' : html`<p>Accelerator ${entry.accelerator}: ${entry.acceleratorReason}</p>`}
        ${entry.readyBy === undefined ? '' : html`<p>Its ready byte does not come straight from the workload: ${entry.readyBy}</p>`}
        ${entry.reach === undefined ? '' : html`<p>Of the host’s kernel its programs reach: ${entry.reach.text}</p>`}
        ${entry.command.length === 0 ? '' : html`<pre>${shellLine(entry.command)}</pre>`}
        ${entry.plan.length === 0 ? '' : html`<ol class="plan">${entry.plan.map((step) => html`<li><code>${step.text}</code> <span class="muted">${step.why}</span></li>`)}</ol>`}
      </details>`;
    })}
  </section>`;
}
