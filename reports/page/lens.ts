/** Lenses: of a choice, each answer has a chart of its own, and one canvas shows the chosen one's. */

/**
 * Radio buttons name their canvases by `data-lens` and a prefix: `value` is put behind it. What is said beside
 * the chart follows by style alone, so that it does without this script.
 */
export function followLenses(drawOn: (canvas: HTMLCanvasElement) => void): void {
  for (const choice of document.querySelectorAll<HTMLElement>('[data-lens-of]')) {
    const follow = (): void => {
      const chosen = choice.querySelector<HTMLInputElement>('input:checked')?.value;
      if (chosen === undefined) return;
      for (const canvas of document.querySelectorAll<HTMLCanvasElement>(`canvas[data-lens="${choice.dataset['lensOf'] ?? ''}"]`)) {
        canvas.dataset['chart'] = `${canvas.dataset['prefix'] ?? ''}${chosen}`;
        const said = canvas.closest('section')?.querySelector(`[data-lens-text="${chosen}"]`)?.textContent;
        if (said !== undefined && said !== null) canvas.setAttribute('aria-label', said);
        drawOn(canvas);
      }
    };
    choice.addEventListener('change', follow);
    // A browser keeps a choice when a page is loaded again.
    follow();
  }
}
