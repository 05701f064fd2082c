import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { ksmCounters, KsmHold, ksmRefusal } from './ksm.ts';

const rootTest = process.getuid?.() === 0 ? test : test.skip;
const suffix = process.getuid?.() === 0 ? '' : ' (skipped: needs root)';

const FOUND = { run: '0', pages_to_scan: '100', sleep_millisecs: '20', pages_shared: '0', pages_sharing: '0', full_scans: '0', advisor_mode: '[none] scan-time' };

/** A directory with the kernel's files in it, as far as files go. */
function kernel(t: { teardown(done: () => void): void }, files: Partial<Record<keyof typeof FOUND, string>> = {}): string {
  const directory = mkdtempSync(join(tmpdir(), 'tare-ksm-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  for (const [name, text] of Object.entries({ ...FOUND, ...files })) writeFileSync(join(directory, name), `${text}\n`);
  return directory;
}

function now(directory: string, name: keyof typeof FOUND): string {
  return readFileSync(join(directory, name), 'utf8').trim();
}

rootTest(`what is set is put back, to the letter${suffix}`, async (t) => {
  const directory = kernel(t);
  const hold = await KsmHold.take(directory);
  hold.set({ run: '1', pages_to_scan: '5000', sleep_millisecs: '0' });
  t.deepEqual([now(directory, 'run'), now(directory, 'pages_to_scan'), now(directory, 'sleep_millisecs')], ['1', '5000', '0']);
  await hold.release();
  t.deepEqual([now(directory, 'run'), now(directory, 'pages_to_scan'), now(directory, 'sleep_millisecs')], ['0', '100', '20']);
});

rootTest(`and put back when its holder is killed outright${suffix}`, async (t) => {
  const directory = kernel(t, { pages_to_scan: '123' });
  const holder = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '-e', `const { KsmHold } = await import(${JSON.stringify(new URL('ksm.ts', import.meta.url).href)}); const hold = await KsmHold.take(${JSON.stringify(directory)}); hold.set({ run: '1', pages_to_scan: '9' }); console.log('held'); setInterval(() => {}, 1000);`],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(holder.stdout, 'data');
  t.deepEqual([now(directory, 'run'), now(directory, 'pages_to_scan')], ['1', '9']);
  holder.kill('SIGKILL');
  await once(holder, 'exit');
  for (let tries = 0; now(directory, 'run') !== '0' && tries < 200; tries++) await sleep(10);
  t.deepEqual([now(directory, 'run'), now(directory, 'pages_to_scan')], ['0', '123']);
});

rootTest(`one that cannot be put back says what is not as it was, and how to mend it${suffix}`, async (t) => {
  const directory = kernel(t);
  const hold = await KsmHold.take(directory);
  rmSync(join(directory, 'sleep_millisecs'));
  symlinkSync('/dev/null', join(directory, 'sleep_millisecs'));
  const error = await t.throwsAsync(hold.release(), { message: /sleep_millisecs is {2}in place of 20/ });
  t.regex(String((error as { remedy?: string }).remedy), /echo 20 > .*sleep_millisecs/);
});

test('where it cannot be switched it is said why, and nothing is written', (t) => {
  const refusals: readonly (readonly [string, number, RegExp])[] = [
    [join(kernel(t), 'nowhere'), 0, /no KSM.*CONFIG_KSM/],
    [kernel(t), 1000, /needs root, and this is uid 1000/],
    [kernel(t, { run: '1', pages_sharing: '2560' }), 0, /is on here and saves 10 MiB/],
    [kernel(t, { advisor_mode: 'none [scan-time]' }), 0, /advisor/],
  ];
  for (const [directory, uid, message] of refusals) {
    const refusal = ksmRefusal(directory, uid);
    t.regex(refusal?.message ?? '', message);
    t.not(refusal?.remedy, '');
  }
  t.is(ksmRefusal(kernel(t), 0), null);
});

test('its counters', (t) => {
  t.deepEqual(ksmCounters(kernel(t, { pages_shared: '3', pages_sharing: '40', full_scans: '7' })), { pagesShared: 3, pagesSharing: 40, fullScans: 7 });
});
