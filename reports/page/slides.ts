/** The presentation: one figure a screen, in the order of the report. Sections say which by `data-slide`. */
import type { Play } from './stage.ts';

/** @param redraw draws the canvases of a screen anew, in the size that it has now */
export function slides(redraw: (within: Element | null) => void): Play {
  return {
    name: 'slides',
    // What is folded away is not for a projector.
    screens: [...document.querySelectorAll<HTMLElement>('[data-slide]')].filter((screen) => screen.closest('details') === null),
    title: (screen) => screen.dataset['slide'] ?? '',
    shown(screen) {
      // Under the stage's title, with no section's in between.
      for (const heading of document.querySelectorAll('[data-slide] h3')) {
        if (screen?.contains(heading) === true) heading.setAttribute('aria-level', '2');
        else heading.removeAttribute('aria-level');
      }
      redraw(screen);
    },
    advance: () => true,
  };
}
