/** Runs that broke off, at every kind of place, and went on. */
import { existsSync } from 'node:fs';
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import test, { type ExecutionContext } from 'ava';
import { TareError } from '../runtime/errors.ts';
import { fakeHost } from '../runtime/fake/host.ts';
import { fakeImage } from '../runtime/fake/image.ts';
import { fakeRuntimes } from '../runtime/fake/runtime.ts';
import type { FakeScriptInput } from '../runtime/fake/script.ts';
import { fakeRun, type FakeRun, type FakeRunOptions } from './fake-run.ts';
import { readJournal } from './journal/read.ts';
import { openUnfinished } from './resume.ts';
import { resultDocument, type ResultDocument } from './result/schema.ts';

type RuntimeInput = FakeScriptInput['runtimes'][number];

const PROCESS: RuntimeInput = { name: 'process', kind: 'process', readyMs: 1 };
const CONTAINER: RuntimeInput = { name: 'container', kind: 'container', readyMs: 10 };
const VM: RuntimeInput = { name: 'vm', kind: 'vm', readyMs: 100, accelerator: 'tcg', versions: { qemu: '7.2.22' } };
const SCRIPT: FakeScriptInput = { runtimes: [PROCESS, CONTAINER, VM] };

const OPTIONS = { samples: 4, benchmarks: ['startup', 'memory'] };

function prepare(t: ExecutionContext, script: FakeScriptInput = SCRIPT, options: FakeRunOptions = OPTIONS): Promise<FakeRun> {
  return fakeRun(script, (done) => t.teardown(done), options);
}

async function linesOf({ journal }: FakeRun): Promise<string[]> {
  return (await readFile(journal, 'utf8')).split('\n').slice(0, -1);
}

/** The run as it would be after a crash: the first LINES of its journal, and the beginning of the next. */
async function breakOff(run: FakeRun, lines: number, torn = 0): Promise<void> {
  const all = await linesOf(run);
  await writeFile(run.journal, all.slice(0, lines).map((line) => `${line}\n`).join('') + (all[lines] ?? '').slice(0, torn));
}

function visits({ samples }: ResultDocument): string[] {
  return samples.map(({ index, benchmark, runtime, round, order }) => `${index} ${benchmark} ${runtime} ${round} ${order}`);
}

// Of 35 lines: 1 of the run, 3 of runtimes, 3 warm-up visits and 12 samples of each benchmark, the end.
for (const [what, lines, torn] of [
  ['while the second line was written', 1, 5],
  ['before any runtime was ready', 1, 0],
  ['between two runtimes', 2, 40],
  ['before the warm-up', 4, 0],
  ['in the warm-up', 6, 3],
  ['between two rounds', 10, 0],
  ['in the middle of a round', 11, 77],
  ['between two benchmarks', 19, 0],
  ['in the last round', 33, 200],
  ['in the last line', 34, 20],
  ['before the last line', 34, 0],
] as const) {
  test(`broken off ${what}: it goes on to the same visits, each once and in the same order`, async (t) => {
    const run = await prepare(t);
    const whole = await run.go();
    t.is((await linesOf(run)).length, 35);
    await breakOff(run, lines, torn);
    const document = await run.goOn();
    t.deepEqual(visits(document), visits(whole));
    t.is(document.run.state, 'complete');
    t.deepEqual(document.runtimes, whole.runtimes.map((entry, index) => ({ ...entry, provisionMs: document.runtimes[index]?.provisionMs ?? null })));
    t.is(document.run.id, whole.run.id);
    t.is(document.run.resumed?.length, 1);
    t.is(document.run.resumed?.[0]?.tornBytes, torn);
    t.true(document.warnings.some(({ id }) => id === 'resumed'));
    t.notThrows(() => resultDocument.parse(document));
    const ats = document.samples.map(({ at }) => at);
    t.deepEqual(ats, [...ats].sort((a, b) => a - b));
  });
}

test('what was there is not touched, and the journal still tells it all', async (t) => {
  const run = await prepare(t);
  await run.go();
  await breakOff(run, 12, 30);
  const before = (await linesOf(run)).slice(0, 12);
  const document = await run.goOn();
  const after = await linesOf(run);
  t.deepEqual(after.slice(0, 12), before);
  t.true(after[12]?.startsWith('{"record":"resumed"'));
  const { records, torn } = await readJournal(run.journal);
  t.false(torn);
  t.is(records.filter(({ record }) => record === 'run').length, 1);
  t.is(records.filter(({ record }) => record === 'sample').length, document.samples.length);
  t.is(records.filter(({ record }) => record === 'runtime').length, 3, 'what was found of a runtime is said once');
});

test('in the middle of a benchmark those are warmed up again that are still to be visited', async (t) => {
  const run = await prepare(t);
  await run.go();
  await breakOff(run, 18);
  await run.goOn();
  const since = (await readJournal(run.journal)).records.slice(19);
  const warmed = since.flatMap((record) => (record.record === 'warm-up' ? [`${record.benchmark} ${record.runtime}`] : []));
  const first = since.find(({ record }) => record === 'sample');
  t.is(warmed.filter((each) => each.startsWith('startup')).length, 1, 'of the last round one visit was missing');
  t.true(first?.record === 'sample' && warmed[0] === `startup ${first.sample.runtime}`);
  t.is(warmed.filter((each) => each.startsWith('memory')).length, 3);
});

