/** Which tare this is, and where. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Tare } from '../../benchmarks/result/schema.ts';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

export function tareHere(): Tare {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  try {
    return { version, commit: execFileSync('git', ['-C', ROOT, 'rev-parse', 'HEAD'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim() };
  } catch {
    return { version, commit: null }; // a copy without history
  }
}
