import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { comparisonDocument } from '../benchmarks/compare/document.ts';

const TARE = fileURLToPath(new URL('tare', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'compare-test-'));
test.after.always(() => rmSync(directory, { recursive: true, force: true }));

interface Outcome {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function tare(args: readonly string[], script?: string): Promise<Outcome> {
  const env = { PATH: process.env['PATH'], LANG: 'C.UTF-8', ...(script === undefined ? {} : { TARE_FAKE: script }) };
  return new Promise((resolve) => {
    execFile(TARE, args, { cwd: directory, env }, (error, stdout, stderr) => resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }));
  });
}

/** A run of scripted boxes, whose container takes so long. */
async function run(name: string, seed: number, readyMs: number, accelerator = 'tcg'): Promise<void> {
  const script = join(directory, `${name}.fake.json`);
  const jitter = 0.03;
  writeFileSync(script, JSON.stringify({ seed, pace: 0, runtimes: [{ name: 'process', kind: 'process', readyMs: 0.4, jitter }, { name: 'container', kind: 'container', readyMs, jitter }, { name: 'vm-micro', kind: 'vm', accelerator, readyMs: 1200, jitter }] }));
  const { status, stderr } = await tare(['bench', '--benchmarks', 'startup,disk', '--samples', '20', '--seed', name, '--out', name, '--no-images', '--settle', '0', '--gap', '0'], script);
  if (status !== 0) throw new Error(stderr);
}

test.before(async () => {
  await run('before', 1, 2);
  await run('after', 2, 3);
  await run('hardware', 3, 2, 'kvm');
});

test.serial('two runs: what changed, in 80 columns; a directory, a file and a journal are the same', async (t) => {
  const { status, stdout, stderr } = await tare(['compare', 'before', 'after']);
  t.is(status, 0, stderr);
  t.regex(stdout, /container +2\.\d+ ms\n +2 after +\d\.\d+ ms +\+\d\d % +\+\d+ to \+\d+ % +slower/);
  t.regex(stdout, /process +\d+ µs\n.*no difference shown/);
  t.notRegex(stdout, /\u001B/);
  for (const line of stdout.split('\n')) t.true(line.length <= 80, line);
  const again = await tare(['compare', 'before/result.json', 'after/journal.jsonl', '--json']);
  const named = await tare(['compare', 'before', 'after', '--json']);
  const changes = ({ stdout: json }: Outcome): unknown => comparisonDocument.parse(JSON.parse(json)).changes;
  t.deepEqual(changes(again), changes(named));
});

test.serial('emulated against hardware is not compared, three at once are, and another may be the baseline', async (t) => {
  const { stdout } = await tare(['compare', 'before', 'after', 'hardware', '--metrics', 'startup.ready', '--runtimes', 'vm-micro,container', '--baseline', 'hardware', '--json']);
  const document = comparisonDocument.parse(JSON.parse(stdout));
  t.is(document.baseline, 3);
  t.deepEqual(document.changes.map(({ runtime, result, verdict }) => [runtime, result, verdict]), [['container', 1, 'no-difference'], ['container', 2, 'slower'], ['vm-micro', 1, 'not-comparable'], ['vm-micro', 2, 'not-comparable']]);
});

test.serial('--out writes the page and the document; --markdown - leaves standard output to the tables', async (t) => {
  const { status, stdout, stderr } = await tare(['compare', 'before', 'after', '--out', 'change', '--markdown', '-']);
  t.is(status, 0);
  t.true(stdout.startsWith('# What changed\n'), stdout.slice(0, 100));
  t.regex(stderr, /report: change\/comparison\.html/);
  t.deepEqual(readdirSync(join(directory, 'change')).sort(), ['comparison.html', 'comparison.json']);
  t.is(comparisonDocument.parse(JSON.parse(readFileSync(join(directory, 'change', 'comparison.json'), 'utf8'))).results.length, 2);
});

const CONDITIONS: readonly [what: string, results: readonly string[], condition: string, status: number, words: RegExp | null][] = [
  ['met', ['before', 'after'], 'startup.ready container > 1.1', 1, /after fails on "startup\.ready container > 1\.1": the ratio is 1\.[45]/],
  ['not met', ['after', 'before'], 'startup.ready container > 1.1', 0, null],
  ['met for certain', ['before', 'after'], 'startup.ready container > 1.3 at 95%', 1, /95 % interval 1\.\d+ to 1\.\d+/],
  ['without data', ['before', 'hardware'], 'startup.ready vm-micro > 1.1', 1, /no data for "startup\.ready vm-micro > 1\.1" in hardware: hardware virtualisation against emulated/],
];

for (const [what, results, condition, status, words] of CONDITIONS) {
  test.serial(`--fail-if that is ${what}: exit status ${status}`, async (t) => {
    const outcome = await tare(['compare', ...results, '--fail-if', condition]);
    t.is(outcome.status, status, outcome.stderr);
    if (words === null) t.is(outcome.stderr, '');
    else t.regex(outcome.stderr, words);
  });
}

