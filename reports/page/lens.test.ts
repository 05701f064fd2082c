/** One canvas follows the choice: by mouse and by keyboard, with what is said beside it, and without a page load. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { weighingResult } from '../sample/weighing.ts';
import { writeReport } from '../write.ts';
import { around, browserTest, launch, needs } from './in-browser.ts';

let browser: Browser;
let directory: string;

around(
  async () => {
    directory = mkdtempSync(join(tmpdir(), 'report-lens-'));
    await writeReport(weighingResult({ rounds: 12 }), directory, { images: false });
    browser = await launch();
  },
  async () => {
    await browser.close();
    rmSync(directory, { recursive: true, force: true });
  },
);

async function opened(): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(`file://${directory}/report.html`);
  await page.waitForFunction(() => document.documentElement.dataset['drawn'] !== undefined);
  return page;
}

/** What the canvas shows: its chart's name, a sum over its pixels, and what is said of it. */
function seen(page: Page): Promise<{ chart: string; pixels: number; said: string; label: string }> {
  return page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('canvas[data-lens="memory"]');
    const data = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? [];
    let pixels = 0;
    for (let at = 0; at < data.length; at += 4) pixels += (data[at] ?? 0) * ((at % 997) + 1);
    return { chart: canvas?.dataset['chart'] ?? '', pixels, said: document.querySelector<HTMLElement>('#memory figcaption')?.innerText ?? '', label: canvas?.getAttribute('aria-label') ?? '' };
  });
}

browserTest(`the lens changes bars, sentence and ratio${needs}`, async (t) => {
  const page = await opened();
  const first = await seen(page);
  t.is(first.chart, 'memory-cgroup');
  t.regex(first.said, /^cgroup charge\./);
  await page.check('#lens-vsz');
  const vsz = await seen(page);
  t.is(vsz.chart, 'memory-vsz');
  t.not(vsz.pixels, first.pixels);
  t.regex(vsz.said, /^VSZ\./);
  t.notRegex(vsz.said, /cgroup charge\. /);
  t.regex(vsz.said, /9\u202F870 ×/);
  t.regex(vsz.label, /^VSZ, median/);
  await page.close();
});

browserTest(`the lens is moved by the keyboard alone${needs}`, async (t) => {
  const page = await opened();
  await page.focus('#lens-cgroup');
  await page.keyboard.press('ArrowLeft');
  t.is((await seen(page)).chart, 'memory-pss');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  t.is((await seen(page)).chart, 'memory-available');
  t.is(await page.evaluate(() => document.activeElement?.id), 'lens-available');
  await page.close();
});

browserTest(`lines over N follow a choice of their own, both panels${needs}`, async (t) => {
  const page = await opened();
  const shown = (): Promise<(string | undefined)[]> => page.evaluate(() => [...document.querySelectorAll<HTMLCanvasElement>('canvas[data-lens="growth"]')].map(({ dataset }) => dataset['chart']));
  t.deepEqual(await shown(), ['growth-cgroup-light', 'growth-cgroup-heavy']);
  await page.check('input[name="growth-lens"][value="pss"]');
  t.deepEqual(await shown(), ['growth-pss-light', 'growth-pss-heavy']);
  t.is((await seen(page)).chart, 'memory-cgroup');
  await page.close();
});
