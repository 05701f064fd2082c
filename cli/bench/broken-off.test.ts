/** Real commands that are killed outright or run out of room, and go on. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { readJournal } from '../../benchmarks/journal/read.ts';
import { resultDocument, type ResultDocument } from '../../benchmarks/result/schema.ts';

const TARE = fileURLToPath(new URL('../tare', import.meta.url));
const isRoot = process.getuid?.() === 0;
const rootTest = isRoot ? test.serial : test.skip;

const directory = mkdtempSync(join(tmpdir(), 'broken-off-test-'));
test.after.always(() => rmSync(directory, { recursive: true, force: true }));

/** @param pace real milliseconds for a scripted one */
function script(pace: number): string {
  const path = join(directory, `fake-${pace}.json`);
  writeFileSync(path, JSON.stringify({ seed: 1, pace, runtimes: [{ name: 'process', kind: 'process', readyMs: 3 }, { name: 'container', kind: 'container', readyMs: 6 }, { name: 'vm', kind: 'vm', accelerator: 'tcg', readyMs: 12 }] }));
  return path;
}

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function start(command: string, args: readonly string[], pace: number): { readonly child: ChildProcess; readonly ended: Promise<Ended> } {
  const child = spawn(command, args, { cwd: directory, env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', TARE_FAKE: script(pace) }, stdio: ['ignore', 'pipe', 'pipe'] });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  return { child, ended: once(child, 'close').then(([status]) => ({ status: status as number | null, stdout, stderr })) };
}

function samplesIn(journal: string): number {
  return existsSync(journal) ? readFileSync(journal, 'utf8').split('\n').filter((line) => line.startsWith('{"record":"sample"')).length : 0;
}

/** Runs the command until its journal holds so many samples, then kills it as nothing can be caught. */
async function killAt(samples: number, journal: string, args: readonly string[]): Promise<void> {
  const { child, ended } = start(TARE, args, 1);
  for (let tries = 0; tries < 6000 && child.exitCode === null && samplesIn(journal) < samples; tries++) await delay(10);
  child.kill('SIGKILL');
  await ended;
}

function resultIn(out: string): ResultDocument {
  return resultDocument.parse(JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')));
}

function visits({ samples }: ResultDocument): string[] {
  return samples.map(({ index, benchmark, runtime, round, order }) => `${index} ${benchmark} ${runtime} ${round} ${order}`);
}

const RUN = ['bench', '--benchmarks', 'startup,memory', '--samples', '20', '--seed', 'x', '--settle', '0', '--gap', '1', '--no-aa', '--no-images'];

test.serial('killed twice by kill -9, it comes to every planned sample, once and in the same order', async (t) => {
  const [out, other] = [join(directory, 'killed'), join(directory, 'whole')];
  const journal = join(out, 'journal.jsonl');
  await killAt(15, journal, [...RUN, '--out', out]);
  const first = samplesIn(journal);
  t.true(first >= 15 && first < 120, `${first}`);
  t.false(existsSync(join(out, 'result.json')));
  const before = readFileSync(journal, 'utf8').split('\n').slice(0, -1);
  await killAt(first + 30, journal, ['bench', '--resume', out, '--no-images']);
  const second = samplesIn(journal);
  t.true(second >= first + 30 && second < 120, `${second}`);
  t.deepEqual(readFileSync(journal, 'utf8').split('\n').slice(0, before.length), before, 'nothing that was whole is changed');
  const shown = await start(TARE, ['bench', '--resume', out, '--dry-run'], 1).ended;
  t.regex(shown.stdout, new RegExp(`${second} samples are there already.*: ${120 - second} are left`));
  const { status, stderr } = await start(TARE, ['bench', '--resume', out, '--no-images'], 1).ended;
  t.is(status, 0, stderr);
  t.regex(stderr, new RegExp(`goes on in .*: ${second} samples are there.*, ${120 - second} are left`));
  t.is((await start(TARE, [...RUN, '--out', other], 0).ended).status, 0);
  t.deepEqual(visits(resultIn(out)), visits(resultIn(other)));
  t.deepEqual(resultIn(out).run.resumed?.map(({ samples }) => samples), [first, second]);
  t.true(existsSync(join(out, 'report.html')));
  const again = await start(TARE, ['bench', '--resume', join(out, 'journal.jsonl')], 0).ended;
  t.is(again.status, 2);
  t.regex(again.stderr, /came to its end with 120 samples: nothing is missing\nnext: draw its report again: tare report/);
});

rootTest(`a disk that fills up: what there was is kept, and goes on elsewhere or when there is room${isRoot ? '' : ' (skipped: needs root to mount a small tmpfs)'}`, async (t) => {
  const small = join(directory, 'small');
  // The mount lives and dies with a mount namespace of its own. After each step its exit status.
  const steps = `
    mkdir "$1"; mount -t tmpfs -o size=32k none "$1"
    "$0" bench --benchmarks startup --samples 40 --seed x --settle 0 --gap 0 --no-aa --no-images --out "$1/run" && echo 0 || echo $?
    ls "$1/run"; cp -r "$1/run" "$1/../elsewhere"
    "$0" bench --resume "$1/../elsewhere" --no-images >"$1/../elsewhere.txt" 2>&1 && echo 0 || echo $?
    mount -o remount,size=20m "$1"
    "$0" bench --resume "$1/run" --no-images >/dev/null && echo 0 || echo $?
    cp "$1/run/result.json" "$1/../room.json"`;
  const { status, stdout, stderr } = await start('unshare', ['--mount', 'sh', '-ec', steps, TARE, small], 0).ended;
  t.is(status, 0, stderr);
  t.is(stdout, '1\njournal.jsonl\n0\n0\n');
  t.regex(stderr, /the disk is full: .*journal\.jsonl could not be written to its end; what was written before is kept\nnext: make room, or copy .*small\/run to a disk that has some; then tare bench --resume/);
  const [elsewhere, room] = [resultIn(join(directory, 'elsewhere')), resultDocument.parse(JSON.parse(readFileSync(join(directory, 'room.json'), 'utf8')))];
  const kept = elsewhere.run.resumed?.[0]?.samples ?? 0;
  t.true(kept > 10 && kept < 120, `${kept}`);
  t.is(room.run.resumed?.[0]?.samples, kept);
  t.deepEqual(visits(elsewhere), visits(room));
  t.is(elsewhere.samples.length, 120);
  t.false((await readJournal(join(directory, 'elsewhere', 'journal.jsonl'))).torn);
  t.true(existsSync(join(directory, 'elsewhere', 'report.html')));
});

test.serial('like another run: its options and seed, the same visits, and what differs', async (t) => {
  const [one, two] = [join(directory, 'one'), join(directory, 'two')];
  t.is((await start(TARE, ['bench', '--benchmarks', 'startup', '--samples', '3', '--gap', '1', '--settle', '7', '--no-images', '--out', one], 0).ended).status, 0);
  const result = resultIn(one);
  const elsewhere = { ...result, host: { ...result.host, hostname: 'far', os: { ...result.host.os, kernel: '5.10.0' } }, runtimes: result.runtimes.map((entry) => (entry.kind === 'vm' ? { ...entry, accelerator: 'kvm' as const, emulated: false } : entry)) };
  const file = join(directory, 'far.json');
  writeFileSync(file, JSON.stringify(elsewhere));
  const shown = await start(TARE, ['bench', '--like', file, '--dry-run', '--json'], 0).ended;
  const plan = JSON.parse(shown.stdout) as { like: { differences: { what: string; there: string }[] }; options: unknown };
  t.deepEqual(plan.options, result.run.options);
  t.true(plan.like.differences.some(({ what, there }) => what === 'kernel' && there === '5.10.0'));
  const { status, stderr } = await start(TARE, ['bench', '--like', file, '--no-images', '--out', two], 0).ended;
  t.is(status, 0, stderr);
  const told = stderr.indexOf('kernel: there 5.10.0; here ');
  t.true(told >= 0 && told < stderr.indexOf('startup: 3 rounds'), 'it is said before the first sample');
  const repeated = resultIn(two);
  t.deepEqual(visits(repeated), visits(result));
  t.deepEqual(repeated.run.options, result.run.options);
  t.is(repeated.run.like?.id, result.run.id);
  const differing = repeated.run.like?.differences.map(({ what }) => what) ?? [];
  t.true(differing.includes('host') && differing.includes('kernel') && differing.includes('accelerator of vm'), differing.join());
});
