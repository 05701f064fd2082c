import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { chromium, type Browser } from 'playwright-core';
import { HOSTILE, sampleResult } from '../sample/sample.ts';
import { writeReport } from '../write.ts';

const program = ['/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/chromium-browser'].find((path) => existsSync(path));
const browserTest = program === undefined ? test.skip : test;
const needs = program === undefined ? ' (skipped: no Chromium on this host)' : '';

// Without these, Chromium talks to its maker at every start.
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-quic', '--no-first-run'];

let browser: Browser;
let directory: string;

if (program !== undefined) {
  test.before(async () => {
    directory = mkdtempSync(join(tmpdir(), 'report-page-'));
    await writeReport(sampleResult({ rounds: 40, failing: (runtime, round) => runtime === 'vm-micro' && round === 3 }), directory, { images: false });
    browser = await chromium.launch({ executablePath: program, args: QUIET });
  });
  test.after.always(async () => {
    await browser.close();
    rmSync(directory, { recursive: true, force: true });
  });
}

for (const width of [390, 1280, 1920]) {
  for (const colorScheme of ['light', 'dark'] as const) {
    browserTest(`the report at ${width} pixels, ${colorScheme}: no request, no error, charts painted, nothing overflows${needs}`, async (t) => {
      const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
      const complaints: string[] = [];
      const requests: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => requests.push(request.url()));
      await page.goto(`file://${directory}/report.html`);
      await page.waitForFunction(() => document.documentElement.dataset['drawn'] === '5');
      t.deepEqual(complaints, []);
      t.deepEqual(requests.filter((url) => !url.endsWith('/report.html') && url !== 'data:,'), []);
      t.is(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
      const painted = await page.evaluate(() =>
        [...document.querySelectorAll('canvas')].map((canvas) => {
          const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
          const colours = new Set<string>();
          for (let at = 0; at < data.length; at += 40) colours.add(`${data[at]},${data[at + 1]},${data[at + 2]}`);
          return colours.size;
        }),
      );
      t.is(painted.length, 5);
      for (const colours of painted) t.true(colours > 8, String(painted));
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
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('dialog', (dialog) => {
    complaints.push(dialog.message());
    void dialog.dismiss();
  });
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`file://${hostile}/report.html`);
  await page.waitForFunction(() => document.documentElement.dataset['drawn'] !== undefined);
  t.deepEqual(complaints, []);
  t.deepEqual(await page.evaluate(() => [document.images.length, document.scripts.length]), [0, 3]);
  t.true((await page.locator('body').textContent())?.includes('<img src=x onerror=alert(2)>'));
  await page.close();
});
