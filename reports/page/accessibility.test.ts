/** axe-core finds nothing: in the page, on the slides, in the quiz; on a phone and a screen; light and dark. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type axe from 'axe-core';
import type { Browser, Page } from 'playwright-core';
import { startingResult } from '../sample/starting.ts';
import { writeReport } from '../write.ts';
import { around, browserTest, launch, needs } from './in-browser.ts';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

let browser: Browser;
let directory: string;

around(
  async () => {
    directory = mkdtempSync(join(tmpdir(), 'report-axe-'));
    await writeReport(startingResult({ rounds: 20, failing: (runtime, round) => runtime === 'vm-micro' && round === 3 }), directory, { images: false });
    browser = await launch();
  },
  async () => {
    await browser.close();
    rmSync(directory, { recursive: true, force: true });
  },
);

/** What is wrong, and with which elements. */
async function violations(page: Page): Promise<string[]> {
  return page.evaluate(async () => {
    // Where a table overflows is looked at once a frame, after what changed its size.
    for (let frames = 0; frames < 3; frames++) await new Promise((resolve) => requestAnimationFrame(resolve));
    const { violations: found } = await (window as unknown as { axe: typeof axe }).axe.run(document);
    return found.flatMap(({ id, nodes }) => nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary ?? ''}`));
  });
}

async function opened(width: number, colorScheme: 'light' | 'dark', hash: string): Promise<Page> {
  // The page's policy lets no script in but its own: axe is put in by the debugger.
  const context = await browser.newContext({ viewport: { width, height: 800 }, colorScheme, bypassCSP: true, reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(`file://${directory}/report.html${hash}`);
  await page.waitForFunction(() => document.documentElement.dataset['drawn'] !== undefined);
  await page.addScriptTag({ content: AXE });
  return page;
}

for (const [width, colorScheme] of [[390, 'light'], [390, 'dark'], [1280, 'light'], [1280, 'dark']] as const) {
  browserTest(`axe-core finds nothing at ${width} pixels, ${colorScheme}: page, slides, quiz${needs}`, async (t) => {
    const whole = await opened(width, colorScheme, '');
    await whole.evaluate(() => document.querySelectorAll('details').forEach((each) => (each.open = true)));
    t.deepEqual(await violations(whole), []);
    await whole.context().close();
    const slides = await opened(width, colorScheme, '#slides');
    const all = Number((await slides.locator('#stage .where').innerText()).split(' / ')[1]);
    for (let at = 1; at <= all; at++) {
      // The first are each of another kind; of those alike some are enough.
      if (at <= 4 || at % 4 === 0) t.deepEqual(await violations(slides), [], `slide ${at}`);
      await slides.keyboard.press('PageDown');
    }
    await slides.context().close();
    const quiz = await opened(width, colorScheme, '#quiz');
    const questions = Number((await quiz.locator('#stage .where').innerText()).split(' / ')[1]);
    for (let at = 1; at <= questions; at++) {
      if (at === 1) t.deepEqual(await violations(quiz), [], 'before the answer');
      await quiz.keyboard.press('PageDown');
      t.deepEqual(await violations(quiz), [], `answer ${at}`);
      await quiz.keyboard.press('PageDown');
    }
    await quiz.context().close();
  });
}
