import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { resultDocument } from '../benchmarks/result/schema.ts';
import { sampleResult } from '../reports/sample/sample.ts';

const TARE = fileURLToPath(new URL('tare', import.meta.url));
// One at a time: each starts a whole Node.js, and the machine may have two processors.
const rootTest = process.getuid?.() === 0 ? test.serial : test.skip;
const needsRoot = process.getuid?.() === 0 ? '' : ' (skipped: needs root)';

const directory = mkdtempSync(join(tmpdir(), 'command-test-'));
test.after.always(() => rmSync(directory, { recursive: true, force: true }));

const SCRIPT = join(directory, 'fake.json');
writeFileSync(SCRIPT, JSON.stringify({ seed: 1, pace: 0, runtimes: [{ name: 'process', kind: 'process', readyMs: 0.4 }, { name: 'container', kind: 'container', readyMs: 2 }, { name: 'vm-micro', kind: 'vm', accelerator: 'tcg', readyMs: 1200 }] }));

interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as a person would, on the fake runtimes unless told otherwise. */
function tare(args: readonly string[], { env = { TARE_FAKE: SCRIPT }, interruptAfter = null as string | null, cwd = directory } = {}): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(TARE, args, { cwd, env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    let interrupted = false;
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      if (interruptAfter !== null && !interrupted && stderr.includes(interruptAfter)) {
        interrupted = true;
        child.kill('SIGINT');
      }
    });
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
}

