import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { around, browserTest, colours, launch, needs, watched } from '../page/in-browser.ts';
import { HOSTILE } from '../sample/sample.ts';
import { sampleComparison } from '../sample/comparison.ts';
import { buildCompareView } from './view.ts';
import { writeComparison } from './write.ts';

let browser: Browser;
let directory: string;

around(
  async () => {
    directory = mkdtempSync(join(tmpdir(), 'comparison-page-'));
    await writeComparison(buildCompareView(sampleComparison({ results: 3, rungs: 3 })), directory);
    await writeComparison(buildCompareView(sampleComparison({ text: (same) => same + HOSTILE })), join(directory, 'hostile'));
    browser = await launch();
  },
  async () => {
    await browser.close();
    rmSync(directory, { recursive: true, force: true });
  },
);

for (const [width, colorScheme] of [[390, 'dark'], [1280, 'light'], [1920, 'dark']] as const) {
  browserTest(`the comparison at ${width} pixels, ${colorScheme}: no request, no error, charts painted, nothing overflows${needs}`, async (t) => {
    const { page, complaints, requests } = await watched(browser, join(directory, 'comparison.html'), { viewport: { width, height: 900 }, colorScheme });
    t.deepEqual([complaints, requests], [[], []]);
    t.is(await page.evaluate(() => document.documentElement.dataset['drawn']), '2');
    t.is(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
    const painted = await colours(page, 'canvas');
    for (const each of painted) t.true(each > 8, String(painted));
    // Results are told apart by colour: the policy must let the page have its swatches.
    const swatches = await page.evaluate(() => [1, 2, 3].map((number) => getComputedStyle(document.querySelector(`.swatch[data-result="${number}"]`) ?? document.body).backgroundColor));
    t.is(new Set(swatches).size, 3, String(swatches));
    await page.close();
  });
}

browserTest(`the comparison document can be saved from the page, whole${needs}`, async (t) => {
  const page = await browser.newPage();
  await page.goto(`file://${directory}/comparison.html`);
  const [download] = await Promise.all([page.waitForEvent('download'), page.click('#save')]);
  let text = '';
  for await (const chunk of await download.createReadStream()) text += String(chunk);
  t.deepEqual(JSON.parse(text), sampleComparison({ results: 3, rungs: 3 }));
  await page.close();
});

browserTest(`hostile text in every field is shown as text${needs}`, async (t) => {
  const { page, complaints } = await watched(browser, join(directory, 'hostile', 'comparison.html'));
  t.deepEqual(complaints, []);
  t.deepEqual(await page.evaluate(() => [document.images.length, document.scripts.length]), [0, 2]);
  t.true((await page.locator('body').textContent())?.includes('<img src=x onerror=alert(2)>'));
  await page.close();
});
