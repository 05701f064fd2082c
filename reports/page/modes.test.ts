import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { startingResult } from '../sample/starting.ts';
import { writeReport } from '../write.ts';
import { around, browserTest, launch, needs } from './in-browser.ts';

let browser: Browser;
let directory: string;

around(
  async () => {
    directory = mkdtempSync(join(tmpdir(), 'report-modes-'));
    await writeReport(startingResult({ rounds: 20 }), directory, { images: false });
    browser = await launch();
  },
  async () => {
    await browser.close();
    rmSync(directory, { recursive: true, force: true });
  },
);

async function opened(hash = '', options: Parameters<Browser['newPage']>[0] = {}): Promise<{ page: Page; complaints: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 720 }, ...options });
  const complaints: string[] = [];
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`file://${directory}/report.html${hash}`);
  await page.waitForFunction(() => document.documentElement.dataset['drawn'] !== undefined);
  return { page, complaints };
}

const where = (page: Page): Promise<string> => page.locator('#stage .where').innerText();
const title = (page: Page): Promise<string> => page.locator('#stage h1').innerText();

browserTest(`slides: by keys of a presenter's remote and by buttons, to both ends and out again${needs}`, async (t) => {
  const { page, complaints } = await opened();
  await page.click('.modes a[href="#slides"]');
  const all = Number((await where(page)).split(' / ')[1]);
  t.true(all > 20, String(all));
  const steps: [string, number][] = [['PageDown', 2], ['ArrowRight', 3], ['Space', 4], ['Enter', 5], ['PageUp', 4], ['ArrowLeft', 3], ['Shift+Space', 2], ['End', all], ['PageDown', all], ['Home', 1], ['PageUp', 1]];
  for (const [key, at] of steps) {
    await page.keyboard.press(key);
    t.is(await where(page), `${at} / ${all}`, key);
  }
  await page.click('#stage [data-go="next"]');
  t.is(await where(page), `2 / ${all}`);
  // Quicker than the browser says that the address has changed.
  await page.evaluate(() => { for (let press = 0; press < 3; press++) dispatchEvent(new KeyboardEvent('keydown', { key: 'PageDown' })); });
  t.is(await where(page), `5 / ${all}`);
  await page.keyboard.press('b');
  t.true(await page.evaluate(() => document.documentElement.hasAttribute('data-blank')));
  t.false(await page.locator('#stage h1').isVisible());
  await page.keyboard.press('b');
  t.true(await page.locator('#stage h1').isVisible());
  await page.keyboard.press('Escape');
  t.false(await page.locator('#stage').isVisible());
  t.true(await page.locator('main section').first().isVisible());
  t.deepEqual(complaints, []);
  await page.close();
});

browserTest(`slides: one figure a screen, nothing beside it, all of it within the screen${needs}`, async (t) => {
  for (const viewport of [{ width: 390, height: 844 }, { width: 1280, height: 720 }, { width: 1920, height: 1080 }]) {
    const { page } = await opened('#slides', { viewport });
    const all = Number((await where(page)).split(' / ')[1]);
    for (let at = 1; at <= all; at++) {
      const seen = await page.evaluate(() => ({
        stages: document.querySelectorAll('.on-stage').length,
        others: [...document.querySelectorAll('[data-slide]:not(.on-stage)')].filter((each) => getComputedStyle(each).visibility === 'visible').length,
        within: [...document.querySelectorAll('.on-stage canvas')].every((canvas) => {
          const { top, bottom, left, right } = canvas.getBoundingClientRect();
          return top >= 0 && left >= 0 && right <= innerWidth + 1 && bottom <= innerHeight + 1 && bottom - top > 150;
        }),
        wide: (document.querySelector('.on-stage')?.scrollWidth ?? 0) - innerWidth,
      }));
      t.deepEqual(seen, { stages: 1, others: 0, within: true, wide: 0 }, `${viewport.width}: ${at}, ${await title(page)}`);
      await page.keyboard.press('PageDown');
    }
    await page.close();
  }
});