test.serial('bench: measured, reported, and every way out', async (t) => {
  const out = join(directory, 'whole');
  const { status, stdout, stderr } = await tare(['bench', '--samples', '5', '--out', out, '--seed', 'x', '--no-images', '--settle', '0', '--gap', '0']);
  t.is(status, 0, stderr);
  t.regex(stdout, /Figures of vm-micro are emulated/);
  t.regex(stdout, /container is [\d.]+ times \(.*\) faster to start than\s+vm-micro/);
  t.regex(stderr, /report: whole\/report\.html/);
  t.notRegex(stdout + stderr, /\u001B/);
  for (const line of stdout.split('\n')) t.true(line.length <= 80, line);
  t.deepEqual(readdirSync(out).sort(), ['journal.jsonl', 'report.html', 'result.json', 'samples.csv', 'summary.md']);
  const result = resultDocument.parse(JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')));
  t.is(result.run.options.seed, 'x');
  t.deepEqual(result.run.command.slice(0, 2), ['tare', 'bench']);
  const again = await tare(['report', join(out, 'result.json'), '--csv', '-']);
  t.is(again.stdout, readFileSync(join(out, 'samples.csv'), 'utf8'));
});

test.serial('bench --json and --csv - leave standard output to the data', async (t) => {
  const json = await tare(['bench', '--samples', '1', '--out', join(directory, 'json'), '--json', '--no-images', '--settle', '0']);
  t.is((JSON.parse(json.stdout) as { format: string }).format, 'tare-result');
  const csv = await tare(['bench', '--samples', '1', '--benchmarks', 'disk', '--out', join(directory, 'csv'), '--csv', '-', '--no-images']);
  t.true(csv.stdout.startsWith('benchmark,metric,runtime'));
});

test.serial('Ctrl-C keeps what was measured, reports it, and exits with 130', async (t) => {
  const out = join(directory, 'interrupted');
  const slow = join(directory, 'slow.json');
  writeFileSync(slow, JSON.stringify({ seed: 1, pace: 1, runtimes: [{ name: 'process', kind: 'process', readyMs: 20 }, { name: 'container', kind: 'container', readyMs: 20 }] }));
  const { status, stderr } = await tare(['bench', '--samples', '500', '--out', out, '--no-images'], { env: { TARE_FAKE: slow }, interruptAfter: 'startup: 500 rounds' });
  t.is(status, 130, stderr);
  t.regex(stderr, /interrupted: the report holds what was measured/);
  t.is((JSON.parse(readFileSync(join(out, 'result.json'), 'utf8')) as { run: { state: string } }).run.state, 'interrupted');
  t.true(existsSync(join(out, 'report.html')));
});

const WRONG: readonly [what: string, args: readonly string[], status: number, words: RegExp][] = [
  ['no command', [], 2, /which command/],
  ['a mistyped command', ['bnech'], 2, /Did you mean bench/],
  ['an unknown option', ['bench', '--smaples', '3'], 2, /Unknown argument: smaples\nnext: did you mean "--samples"\?/],
  ['an unknown runtime', ['bench', '--runtimes', 'contaner'], 2, /--runtimes: there is no "contaner"\nnext: did you mean "container"/],
  ['an unknown benchmark', ['bench', '--benchmarks', 'startpu'], 2, /--benchmarks: there is no "startpu"\nnext: did you mean "startup"/],
  ['no samples', ['bench', '--samples', '0'], 2, /--samples: "0" is not a whole number of at least 1/],
  ['samples that are no number', ['bench', '--samples', 'abc'], 2, /--samples: "abc"/],
  ['a memory that is no size', ['bench', '--memory', 'much'], 2, /--memory: "much" is no size/],
  ['a profile that is none', ['bench', '--profile', 'fast'], 2, /profile.*"fast".*quick/s],
  ['an output directory that exists', ['bench', '--out', directory], 2, /exists already/],
  ['an output directory in /proc', ['bench', '--out', '/proc/x/y'], 2, /interface of the kernel/],
  ['an output directory below a file', ['bench', '--out', `${SCRIPT}/out`], 2, /is a file/],
  ['a result that is not there', ['report', 'nowhere.json'], 1, /nowhere\.json/],
  ['a runtime that tare run does not know', ['run', 'vm-mcro', '--', 'sh'], 2, /there is no runtime "vm-mcro"\nnext: did you mean "vm-micro"/],
  ['tare run without a command', ['run', 'container'], 2, /no command given\nnext: put it after --/],
];

for (const [what, args, status, words] of WRONG) {
  test.serial(`${what}: exit status ${status}, and words that help`, async (t) => {
    const before = readdirSync(directory).length;
    const outcome = await tare(args);
    t.is(outcome.status, status, outcome.stderr);
    t.regex(outcome.stderr, words);
    t.is(outcome.stdout, '');
    t.true(readdirSync(directory).length >= before);
  });
}

test.serial('results that are half-written, of another kind, or newer', async (t) => {
  const whole = JSON.stringify(sampleResult({ rounds: 2 }));
  const cases = [
    ['half.json', whole.slice(0, whole.length / 2), /half\.json/],
    ['empty.json', '', /empty/],
    ['other.json', '{"a":1}', /no result of tare/],
    ['newer.json', whole.replace('"schemaVersion":1', '"schemaVersion":99'), /schema version 99.*version 1/],
    ['odd.json', whole.replace('"process","runtime"', '"process","rutnime"'), /odd\.json/],
  ] as const;
  for (const [name, text, words] of cases) {
    const place = join(directory, 'results', name);
    mkdirSync(join(directory, 'results'), { recursive: true });
    writeFileSync(place, text);
    const { status, stderr } = await tare(['report', place]);
    t.is(status, 1, name);
    t.regex(stderr, words);
    t.regex(stderr, /next: /);
  }
  t.deepEqual(readdirSync(join(directory, 'results')).sort(), cases.map(([name]) => name).sort());
});

test.serial('schema prints a JSON Schema', async (t) => {
  const { stdout } = await tare(['schema']);
  const schema = JSON.parse(stdout) as { $schema: string; required: string[] };
  t.regex(schema.$schema, /json-schema\.org/);
  t.true(schema.required.includes('samples'));
});

test.serial('doctor --json is data, with a remedy for each lack', async (t) => {
  const { stdout, status } = await tare(['doctor', '--json'], { env: {} as never });
  const checks = JSON.parse(stdout) as { id: string; state: string; remedy: string | null }[];
  t.true(checks.some(({ id }) => id === 'accelerator'));
  t.is(status, checks.some(({ state }) => state === 'lack') ? 1 : 0);
  for (const { state, remedy } of checks) t.is(remedy === null, state === 'ok');
});

test.serial('--help fits in 80 columns', async (t) => {
  for (const args of [['--help'], ['bench', '--help'], ['run', '--help'], ['report', '--help'], ['doctor', '--help'], ['clean', '--help']]) {
    const { stdout, status } = await tare(args);
    t.is(status, 0);
    for (const line of stdout.split('\n')) t.true(line.length <= 80, line);
  }
});

rootTest(`run: a command in each box, its output and its exit status${needsRoot}`, async (t) => {
  const inContainer = await tare(['run', 'container', '--', 'sh', '-c', 'echo "in $(hostname)"; exit 7'], { env: {} as never });
  t.is(inContainer.status, 7, inContainer.stderr);
  t.is(inContainer.stdout, 'in tare\n');
  const plain = await tare(['run', 'process', '--', 'sh', '-c', 'kill -9 $$'], { env: {} as never });
  t.is(plain.status, 137);
  const missing = await tare(['run', 'container', '--', 'no-such-command'], { env: {} as never });
  t.is(missing.status, 1);
  t.regex(missing.stderr, /no command "no-such-command" in image tiny/);
});

rootTest(`bench of real boxes, killed outright half-way, leaves nothing once it is cleaned${needsRoot}`, async (t) => {
  const out = join(directory, 'killed');
  const child = spawn(TARE, ['bench', '--runtimes', 'process,container', '--benchmarks', 'startup', '--samples', '3000', '--out', out, '--no-images'], { cwd: directory, stdio: 'ignore' });
  const journal = join(out, 'journal.jsonl');
  // Minutes, not seconds: the first start in a fresh checkout compiles everything, and other tests run beside it.
  for (let tries = 0; tries < 2400 && child.exitCode === null && !(existsSync(journal) && readFileSync(journal, 'utf8').split('\n').length > 12); tries++) await new Promise((resolve) => setTimeout(resolve, 50));
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('close', resolve));
  const finished = readFileSync(journal, 'utf8').split('\n').filter((line) => line.includes('"outcome":"ok"')).length;
  t.true(finished > 5);
  const { status, stderr } = await tare(['report', journal, '--out', join(directory, 'rescued'), '--no-images'], { env: {} as never });
  t.is(status, 0, stderr);
  t.is((await tare(['clean'], { env: {} as never })).status, 0);
  t.regex((await tare(['clean'], { env: {} as never })).stdout, /nothing to clean/);
});
