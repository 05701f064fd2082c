import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { readyFlags } from '../../../fixtures/workload/compiler-flags.ts';
import { StartFailure } from '../../errors.ts';
import { fixturesDirectory } from '../../image/store.ts';
import { fullArguments } from './arguments.ts';
import { bootPhases } from './phases.ts';

/** As one boot under TCG sent it: milliseconds after the request, and what came. */
const RECORDED: readonly [at: number, text: string][] = [
  [51, 'S'], [52, 'eaBIOS (version 1.16.2-debian-1.16.2-1)\n'], [120, 'Booting from Hard Disk...\nBooting fro'], [144, 'm 0000:7c00\n'],
  [6103, '<I 44'], [6104, '99>'], [9420, '<S 7817>'], [24_574, '<U 22971>'], [32_429, 'R'],
];

function timeline(marks: typeof RECORDED) {
  const requested = 5_000_000_000n;
  return { requested, marks: marks.map(([at, text]) => ({ at: requested + BigInt(at) * 1_000_000n, bytes: Buffer.from(text) })) };
}

test('each phase ends where the next begins, in pieces of any length; together they are the whole start', (t) => {
  const phases = bootPhases(timeline(RECORDED), '');
  t.deepEqual(phases.map(({ name, milliseconds }) => [name, milliseconds]), [
    ['qemu', 51], ['firmware', 93], ['boot loader', 1461], ['kernel', 4499], ['initramfs', 3316], ['init', 15_154], ['service', 7855],
  ]);
  t.is(phases.reduce((sum, { milliseconds }) => sum + milliseconds, 0), 32_429);
  for (const { what } of phases) t.true(what.length > 20);
});

for (const [kept, reached] of [[0, 'QEMU itself'], [2, 'the firmware'], [4, 'the boot loader'], [6, 'the initramfs'], [7, 'the init'], [8, 'the service']] as const) {
  test(`a boot that sends ${kept} pieces came no further than ${reached}`, (t) => {
    const failure = t.throws(() => bootPhases(timeline(RECORDED.slice(0, kept)), 'the console'), { instanceOf: StartFailure });
    t.regex(failure.message, new RegExp(`came no further than ${reached}`));
    t.regex(failure.log, /the console$/);
  });
}

test('only a run for phases listens to the firmware and to phases, on the one channel', (t) => {
  const machine = { accelerator: 'tcg', memoryMebibytes: 256, vcpus: 1, overlay: '/o', hostPort: null, debugExit: true } as const;
  const words = (phases: boolean): string => fullArguments({ ...machine, phases }, null).flatMap((argument) => argument.words).join(' ');
  t.notRegex(words(false), /0x402|0xea|mux/);
  t.regex(words(true), /append=on,mux=on .*iobase=0xe9,chardev=mark .*iobase=0x402,chardev=mark .*iobase=0xea,chardev=mark/);
});

test('the program in the guest: no word and no failure where ports are refused, the usage for anything else', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'tare-phase-'));
  try {
    chmodSync(folder, 0o755);
    const phase = join(folder, 'phase');
    execFileSync('cc', [...readyFlags, '-o', phase, join(fixturesDirectory, 'workload/phase.c')]);
    // As root it would write to the host's own ports, so it runs as nobody.
    const user = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
    const run = (...args: string[]) => spawnSync(phase, args, { ...user, encoding: 'utf8' });
    t.like(run('I'), { status: 0, stdout: '', stderr: '' });
    for (const args of [[], ['IS'], [''], ['I', 'S']]) t.like(run(...args), { status: 2, stderr: 'usage: phase LETTER\n' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});
