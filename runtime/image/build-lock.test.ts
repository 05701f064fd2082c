import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { TareError } from '../errors.ts';
import { withFreeLock, withLock } from './build-lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'tare-lock-'));
test.after.always(() => {
  rmSync(folder, { recursive: true, force: true });
});

test('those who want the same lock go one after the other', async (t) => {
  let inside = 0;
  let most = 0;
  await Promise.all([1, 2, 3].map(() => withLock(join(folder, 'same'), undefined, async () => {
    most = Math.max(most, ++inside);
    await new Promise((resolve) => setTimeout(resolve, 30));
    inside--;
  })));
  t.is(most, 1);
});

test('it is let go when the work fails', async (t) => {
  const file = join(folder, 'failing');
  await t.throwsAsync(withLock(file, undefined, () => Promise.reject(new Error('the work'))), { message: 'the work' });
  t.is(await withLock(file, undefined, () => Promise.resolve(7)), 7);
});

test('it is let go when its holder is killed', async (t) => {
  const file = join(folder, 'killed');
  const program = `import { withLock } from ${JSON.stringify(new URL('./build-lock.ts', import.meta.url).href)};
    await withLock(${JSON.stringify(file)}, undefined, async () => { console.log('held'); await new Promise((resolve) => setTimeout(resolve, 60_000)); });`;
  const holder = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(holder.stdout, 'data');
  let got = false;
  const waiting = withLock(file, undefined, async () => { got = true; });
  await new Promise((resolve) => setTimeout(resolve, 50));
  t.false(got);
  holder.kill('SIGKILL');
  await waiting;
  t.true(got);
});

test('waiting for it can be interrupted, and then the work is not done', async (t) => {
  const file = join(folder, 'interrupted');
  await withLock(file, undefined, async () => {
    const controller = new AbortController();
    const waiting = withLock(file, controller.signal, () => t.fail());
    setTimeout(() => { controller.abort(); }, 30);
    const error = await t.throwsAsync(waiting, { instanceOf: TareError });
    t.is(error.code, 'interrupted');
  });
});

test('a folder that is not there is named', async (t) => {
  await t.throwsAsync(withLock(join(folder, 'none', '.lock'), undefined, () => t.fail()), { instanceOf: TareError, message: /none\/\.lock cannot be taken: .*No such file/ });
});

test('whoever does not want to wait is told that it is taken, and gets one that is free', async (t) => {
  const file = join(folder, 'taken');
  await withLock(file, undefined, async () => t.is(await withFreeLock(file, () => t.fail()), null));
  t.is(await withFreeLock(file, () => Promise.resolve(7)), 7);
  await t.throwsAsync(withFreeLock(file, () => Promise.reject(new Error('the work'))), { message: 'the work' });
  await t.throwsAsync(withFreeLock(join(folder, 'none', '.lock'), () => t.fail()), { instanceOf: TareError, message: /cannot be taken/ });
});