browserTest(`slides: an address with a number opens that one, and a reload stays${needs}`, async (t) => {
  const { page } = await opened('#slides-3');
  t.regex(await where(page), /^3 \//);
  await page.keyboard.press('PageDown');
  await page.reload();
  await page.waitForFunction(() => document.documentElement.dataset['drawn'] !== undefined);
  t.regex(await where(page), /^4 \//);
  await page.close();
});

browserTest(`quiz: the truth is hidden until it is asked for, then told with the deviation${needs}`, async (t) => {
  const { page, complaints } = await opened('#quiz');
  t.false(await page.locator('.on-stage .truth').isVisible());
  t.is(await page.locator('.on-stage canvas[data-chart]').count(), 0);
  await page.locator('.on-stage input[type=range]').focus();
  await page.keyboard.press('End');
  t.is(await page.locator('.on-stage output').innerText(), '100 s');
  await page.keyboard.press('PageDown');
  t.regex(await page.locator('.on-stage .answer').innerText(), /^1\.[67]\d ms\. You said 100 s: \d+.\d+ times too high\.$/);
  t.regex(await where(page), /^1 \//);
  t.is(await page.locator('.on-stage canvas[data-chart="startup-near"]').count(), 1);
  await page.keyboard.press('PageDown');
  t.regex(await where(page), /^2 \//);
  t.deepEqual(complaints, []);
  await page.close();
});

browserTest(`quiz: a choice by keyboard alone; right and wrong are marked by more than a colour${needs}`, async (t) => {
  const { page } = await opened('#quiz');
  while ((await page.locator('.on-stage fieldset.estimate').count()) === 0) await page.keyboard.press('PageDown');
  await page.locator('.on-stage input').first().focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Enter');
  t.is(await page.locator('.on-stage [data-is="right"]').count(), 1);
  const mark = await page.evaluate(() => getComputedStyle(document.querySelector('.on-stage [data-is="right"]') as Element, '::after').content);
  t.is(mark, '"✓"');
  await page.close();
});

browserTest(`quiz: leaving forgets every answer, and nothing is stored${needs}`, async (t) => {
  const { page } = await opened('#quiz');
  await page.keyboard.press('PageDown');
  t.true(await page.locator('.on-stage .answer').isVisible());
  await page.keyboard.press('Escape');
  await page.evaluate(() => location.replace('#quiz'));
  await page.waitForSelector('.on-stage .reveal', { state: 'visible' });
  t.false(await page.locator('.on-stage .answer').isVisible());
  t.deepEqual(await page.evaluate(() => [document.cookie, JSON.stringify({ ...sessionStorage }), JSON.stringify({ ...localStorage })]), ['', '{}', '{}']);
  await page.close();
});

browserTest(`quiz: the truth slides, unless motion is to be reduced${needs}`, async (t) => {
  for (const [reducedMotion, moves] of [['no-preference', true], ['reduce', false]] as const) {
    const { page } = await opened('#quiz', { reducedMotion });
    await page.keyboard.press('PageDown');
    const found = await page.evaluate(() => ({
      fact: parseFloat(getComputedStyle(document.querySelector('.on-stage .fact') as Element).transitionDuration) > 0,
      truth: getComputedStyle(document.querySelector('.on-stage .truth') as Element).animationName !== 'none',
    }));
    t.deepEqual(found, { fact: moves, truth: moves }, reducedMotion);
    t.true(await page.locator('.on-stage .answer').isVisible());
    await page.close();
  }
});

browserTest(`the axis of starts can be changed by keyboard, also on a slide${needs}`, async (t) => {
  const { page } = await opened();
  await page.locator('#startup input[value="log"]').focus();
  await page.keyboard.press('ArrowRight');
  t.is(await page.locator('#chart-startup-timeline-log').getAttribute('data-chart'), 'startup-timeline-linear');
  await page.evaluate(() => location.replace('#slides'));
  while ((await page.locator('.on-stage [data-lens-of="timeline"]').count()) === 0) await page.keyboard.press('PageDown');
  const before = await where(page);
  await page.locator('.on-stage input[value="linear"]').focus();
  await page.keyboard.press('ArrowLeft');
  t.is(await page.locator('#chart-startup-timeline-log').getAttribute('data-chart'), 'startup-timeline-log');
  t.is(await where(page), before);
  await page.close();
});
