/** Where the results go. */
import { join } from 'node:path';
import { newDirectory } from '../output-directory.ts';
import { textOf } from './given.ts';
import type { BenchArguments } from './options.ts';
import { ROOT } from './tare.ts';

/** A directory that is not yet there: results never mix. @throws {TareError} `usage` */
export function outDirectory(argv: BenchArguments): string {
  const out = textOf(argv, 'out');
  if (out !== undefined) return newDirectory('out', out);
  const stamp = new Date().toISOString().replace(/[:-]/g, '').slice(0, 15);
  return join(ROOT, 'reports', '.generated', `${stamp}-${process.pid}`);
}
