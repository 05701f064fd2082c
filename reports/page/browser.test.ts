import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { chartsOf } from '../charts/from-view.ts';
import { HOSTILE, sampleResult } from '../sample/sample.ts';
import { buildView } from '../view/view.ts';
import { writeReport } from '../write.ts';
import { around, browserTest, colours, launch, needs, watched } from './in-browser.ts';

let browser: Browser;
let directory: string;

const result = sampleResult({ rounds: 40, failing: (runtime, round) => runtime === 'vm-micro' && round === 3 });

around(
  async () => {
    directory = mkdtempSync(join(tmpdir(), 'report-page-'));
    await writeReport(result, directory, { images: false });
    browser = await launch();
  },
  async () => {
    await browser.close();
    rmSync(directory, { recursive: true, force: true });
  },
);

for (const width of [390, 1280, 1920]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    browserTest(`the report at ${width} pixels, ${colorScheme}: no request, no error, charts painted, nothing overflows${needs}`, async (t) => {
      const { page, complaints, requests } = await watched(browser, join(directory, 'report.html'), { viewport: { width, height: 900 }, colorScheme });
      t.deepEqual([complaints, requests], [[], []]);
      t.is(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
      const painted = await colours(page, 'canvas[data-chart]');
      t.true(painted.length >= 8, String(painted.length));
      const known = new Set(chartsOf(buildView(result)).map(({ id }) => id));
      for (const id of await page.evaluate(() => [...document.querySelectorAll<HTMLCanvasElement>('canvas[data-chart]')].map((canvas) => canvas.dataset['chart'] ?? ''))) t.true(known.has(id), id);
      for (const each of painted) t.true(each > 8, String(painted));
      t.regex(await page.locator('header').innerText(), /Emulated\. Figures of vm-floor and vm-micro are emulated/);
      await page.close();
    });
  }
}

browserTest(`the data can be saved from the page, whole${needs}`, async (t) => {
  const page = await browser.newPage();
  await page.goto(`file://${directory}/report.html`);
  for (const [button, pattern] of [['save-csv', /^benchmark,metric,runtime/], ['save-json', /^\{"format":"tare-result"/]] as const) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.click(`#${button}`)]);
    const stream = await download.createReadStream();
    let text = '';
    for await (const chunk of stream) text += String(chunk);
    t.regex(text, pattern);
  }
  await page.close();
});

browserTest(`hostile text in every field is shown as text${needs}`, async (t) => {
  const hostile = join(directory, 'hostile');
  await writeReport(sampleResult({ rounds: 6, text: (same) => same + HOSTILE, failing: (runtime, round) => runtime === 'container' && round === 0 }), hostile, { images: false });
  const { page, complaints } = await watched(browser, join(hostile, 'report.html'));
  t.deepEqual(complaints, []);
  t.deepEqual(await page.evaluate(() => [document.images.length, document.scripts.length]), [0, 3]);
  t.true((await page.locator('body').textContent())?.includes('<img src=x onerror=alert(2)>'));
  await page.close();
});
