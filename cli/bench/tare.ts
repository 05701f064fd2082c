/** Which tare this is, and where. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Tare } from '../../benchmarks/result/schema.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** @param root a checkout of it; what has been changed there since its commit makes the commit end in `-dirty` */
export function tareHere(root = ROOT): Tare {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  const git = (...args: string[]): string => execFileSync('git', ['--no-optional-locks', '-C', root, ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  try {
    const commit = git('rev-parse', 'HEAD');
    return { version, commit: git('status', '--porcelain', '--untracked-files=no') === '' ? commit : `${commit}-dirty` };
  } catch {
    return { version, commit: null }; // a copy without history
  }
}
