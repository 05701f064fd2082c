import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { startingResult } from '../sample/starting.ts';
import { writeReport } from '../write.ts';
import { around, browserTest, launch, needs } from './in-browser.ts';

/** Between the margins of an A4 page, in the pixels that a browser prints with. */
const PAPER = { width: ((210 - 28) / 25.4) * 96, height: ((297 - 28) / 25.4) * 96 };

let browser: Browser;
let directory: string;

around(
  async () => {
    directory = mkdtempSync(join(tmpdir(), 'report-print-'));
    await writeReport(startingResult({ rounds: 20, failing: (runtime, round) => runtime === 'vm-micro' && round === 3 }), directory, { images: false });
    browser = await launch();
  },
  async () => {
    await browser.close();
    rmSync(directory, { recursive: true, force: true });
  },
);

async function opened(): Promise<Page> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, colorScheme: 'dark' });
  await page.goto(`file://${directory}/report.html`);
  await page.waitForFunction(() => document.documentElement.dataset['drawn'] !== undefined);
  return page;
}

/** Lightness of each chart's paper, from 0 to 255, and how wide it is drawn. */
function canvases(page: Page): Promise<{ id: string; paper: number; width: number }[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLCanvasElement>('canvas[data-chart]')].map((canvas) => ({ id: canvas.id, paper: canvas.getContext('2d')?.getImageData(2, 2, 1, 1).data[0] ?? -1, width: canvas.width })),
  );
}

browserTest(`paper: charts are drawn anew on white and sharp, what is folded is opened but for logs; then all is as before${needs}`, async (t) => {
  const page = await opened();
  const folded = (): Promise<number> => page.locator('details:not([open])').count();
  const [before, shut] = [await canvases(page), await folded()];
  t.true(before.every(({ paper }) => paper < 60));
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  for (const { id, paper, width } of await canvases(page)) t.deepEqual([paper, width], [255, 680 * 3], id);
  t.is(await folded(), await page.locator('details[data-paper="listed"]').count());
  await page.evaluate(() => dispatchEvent(new Event('afterprint')));
  t.deepEqual(await canvases(page), before);
  t.is(await folded(), shut);
  await page.close();
});

browserTest(`paper: A4, no figure is cut in two, nothing wider than the page, black on white${needs}`, async (t) => {
  const page = await opened();
  await page.emulateMedia({ media: 'print' });
  await page.setViewportSize({ width: Math.floor(PAPER.width), height: Math.floor(PAPER.height) });
  await page.evaluate(() => dispatchEvent(new Event('beforeprint')));
  const found = await page.evaluate(() => ({
    figures: [...document.querySelectorAll('figure, .claim, .pair')].map((each) => ({ id: each.querySelector('canvas')?.id ?? each.id, breaks: getComputedStyle(each).breakInside, height: each.getBoundingClientRect().height })),
    wide: document.documentElement.scrollWidth - innerWidth,
    ink: getComputedStyle(document.body).color,
    hidden: [...document.querySelectorAll('nav, button, .choose, #stage')].filter((each) => getComputedStyle(each).display !== 'none').length,
  }));
  for (const { id, breaks, height } of found.figures) t.true(breaks === 'avoid' && height < PAPER.height, `${id}: ${breaks}, ${height} px`);
  t.deepEqual({ wide: found.wide, ink: found.ink, hidden: found.hidden }, { wide: 0, ink: 'rgb(0, 0, 0)', hidden: 0 });
  await page.close();
});

browserTest(`paper: a browser makes a PDF of it, from the slides too${needs}`, async (t) => {
  const page = await opened();
  const pages = async (): Promise<number> => ((await page.pdf({ preferCSSPageSize: true, printBackground: true })).toString('latin1').match(/\/Type\s*\/Page\b/g) ?? []).length;
  const whole = await pages();
  t.true(whole > 8, String(whole));
  await page.evaluate(() => location.replace('#slides'));
  t.is(await pages(), whole);
  await page.close();
});