test.serial('a limit within the interval fails by the ratio, and not at 95%', async (t) => {
  const { changes } = comparisonDocument.parse(JSON.parse((await tare(['compare', 'before', 'after', '--json'])).stdout));
  const ratio = changes.find(({ metric, runtime }) => metric === 'startup.ready' && runtime === 'container')?.ratio;
  const condition = `startup.ready container > ${(((ratio?.low ?? 0) + (ratio?.value ?? 0)) / 2).toFixed(6)}`;
  t.is((await tare(['compare', 'before', 'after', '--fail-if', condition])).status, 1, condition);
  t.is((await tare(['compare', 'before', 'after', '--fail-if', `${condition} at 95%`])).status, 0, condition);
});

test.serial('every --fail-if has to hold', async (t) => {
  const outcome = await tare(['compare', '--fail-if', 'startup.ready process > 2', '--fail-if', 'startup.ready container >= 1.2', 'before', 'after']);
  t.is(outcome.status, 1);
  t.regex(outcome.stdout, /passes: fail if startup\.ready process > 2/);
});

const WRONG: readonly [what: string, args: readonly string[], status: number, words: RegExp][] = [
  ['a single result', ['before'], 2, /cannot be compared with itself: before\/result\.json\nnext: give two or more/],
  ['none', [], 2, /Not enough non-option arguments/],
  ['the same run twice', ['before', 'after', 'before/journal.jsonl'], 2, /before\/result\.json and before\/journal\.jsonl are the same run/],
  ['one that is not there', ['before', 'nowhere'], 1, /no file nowhere/],
  ['a directory without a result', ['before', 'empty'], 1, /empty holds no result\.json and no journal\.jsonl/],
  ['a torn file', ['before', 'torn.json'], 1, /torn\.json is only half there/],
  ['a newer one', ['before', 'newer.json'], 1, /newer\.json is of schema version 99; this tare reads up to/],
  ['nothing in common', ['startup', 'disk'], 2, /no metric of a runtime in common: startup measured startup of process, container, vm-micro; disk measured disk of/],
  ['a baseline that is none', ['before', 'after', '--baseline', '3'], 2, /--baseline: "3" is none of the results\nnext: known: 1 \(before, run [0-9a-f]+\); 2/],
  ['a condition that cannot be read', ['before', 'after', '--fail-if', 'startup.ready container 1.1'], 2, /"1\.1" stands at column 25, where one of > >= < <= belongs/],
  ['a condition on an unknown metric', ['before', 'after', '--fail-if', 'startup.redy container > 1'], 2, /no result has a metric "startup\.redy"\nnext: did you mean "startup\.ready"/],
  ['a condition on an unknown runtime', ['before', 'after', '--fail-if', 'startup.ready contaner > 1'], 2, /no result has a runtime "contaner"\nnext: did you mean "container"/],
  ['an unknown metric', ['before', 'after', '--metrics', 'startup.redy'], 2, /--metrics: there is no "startup\.redy"\nnext: did you mean/],
  ['a place that cannot be written', ['before', 'after', '--out', '/proc/x'], 2, /--out: \/proc\/x cannot be written/],
];

for (const [what, args, status, words] of WRONG) {
  test.serial(`${what}: exit status ${status}, and words that help`, async (t) => {
    const whole = readFileSync(join(directory, 'after', 'result.json'), 'utf8');
    writeFileSync(join(directory, 'torn.json'), whole.slice(0, whole.length / 2));
    writeFileSync(join(directory, 'newer.json'), whole.replace('"schemaVersion": 1', '"schemaVersion": 99'));
    mkdirSync(join(directory, 'empty'), { recursive: true });
    only('startup');
    only('disk');
    const outcome = await tare(['compare', ...args]);
    t.is(outcome.status, status, outcome.stderr);
    t.regex(outcome.stderr, words);
    t.is(outcome.stdout, '');
  });
}

/** A run of one benchmark: the other's samples and metrics are taken out of a whole one. */
function only(benchmark: string): void {
  const to = join(directory, benchmark);
  cpSync(join(directory, benchmark === 'disk' ? 'after' : 'before'), to, { recursive: true });
  const path = join(to, 'result.json');
  const result = JSON.parse(readFileSync(path, 'utf8')) as { metrics: { benchmark: string }[]; samples: { benchmark: string }[]; statistics: { metric: string }[]; comparisons: { metric: string }[] };
  const mine = (metric: string): boolean => metric.startsWith(`${benchmark}.`);
  result.metrics = result.metrics.filter((each) => each.benchmark === benchmark);
  result.samples = result.samples.filter((each) => each.benchmark === benchmark);
  result.statistics = result.statistics.filter(({ metric }) => mine(metric));
  result.comparisons = result.comparisons.filter(({ metric }) => mine(metric));
  writeFileSync(path, JSON.stringify(result));
}

test.serial('schema comparison prints its JSON Schema, and --help fits in 80 columns', async (t) => {
  const schema = JSON.parse((await tare(['schema', 'comparison'])).stdout) as { title: string; required: string[] };
  t.is(schema.title, 'tare comparison');
  t.true(schema.required.includes('changes'));
  const help = await tare(['compare', '--help']);
  t.is(help.status, 0);
  t.regex(help.stdout, /Exit status: 0 done, 1 a --fail-if was met/);
  for (const line of help.stdout.split('\n')) t.true(line.length <= 80, line);
});
