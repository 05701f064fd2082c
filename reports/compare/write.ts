/** Writes a comparison's files, each whole or not at all. */
import { join } from 'node:path';
import { writeWhole } from '../whole.ts';
import { compareHtml } from './html.ts';
import type { CompareView } from './view.ts';

/**
 * `comparison.html` and `comparison.json` in the directory.
 * @returns the page's path
 */
export async function writeComparison(view: CompareView, directory: string): Promise<string> {
  await writeWhole(join(directory, 'comparison.json'), `${JSON.stringify(view.document, null, 1)}\n`);
  return writeWhole(join(directory, 'comparison.html'), await compareHtml(view));
}
