/** Odd runs in a browser: nothing overflows, nothing complains, and every chart that is there is painted. */
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { reportHtml } from '../html/document.ts';
import { SHAPES } from '../sample/shapes.ts';
import { buildView } from '../view/view.ts';
import { around, browserTest, launch, needs } from './in-browser.ts';

let browser: Browser;
let directory: string;

around(
  async () => {
    directory = mkdtempSync(join(tmpdir(), 'report-shapes-'));
    browser = await launch();
  },
  async () => {
    await browser.close();
    rmSync(directory, { recursive: true, force: true });
  },
);

browserTest(`odd runs at 390 and 1280 pixels: no error, no request, nothing overflows, no empty chart${needs}`, async (t) => {
  for (const [index, [title, result]] of Object.entries(SHAPES).entries()) {
    const file = join(directory, `${index}.html`);
    await writeFile(file, await reportHtml(buildView(result())));
    for (const width of [390, 1280]) {
      const page = await browser.newPage({ viewport: { width, height: 900 } });
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => { if (!request.url().startsWith('file:') && request.url() !== 'data:,') complaints.push(request.url()); });
      await page.goto(`file://${file}`);
      await page.waitForFunction(() => document.documentElement.dataset['drawn'] !== undefined);
      t.deepEqual(complaints, [], `${title}, ${width}`);
      const { over, empty } = await page.evaluate(() => ({
        over: document.documentElement.scrollWidth - innerWidth,
        empty: [...document.querySelectorAll('canvas')].filter((canvas) => canvas.width === 0 || canvas.height === 0).map(({ id }) => id),
      }));
      t.is(over, 0, `${title}, ${width}`);
      t.deepEqual(empty, [], `${title}, ${width}`);
      await page.close();
    }
  }
});
