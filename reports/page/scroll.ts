/** A table wider than the screen can be scrolled by keyboard too: what overflows takes the focus, and says what it is. */

/** The nearest heading or summary before it. */
function nameOf(region: Element): string {
  for (let at: Element | null = region; at !== null && at.tagName !== 'MAIN'; at = at.parentElement) {
    for (let before: Element | null = at; before !== null; before = before.previousElementSibling) {
      if (/^(H[1-6]|SUMMARY)$/.test(before.tagName)) return before.textContent ?? '';
    }
  }
  return '';
}

export function followOverflow(): void {
  const observer = new ResizeObserver((entries) => {
    for (const { target } of entries) {
      const overflows = target.scrollWidth > target.clientWidth;
      for (const [attribute, value] of [['tabindex', '0'], ['role', 'group'], ['aria-label', nameOf(target)]] as const) {
        if (overflows) target.setAttribute(attribute, value);
        else target.removeAttribute(attribute);
      }
    }
  });
  for (const region of document.querySelectorAll('.scroll')) observer.observe(region);
}
