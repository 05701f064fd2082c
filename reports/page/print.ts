/**
 * On paper nothing can be opened: what is folded away is opened first, and folded again afterwards; but for
 * what would fill pages (logs, every step), which is listed by its summary alone.
 */
import type { Pictures } from './pictures.ts';

export function followPrinting(pictures: Pictures): void {
  let opened: HTMLDetailsElement[] = [];
  addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll<HTMLDetailsElement>('details:not([open], [data-paper="listed"])')];
    for (const details of opened) details.open = true;
    pictures.print(true);
  });
  addEventListener('afterprint', () => {
    for (const details of opened) details.open = false;
    pictures.print(false);
  });
}
