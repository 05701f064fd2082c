/** For tests that open a page in Chromium; they are skipped, visibly, where there is none. */
import { existsSync } from 'node:fs';
import test from 'ava';
import { chromium, type Browser } from 'playwright-core';

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
