/** On paper nothing can be opened: what is folded away is opened first, and folded again afterwards. */
import type { Pictures } from './pictures.ts';

export function followPrinting(pictures: Pictures): void {
  let opened: HTMLDetailsElement[] = [];
  addEventListener('beforeprint', () => {
    opened = [...document.querySelectorAll<HTMLDetailsElement>('details:not([open])')];
    for (const details of opened) details.open = true;
    pictures.print(true);
  });
  addEventListener('afterprint', () => {
    for (const details of opened) details.open = false;
    pictures.print(false);
  });
}
