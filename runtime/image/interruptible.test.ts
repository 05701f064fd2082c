import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import test from 'ava';

const url = (file: string): string => JSON.stringify(new URL(file, import.meta.url).href);

/** As a build does: programs of the host are run, and in the end it is tidied up. */
const PROGRAM = `
  import { setTimeout as sleep } from 'node:timers/promises';
  import { interruptible } from ${url('./interruptible.ts')};
  import { runHostProgram } from ${url('./host-program.ts')};
  await interruptible(async (signal) => {
    await runHostProgram('true', []);
    console.log('begun');
    try { await runHostProgram('sleep', ['60'], { signal }); } finally { await sleep(50); console.log('tidied'); if (process.argv.includes('slow')) await sleep(60_000); }
  }).catch((error) => { console.log(error.code); process.exitCode = 3; });`;

async function begin(t: { teardown(end: () => void): void }, ...words: string[]) {
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', PROGRAM, '--', ...words], { stdio: ['ignore', 'pipe', 'inherit'] });
  t.teardown(() => child.kill('SIGKILL'));
  await once(child.stdout, 'readable');
  return { child, said: text(child.stdout), closed: once(child, 'close') };
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  test(`${signal}: the program that runs is ended, and it is tidied up`, async (t) => {
    const { child, said, closed } = await begin(t);
    child.kill(signal);
    t.deepEqual(await closed, [3, null]);
    t.is(await said, 'begun\ntidied\ninterrupted\n');
  });
}

test('a second one ends it at once', async (t) => {
  const { child, closed } = await begin(t, 'slow');
  child.kill('SIGINT');
  await new Promise((resolve) => setTimeout(resolve, 500));
  child.kill('SIGINT');
  t.deepEqual(await closed, [130, null]);
});