test('killed twice', async (t) => {
  const run = await prepare(t);
  const whole = await run.go();
  await breakOff(run, 9, 12);
  await run.goOn();
  await breakOff(run, 22, 1);
  const document = await run.goOn();
  t.deepEqual(visits(document), visits(whole));
  t.is(document.run.resumed?.length, 2);
});

test('an interrupted run goes on too, and is complete then', async (t) => {
  const controller = new AbortController();
  let seen = 0;
  const run = await prepare(t, SCRIPT, { ...OPTIONS, signal: controller.signal, on: (event) => void (event.type === 'sample-done' && ++seen === 9 && controller.abort()) });
  const interrupted = await run.go();
  t.is(interrupted.run.state, 'interrupted');
  t.true(interrupted.samples.length > 0 && interrupted.samples.length < 24);
  const document = await run.goOn();
  t.is(document.run.state, 'complete');
  t.is(document.samples.length, 24);
  t.like(document.run.resumed?.[0], { samples: interrupted.samples.length, tornBytes: 0 });
});

test('failed samples were taken, and are not taken again', async (t) => {
  const run = await prepare(t, { runtimes: [PROCESS, { ...CONTAINER, incidents: [{ start: 2, what: 'ends-early' }] }, VM] });
  const whole = await run.go();
  const at = (await linesOf(run)).findIndex((line) => line.includes('"outcome":"failed"'));
  t.true(at > 0);
  await breakOff(run, at + 3);
  const document = await run.goOn({ runtimes: fakeRuntimes(SCRIPT) });
  t.deepEqual(visits(document), visits(whole));
  t.is(document.samples.filter(({ outcome }) => outcome === 'failed').length, 1);
});

test('a runtime that was not possible when the run began stays out', async (t) => {
  const run = await prepare(t, { runtimes: [PROCESS, CONTAINER, { ...VM, prepareFails: { message: 'no QEMU', remedy: 'install it' } }] });
  const whole = await run.go();
  await breakOff(run, 12);
  const document = await run.goOn({ runtimes: fakeRuntimes(SCRIPT) });
  t.deepEqual(visits(document), visits(whole));
  t.false(document.samples.some(({ runtime }) => runtime === 'vm'));
});

