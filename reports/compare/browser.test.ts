import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { chromium, type Browser } from 'playwright-core';
import { HOSTILE } from '../sample/sample.ts';
import { sampleComparison } from '../sample/comparison.ts';
import { buildCompareView } from './view.ts';
import { writeComparison } from './write.ts';

const program = ['/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
const browserTest = program === undefined ? test.skip : test;
const needs = program === undefined ? ' (skipped: no Chromium on this host)' : '';

// Without these, Chromium talks to its maker at every start.
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-quic', '--no-first-run'];

let browser: Browser;
let directory: string;

if (program !== undefined) {
  test.before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'comparison-page-'));
    await writeComparison(buildCompareView(sampleComparison({ results: 3, rungs: 3 })), directory);
    await writeComparison(buildCompareView(sampleComparison({ text: (same) => same + HOSTILE })), join(directory, 'hostile'));
    browser = await chromium.launch({ executablePath: program, args: QUIET });
  });
  test.after.always(async () => {
    await browser.close();
    rmSync(directory, { recursive: true, force: true });
  });
}

for (const [width, colorScheme] of [[390, 'dark'], [1280, 'light'], [1920, 'dark']] as const) {
  browserTest(`the comparison at ${width} pixels, ${colorScheme}: no request, no error, charts painted, nothing overflows${needs}`, async (t) => {
    const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const complaints: string[] = [];
    const requests: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(`file://${directory}/comparison.html`);
    await page.waitForFunction(() => document.documentElement.dataset['drawn'] === '2');
    t.deepEqual(complaints, []);
    t.deepEqual(requests.filter((url) => !url.endsWith('/comparison.html') && url !== 'data:,'), []);
    t.is(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
    const painted = await page.evaluate(() =>
      [...document.querySelectorAll('canvas')].map((canvas) => {
        const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
        const colours = new Set<string>();
        for (let at = 0; at < data.length; at += 40) colours.add(`${data[at]},${data[at + 1]},${data[at + 2]}`);
        return colours.size;
      }),
    );
    for (const colours of painted) t.true(colours > 8, String(painted));
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
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('dialog', (dialog) => {
    complaints.push(dialog.message());
    void dialog.dismiss();
  });
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`file://${directory}/hostile/comparison.html`);
  await page.waitForFunction(() => document.documentElement.dataset['drawn'] === '2');
  t.deepEqual(complaints, []);
  t.deepEqual(await page.evaluate(() => [document.images.length, document.scripts.length]), [0, 2]);
  t.true((await page.locator('body').textContent())?.includes('<img src=x onerror=alert(2)>'));
  await page.close();
});
