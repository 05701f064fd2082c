/** The two stacks, drawn as in any lecture; beside each, a column to scale. Which figures stand in it is chosen without a script. */
import type { VNode } from 'preact';
import { HOST_LAYER, STACK_MEASURES, type StackLayer, type StacksView, type StackView } from '../../view/stacks.ts';
import { LAYERS } from '../../view/palette.ts';
import { html } from '../markup.ts';

type Which = 'machine' | 'container';

function figures(of: StackLayer['figures']  ): VNode[] {
  return STACK_MEASURES.map(({ id }) => html`<span class="figure" data-measure=${id} data-none=${of[id].value === null}>${of[id].text}</span>`);
}

function column(view: StackView, which: Which): VNode {
  return html`<div class="stack">
    <h3>${view.title}${view.runtime.name === view.title.toLowerCase() ? '' : html` <span class="muted">${view.runtime.name}</span>`}${view.runtime.emulated ? html` <span class="tag">emulated</span>` : ''}</h3>
    <p class="total">${figures(view.totals)}</p>
    <div class="drawn">
      <div class="layers">${view.layers.map((layer) => html`<div class="layer" data-layer=${layer.id} title=${layer.what}><b>${layer.name}</b>${figures(layer.figures)}</div>`)}</div>
      ${STACK_MEASURES.map(({ id }) => html`<div class="scale" data-measure=${id} aria-hidden="true">${view.layers.map((layer) => html`<i data-layer=${layer.id} data-part=${`${which}-${layer.id}-${id}`}></i>`)}</div>`)}
    </div>
  </div>`;
}

function table({ machine, container }: StacksView): VNode {
  const rows = ([machine, container] as const).flatMap((view) => [
    ...view.layers.map((layer) => html`<tr><td>${view.title}: ${layer.name}</td>${STACK_MEASURES.map(({ id }) => html`<td class="figure">${layer.figures[id].text}</td>`)}<td>${layer.what}</td></tr>`),
    html`<tr><td><b>${view.title}, together</b></td>${STACK_MEASURES.map(({ id }) => html`<td class="figure"><b>${view.totals[id].text}</b></td>`)}<td>${view.runtime.label}</td></tr>`,
  ]);
  return html`<details><summary>The stacks as a table</summary><div class="scroll"><table><thead><tr><th>layer</th>${STACK_MEASURES.map(({ title }) => html`<th class="figure">${title}</th>`)}<th>what it is</th></tr></thead><tbody>${rows}</tbody></table></div></details>`;
}

export function stacksSection(view: StacksView | null): VNode | string {
  if (view === null) return '';
  return html`<section id="stacks">
    <h2>The two stacks</h2>
    <p class="muted">What stands under the app, and what each layer was measured to cost. The columns at the right are to one linear scale: what cannot be seen in them is that small.</p>
    <fieldset class="choose"><legend>Show</legend>${STACK_MEASURES.map(({ id, title, unit }, index) => html`<label><input type="radio" name="stack-measure" id=${`stack-${id}`} value=${id} checked=${index === 0} />${title} <span class="muted">${unit}</span></label>`)}</fieldset>
    <div class="pair" data-slide="The two stacks">
      ${column(view.machine, 'machine')}${column(view.container, 'container')}
      <div class="layer host" data-layer="host-os"><b>${HOST_LAYER.name}</b><span>${HOST_LAYER.what}</span></div>
    </div>
    <p class="muted">Time of a machine’s layers is of boots of their own that tell how far they are. The app’s memory is what the same program takes in no box; what is neither its nor the hypervisor’s is the guest OS’s.</p>
    ${table(view)}
  </section>`;
}

/** Heights of the columns' parts, of the heavier stack's whole; and the layers' colours. */
export function stackStyles(view: StacksView | null): string {
  if (view === null) return '';
  const rules: string[] = [];
  for (const { id } of STACK_MEASURES) {
    const most = Math.max(view.machine.totals[id].value ?? 0, view.container.totals[id].value ?? 0);
    for (const [which, stack] of [['machine', view.machine], ['container', view.container]] as const) {
      for (const layer of stack.layers) rules.push(partStyle(`${which}-${layer.id}-${id}`, layer.figures[id].value, most));
    }
  }
  const inks = (shade: 'light' | 'dark'): string => Object.entries(LAYERS).map(([layer, ink]) => `[data-layer="${layer}"]{--ink:${ink[shade]}}`).join('');
  return `${inks('light')}@media screen and (prefers-color-scheme:dark){${inks('dark')}}${rules.join('')}`;
}

function partStyle(part: string, value: number | null, most: number): string {
  const share = value === null || most <= 0 ? 0 : (100 * value) / most;
  return `[data-part="${part}"]{height:${share > 0 ? `max(1px,${share.toFixed(4)}%)` : '0'}}`;
}
