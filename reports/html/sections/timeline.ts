/** One start of each box, step by step. */
import type { VNode } from 'preact';
import { quantityText } from '../../view/numbers.ts';
import type { TimelineView } from '../../view/timelines.ts';
import type { View } from '../../view/view.ts';
import { html, name } from '../markup.ts';

/** Steps too short to be seen are gathered, so that the long ones can be. */
function timelineRows(timeline: TimelineView): VNode[] {
  const end = timeline.steps.at(-1)?.toMs ?? 0;
  return timeline.steps.flatMap(({ label, fromMs, toMs }) => {
    const took = toMs - fromMs;
    return [html`<tr><td>${label}</td><td class="figure">${quantityText('ms', took)}</td><td class="figure">${quantityText('ms', toMs)}</td><td class="figure">${end > 0 ? `${((took / end) * 100).toFixed(1)} %` : ''}</td></tr>`];
  });
}

export function timelineSection(view: View): VNode | string {
  if (view.timelines.length === 0) return '';
  return html`<section id="steps">
    <h2>One start, step by step</h2>
    <p class="muted">Of each runtime the start nearest its median. A step ends when its stamp is taken; all stamps are of one clock, the host's.</p>
    ${view.timelines.map(
      (timeline) => html`<details data-paper="listed"><summary>${name(timeline.runtime)}: ${timeline.steps.length} steps, ${quantityText('ms', timeline.steps.at(-1)?.toMs ?? 0)} in all</summary>
        <div class="scroll"><table><thead><tr><th>step</th><th class="figure">took</th><th class="figure">done after</th><th class="figure">share</th></tr></thead><tbody>${timelineRows(timeline)}</tbody></table></div></details>`,
    )}
  </section>`;
}
