/** Results on standard output, or into a file. */
import { rename, rm, writeFile } from 'node:fs/promises';
import type { ResultDocument } from '../benchmarks/result/schema.ts';
import { terminalReport } from '../reports/terminal/terminal.ts';
import { buildView } from '../reports/view/view.ts';
import { TareError } from '../runtime/errors.ts';

/** Whether the terminal's locale can show more than ASCII. */
function unicodeLocale(): boolean {
  const locale = process.env['LC_ALL'] || process.env['LC_CTYPE'] || process.env['LANG'] || '';
  return /utf-?8/i.test(locale);
}

/** The summary; colours only on a terminal. */
export function printReport(result: ResultDocument): void {
  const terminal = process.stdout.isTTY === true;
  process.stdout.write(
    terminalReport(buildView(result), { columns: Math.min(process.stdout.columns || 80, 110), colours: terminal && process.env['NO_COLOR'] === undefined, unicode: unicodeLocale() }),
  );
}

/**
 * @param place a file, written whole or not at all, or `-`
 * @throws {TareError} `bad-file` when it cannot be written
 */
export async function printTo(place: string, text: string): Promise<void> {
  if (place === '-') {
    process.stdout.write(text);
    return;
  }
  const partial = `${place}.${process.pid}.partial`;
  try {
    await writeFile(partial, text);
    await rename(partial, place);
  } catch (error) {
    await rm(partial, { force: true });
    throw new TareError('bad-file', `cannot write ${place}: ${(error as Error).message}`, 'choose a place that can be written, or - for standard output', { cause: error });
  }
}
