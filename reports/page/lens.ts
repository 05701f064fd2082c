/** Lenses: of a choice, each answer has a chart of its own, and one canvas shows the chosen one's. */

/**
 * Radio buttons within `data-lens-of` move the canvases of that `data-lens`: the chart's id is their prefix, the chosen
 * value, and their suffix. What is said beside the chart follows by style alone, so that it does without this script.
 */
export function followLenses(drawOn: (canvas: HTMLCanvasElement) => void): void {
  for (const choice of document.querySelectorAll<HTMLElement>('[data-lens-of]')) {
    const follow = (): void => {
      const chosen = choice.querySelector<HTMLInputElement>('input:checked')?.value;
      if (chosen === undefined) return;
      for (const canvas of document.querySelectorAll<HTMLCanvasElement>(`canvas[data-lens="${choice.dataset['lensOf'] ?? ''}"]`)) {
        canvas.dataset['chart'] = `${canvas.dataset['prefix'] ?? ''}${chosen}${canvas.dataset['suffix'] ?? ''}`;
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