test('a clock on the wall that was set back does not make anything happen before what has happened', async (t) => {
  const run = await prepare(t);
  await run.go();
  const lines = await linesOf(run);
  const later = new Date(Date.now() + 86_400_000).toISOString();
  await writeFile(run.journal, [lines[0]?.replace(/"startedAt":"[^"]+"/, `"startedAt":"${later}"`), ...lines.slice(1, 14)].join('\n') + '\n');
  const document = await run.goOn();
  const ats = document.samples.map(({ at }) => at);
  t.deepEqual(ats, [...ats].sort((a, b) => a - b));
  t.true((document.run.resumed?.[0]?.pausedMs ?? -1) >= 0);
});

test('a run that came to its end says so, and where its report is', async (t) => {
  const run = await prepare(t);
  await run.go();
  const error = await t.throwsAsync(run.goOn(), { instanceOf: TareError, message: /came to its end with 24 samples: nothing is missing/ });
  t.is(error.code, 'usage');
  t.is(error.remedy, `draw its report again: tare report ${run.result}`);
});

test('a run of which only the result could not be written gets it, and takes nothing', async (t) => {
  const run = await prepare(t);
  const whole = await run.go();
  await rm(run.result);
  const before = await readFile(run.journal, 'utf8');
  t.deepEqual(await run.goOn({ host: { ...fakeHost(), hostname: 'another' } }), whole);
  t.is(await readFile(run.journal, 'utf8'), before);
  t.true(existsSync(run.result));
});

test('two cannot go on at once', async (t) => {
  const run = await prepare(t);
  await run.go();
  await breakOff(run, 12);
  const { hold } = await openUnfinished(run.directory);
  await t.throwsAsync(run.goOn(), { instanceOf: TareError, message: /journal\.jsonl is being written by a run that still goes on/ });
  await hold.release();
  t.is((await run.goOn()).run.state, 'complete');
});

const REFUSED: readonly [what: string, changes: Parameters<FakeRun['goOn']>[0], words: RegExp][] = [
  ['another version of tare', { tare: { version: '9.9.9', commit: null } }, /version of tare: 0\.0\.0 when it began, 9\.9\.9 now/],
  ['another commit', { tare: { version: '0.0.0', commit: 'abc' } }, /commit of tare: none when it began, abc now/],
  ['another kernel', { host: { ...fakeHost(), os: { ...fakeHost().os, kernel: '6.2.0' } } }, /kernel: 6\.1\.0 when it began, 6\.2\.0 now/],
  ['another host', { host: { ...fakeHost(), hostname: 'elsewhere' } }, /host: scripted when it began, elsewhere now/],
  ['another processor and cgroup mode', { host: { ...fakeHost(), cgroup: 'v1', cpu: { ...fakeHost().cpu, brand: 'Faster' } } }, /processor: Scripted when it began, Faster now; cgroup mode: v2 when it began, v1 now/],
  ['another image', { image: { ...fakeImage(), digest: 'f'.repeat(64) } }, /image digest: \w+ when it began, f{64} now/],
  ['a virtual machine that is hardware now', { runtimes: fakeRuntimes({ runtimes: [PROCESS, CONTAINER, { ...VM, accelerator: 'kvm' }] }) }, /accelerator of vm was tcg when it began, and is kvm now/],
  ['another QEMU', { runtimes: fakeRuntimes({ runtimes: [PROCESS, CONTAINER, { ...VM, versions: { qemu: '10.0.0' } }] }) }, /qemu of vm was 7\.2\.22 when it began, and is 10\.0\.0 now/],
  ['a runtime that is gone', { runtimes: fakeRuntimes({ runtimes: [PROCESS, { ...CONTAINER, prepareFails: { message: 'no overlay', remedy: 'load it' } }, VM] }) }, /availability of container was measured when it began, and is not possible: no overlay now/],
];

for (const [what, changes, words] of REFUSED) {
  test(`${what}: refused with both values, and nothing is changed`, async (t) => {
    const run = await prepare(t);
    await run.go();
    await breakOff(run, 12, 20);
    const before = await readFile(run.journal, 'utf8');
    const error = await t.throwsAsync(run.goOn(changes), { instanceOf: TareError, message: words });
    t.is(error.code, 'host');
    t.not(error.remedy, '');
    t.is(await readFile(run.journal, 'utf8'), before);
    t.is((await run.goOn()).run.state, 'complete', 'and it can still go on where it belongs');
  });
}

test('a host of which memory, governor and disk are others goes on', async (t) => {
  const run = await prepare(t);
  await run.go();
  await breakOff(run, 12);
  const host = fakeHost();
  const { run: finished } = await run.goOn({ host: { ...host, hostname: null, memory: { ...host.memory, availableBytes: 1, totalBytes: host.memory.totalBytes - 4096 }, cpu: { ...host.cpu, governor: 'powersave' }, storage: { ...host.storage, device: '/dev/vdb' } } });
  t.is(finished.state, 'complete');
});

for (const [what, damage, words] of [
  ['of another plan', (lines: string[]) => lines.map((line) => line.replace('"seed":"seed"', '"seed":"other"')), /journal\.jsonl is of another plan: it was begun for 24 samples in the order \w{12}, and its options give 24 samples in the order \w{12}/],
  ['with a sample twice', (lines: string[]) => [...lines.slice(0, 9), lines[8] ?? '', ...lines.slice(9)], /journal\.jsonl:10: startup of \w+ in round 0 is there a second time/],
  ['without one in the middle', (lines: string[]) => lines.filter((_, index) => index !== 9), /journal\.jsonl:10: startup of \w+ in round \d is numbered 3 and stands in place 2/],
  ['with a sample of nobody', (lines: string[]) => lines.map((line, index) => (index === 9 ? line.replace('"round":0', '"round":77') : line)), /journal\.jsonl:10: startup of \w+ in round 77 is not in the plan/],
  ['of an older tare', (lines: string[]) => lines.map((line, index) => (index === 0 ? line.replace(/,"plan":\{.*?"digest":"\w+"\}/, '') : line)), /does not say whom its plan visits/],
  ['with a torn line in its middle', (lines: string[]) => lines.map((line, index) => (index === 10 ? line.slice(0, 40) : line)), /journal\.jsonl:11: /],
] as const) {
  test(`a journal ${what}: refused`, async (t) => {
    const run = await prepare(t);
    await run.go();
    await breakOff(run, 14);
    await writeFile(run.journal, damage(await linesOf(run)).map((line) => `${line}\n`).join(''));
    const before = await readFile(run.journal, 'utf8');
    const error = await t.throwsAsync(run.goOn(), { instanceOf: TareError, message: words });
    t.is(error.code, 'bad-file');
    t.is(await readFile(run.journal, 'utf8'), before);
  });
}

test('a tail of zeros, as some file systems leave it after a power cut, is a torn line', async (t) => {
  const run = await prepare(t);
  const whole = await run.go();
  await breakOff(run, 12);
  await appendFile(run.journal, Buffer.alloc(300));
  const document = await run.goOn();
  t.deepEqual(visits(document), visits(whole));
  t.is(document.run.resumed?.[0]?.tornBytes, 300);
});

test('what the harness takes between two visits is recorded', async (t) => {
  const { run } = await (await prepare(t)).go();
  t.is(run.harness?.visits, 29, '30 visits have 29 gaps');
  t.true((run.harness?.betweenMs ?? -1) > 0);
});
