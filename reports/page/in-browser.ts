/** For tests that open a page in Chromium; they are skipped, visibly, where there is none. */
import { existsSync } from 'node:fs';
import test from 'ava';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

const program = ['/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/chromium-browser'].find((path) => existsSync(path));

export const browserTest = program === undefined ? test.skip : test;
/** Behind a test's title. */
export const needs = program === undefined ? ' (skipped: no Chromium on this host)' : '';

// Without these, Chromium talks to its maker at every start.
const QUIET = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--disable-quic', '--no-first-run'];

/** @param more arguments of Chromium's command line */
export function launch(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: program ?? '', args: [...QUIET, ...more] });
}

/** Runs before and after the tests of a file, unless they are skipped. */
export function around(before: () => Promise<void>, after: () => Promise<void>): void {
  if (program === undefined) return;
  test.before(before);
  test.after.always(after);
}

export interface Watched {
  readonly page: Page;
  /** What the page said on its console, threw, or wanted to pop up. */
  readonly complaints: string[];
  /** What it asked of the network beside itself. */
  readonly requests: string[];
}

/** Opens a file and waits until its charts are drawn. */
export async function watched(browser: Browser, file: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const page = await browser.newPage(options);
  const complaints: string[] = [];
  const requests: string[] = [];
  const url = `file://${file}`;
  page.on('dialog', (dialog) => {
    complaints.push(dialog.message());
    void dialog.dismiss();
  });
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (request.url() !== url && request.url() !== 'data:,') requests.push(request.url());
  });
  await page.goto(url);
  await page.waitForFunction(() => document.documentElement.dataset['drawn'] !== undefined);
  return { page, complaints, requests };
}

/** How many colours each of the chosen canvases shows: an empty one has a single one. */
export function colours(page: Page, canvases: string): Promise<number[]> {
  return page.evaluate(
    (selector) =>
      [...document.querySelectorAll<HTMLCanvasElement>(selector)].map((canvas) => {
        const { data } = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height) ?? { data: [] };
        const seen = new Set<string>();
        for (let at = 0; at < data.length; at += 40) seen.add(`${data[at]},${data[at + 1]},${data[at + 2]}`);
        return seen.size;
      }),
    canvases,
  );
}
