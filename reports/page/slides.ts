/** The presentation: one figure a screen, in the order of the report. Sections say which by `data-slide`. */
import type { Play } from './stage.ts';

/** @param redraw draws the canvases of a screen anew, in the size that it has now */
export function slides(redraw: (within: Element | null) => void): Play {
  return {
    name: 'slides',
    // What is folded away is not for a projector.
    screens: [...document.querySelectorAll<HTMLElement>('[data-slide]')].filter((screen) => screen.closest('details') === null),
    title: (screen) => screen.dataset['slide'] ?? '',
    shown: redraw,
    advance: () => true,
  };
}
