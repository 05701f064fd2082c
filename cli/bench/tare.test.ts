import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { tareHere } from './tare.ts';

test('the commit says when something was changed since; a copy without history has none', (t) => {
  const root = mkdtempSync(join(tmpdir(), 'tare-here-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  const git = (...args: string[]): string => execFileSync('git', ['-C', root, '-c', 'user.name=x', '-c', 'user.email=x@example.com', ...args], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  writeFileSync(join(root, 'package.json'), '{"version":"1.2.3"}');
  t.deepEqual(tareHere(root), { version: '1.2.3', commit: null });
  git('init', '--quiet');
  git('add', 'package.json');
  git('commit', '--quiet', '--message', 'one');
  const commit = git('rev-parse', 'HEAD');
  t.is(tareHere(root).commit, commit);
  writeFileSync(join(root, 'notes'), 'not of it');
  t.is(tareHere(root).commit, commit, 'what lies beside it changes nothing');
  writeFileSync(join(root, 'package.json'), '{"version":"1.2.4"}');
  t.deepEqual(tareHere(root), { version: '1.2.4', commit: `${commit}-dirty` });
});
