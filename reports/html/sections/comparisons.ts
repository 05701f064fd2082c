/** The three large comparisons: bars to one linear scale, and the ratio in figures that are read from the last row. */
import type { VNode } from 'preact';
import type { LargeComparison, Side } from '../../view/comparisons.ts';
import { html } from '../markup.ts';

function side(comparison: LargeComparison, which: 'light' | 'heavy'): VNode {
  const { runtime, text }: Side = comparison[which];
  return html`<div class="side">
    <span class="name">${runtime.name}${runtime.emulated ? html` <span class="tag">emulated</span>` : ''}</span><b>${text}</b>
    <span class="bar" aria-hidden="true"><span data-ink=${runtime.position} data-bar=${`${comparison.id}-${which}`} class=${runtime.emulated ? 'hatched' : ''}></span></span>
  </div>`;
}

export function comparisonCards(comparisons: readonly LargeComparison[]): VNode | string {
  if (comparisons.length === 0) return '';
  return html`<div class="large" data-slide="Container beside virtual machine">${comparisons.map(
    (each) => html`<a class="weight" href=${`#${each.id}`}>
      <h2>${each.title}</h2>
      <p class="times">${each.times ?? '≈'} <span>${each.of}</span></p>
      ${side(each, 'light')}${side(each, 'heavy')}
      <p class="muted">${each.spread}${each.others.length === 0 ? '' : html`<br />${each.others.join('; ')}`}</p>
    </a>`,
  )}</div>`;
}

/** Widths of the bars: to scale, so that what is small is seen to be small. */
export function comparisonStyles(comparisons: readonly LargeComparison[]): string {
  return comparisons
    .flatMap(({ id, light, heavy }) => {
      const most = Math.max(light.median, heavy.median);
      return ([['light', light], ['heavy', heavy]] as const).map(([which, { median }]) => `[data-bar="${id}-${which}"]{width:max(2px,${most > 0 ? ((100 * median) / most).toFixed(3) : 0}%)}`);
    })
    .join('');
}
