/** The way through the page: what is there, in the groups in which it is told, and back to the top. */
import type { VNode } from 'preact';
import { html } from '../markup.ts';

type Content = VNode | string;

/** Shorter than the headings, so that a phone shows more of them. */
const NAMES: Readonly<Record<string, string>> = {
  stacks: 'The two stacks', claims: 'Claims',
  startup: 'Start-up', http: 'First answer', ladder: 'What each part adds', climb: 'Box upon box', cold: 'Cold', rate: 'Starts a second', steps: 'Step by step',
  memory: 'Memory', reclaim: 'Given back', disk: 'Disk', work: 'Processor, I/O', density: 'How many fit', interference: 'Neighbours',
  fairness: 'Is it fair?', references: 'Published figures', warnings: 'What to mind', method: 'Method', host: 'Machine', data: 'Data',
};

export interface Group {
  readonly title: string;
  /** Sections; a string where there is none. */
  readonly contents: readonly Content[];
}

/** The element ids of what is there. */
function ids(contents: readonly Content[]): string[] {
  return contents.flatMap((content) => {
    const id = typeof content === 'string' ? undefined : (content.props as { readonly id?: unknown }).id;
    return typeof id === 'string' ? [id] : [];
  });
}

/** A line a group: on a phone it is moved sideways rather than wrapped, since twenty links would fill the screen. */
export function navigation(groups: readonly Group[]): VNode {
  return html`<nav aria-label="Sections">${groups.map(({ title, contents }) => {
    const there = ids(contents);
    return there.length === 0 ? '' : html`<div><span class="muted">${title}</span>${there.map((id) => html`<a href=${`#${id}`}>${NAMES[id] ?? id}</a>`)}</div>`;
  })}</nav>`;
}

export const TO_TOP = html`<p class="to-top"><a href="#top" aria-label="To the top">↑</a></p>`;
