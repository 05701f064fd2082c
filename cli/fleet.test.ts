import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { sampleResult } from '../reports/sample/sample.ts';

const TARE = fileURLToPath(new URL('tare', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'fleet-command-'));
test.after.always(() => rmSync(directory, { recursive: true, force: true }));

for (const id of ['one', 'two', 'three']) {
  const result = sampleResult({ rounds: 6 });
  mkdirSync(join(directory, 'results', id), { recursive: true });
  writeFileSync(join(directory, 'results', id, 'result.json'), JSON.stringify({ ...result, run: { ...result.run, id }, host: { ...result.host, hostname: `node-${id}` } }));
}
writeFileSync(join(directory, 'torn.json'), readFileSync(join(directory, 'results', 'one', 'result.json'), 'utf8').slice(0, 5000));

function tare(args: readonly string[]): Promise<{ status: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(TARE, ['report', ...args], { cwd: directory, env: { PATH: process.env['PATH'], LANG: 'C.UTF-8' } }, (error, stdout, stderr) => resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }));
  });
}

const ALL = ['results/one', 'results/two/result.json', 'results/three'];

test.serial('several results become one page where they lie, with each machine’s own report beneath', async (t) => {
  const { status, stdout, stderr } = await tare(ALL);
  t.is(status, 0, stderr);
  t.regex(stderr, /report: results\/fleet\.html/);
  t.regex(stdout, /3 runs on 3 machines/);
  t.deepEqual(readdirSync(join(directory, 'results', 'machines')).sort(), ['01-node-one', '02-node-two', '03-node-three']);
});

test.serial('one that cannot be read is named, the others are shown, and the exit status says so', async (t) => {
  const { status, stderr } = await tare([...ALL, 'torn.json', 'nowhere.json', '--out', 'some']);
  t.is(status, 1);
  t.regex(stderr, /not read: torn\.json is only half there/);
  t.regex(stderr, /not read: there is no file nowhere\.json/);
  t.regex(readFileSync(join(directory, 'some', 'fleet.html'), 'utf8'), /2 results could not be read/);
});

test.serial('--csv - and --markdown - leave standard output to the data', async (t) => {
  t.true((await tare([...ALL, '--csv', '-'])).stdout.startsWith('host,run,started,'));
  t.true((await tare([...ALL, '--markdown', '-'])).stdout.startsWith('# What a box weighs, machine by machine'));
});

const WRONG: readonly [what: string, args: readonly string[], status: number, words: RegExp][] = [
  ['none that can be read', ['torn.json', 'nowhere.json'], 1, /torn\.json is only half there/],
  ['a run twice', ['results/one', 'results/one/result.json'], 2, /are the same run, one/],
  ['--json of several', [...ALL, '--json'], 2, /--json is for one result/],
];

for (const [what, args, status, words] of WRONG) {
  test.serial(`${what}: exit status ${status}, and words that help`, async (t) => {
    const outcome = await tare(args);
    t.is(outcome.status, status, outcome.stderr);
    t.regex(outcome.stderr, words);
    t.is(outcome.stdout, '');
  });
}

test.serial('a directory of a run is as good as its result', async (t) => {
  const { status, stderr } = await tare(['results/one', '--no-images']);
  t.is(status, 0, stderr);
  t.regex(stderr, /report: results\/one\/report\.html/);
});
