/** The harness as a whole, through scripted runtimes: no root, no containers, no waiting. */
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import test, { type ExecutionContext } from 'ava';
import { TareError } from '../runtime/errors.ts';
import { ladder } from '../runtime/fake/ladder.ts';
import type { FakeScriptInput } from '../runtime/fake/script.ts';
import { fakeRun, type FakeRun, type FakeRunOptions } from './fake-run.ts';
import { readJournal } from './journal/read.ts';
import { buildResult } from './result/build.ts';
import { readResult } from './result/read.ts';
import { resultDocument, type Sample } from './result/schema.ts';
import { timelineOf } from './result/timeline.ts';

type RuntimeInput = FakeScriptInput['runtimes'][number];
type Incidents = NonNullable<RuntimeInput['incidents']>;

function prepare(t: ExecutionContext, script: FakeScriptInput, options?: FakeRunOptions): Promise<FakeRun> {
  return fakeRun(script, (done) => t.teardown(done), { benchmarks: ['startup', 'memory', 'disk'], ...options });
}

/** A process beside a container to which something happens. */
function pair(incidents: Incidents, more: Partial<RuntimeInput> = {}): FakeScriptInput {
  return { runtimes: [{ name: 'process', kind: 'process', readyMs: 1 }, { name: 'container', kind: 'container', readyMs: 10, incidents, ...more }] };
}

function of(samples: readonly Sample[], runtime: string): Sample[] {
  return samples.filter((sample) => sample.runtime === runtime);
}

function reasons(samples: readonly Sample[]): string[] {
  return samples.map((sample) => (sample.outcome === 'failed' ? sample.failure.reason : 'ok'));
}

test('a run yields a document that its schema accepts, and the file holds the same', async (t) => {
  const run = await prepare(t, ladder());
  const document = await run.go();
  t.deepEqual(resultDocument.parse(document), document);
  t.deepEqual(await readResult(run.result), document);
  t.is(document.run.state, 'complete');
  t.is(document.samples.length, 3 * 4 * 6);
  t.deepEqual((await readdir(run.directory)).sort(), ['journal.jsonl', 'result.json']);
  t.true(run.runtimes.every(({ boxes }) => boxes.length === 1 && boxes.every(({ closed }) => closed)));
});

test('samples are interleaved in the planned order and numbered as they were taken', async (t) => {
  const document = await (await prepare(t, ladder(), { benchmarks: ['startup'] })).go();
  const rounds = Array.from({ length: 6 }, (_, round) => document.samples.filter((sample) => sample.round === round));
  for (const round of rounds) {
    t.deepEqual(round.map(({ order }) => order), [0, 1, 2, 3]);
    t.is(new Set(round.map(({ runtime }) => runtime)).size, 4);
  }
  t.deepEqual(document.samples.map(({ index }) => index), document.samples.map((_, index) => index));
  t.deepEqual(document.samples.map(({ round }) => round), [...document.samples.map(({ round }) => round)].sort((a, b) => a - b));
  const ats = document.samples.map(({ at }) => at);
  t.deepEqual(ats, [...ats].sort((a, b) => a - b));
});

test('equal seeds visit in equal order and draw equal intervals', async (t) => {
  const [one, two, other] = await Promise.all(['s', 's', 'z'].map(async (seed) => (await prepare(t, ladder(), { seed })).go()));
  const visits = (document: typeof one): string[] => document?.samples.map(({ runtime }) => runtime) ?? [];
  t.deepEqual(visits(one), visits(two));
  t.notDeepEqual(visits(one), visits(other));
  t.deepEqual(one?.statistics, two?.statistics);
  t.deepEqual(one?.comparisons, two?.comparisons);
});

test('start-up is timed by the stamps, not by this process’s clock', async (t) => {
  const document = await (await prepare(t, pair([]), { benchmarks: ['startup'] })).go();
  for (const sample of of(document.samples, 'container')) {
    t.like(sample, { outcome: 'ok', values: { ready: 10, lifecycle: 10.2 } });
    t.deepEqual(timelineOf(document, sample), [{ label: 'received', ms: 0 }, { label: 'ready', ms: 10 }, { label: 'exited', ms: 10.1 }, { label: 'cleaned', ms: 10.2 }]);
  }
});

test('memory and disk are what the box says, with support apart from the box', async (t) => {
  const memory = { pssBytes: 5, cgroupBytes: 11, anonymousBytes: 7, fileBytes: 3, kernelBytes: 1, counterBytes: 12 };
  const disk = [
    { name: 'kernel', storey: 'guest-kernel' as const, lengthBytes: 100, allocatedBytes: 90, shared: true },
    { name: 'overlay', storey: 'app' as const, lengthBytes: 20, allocatedBytes: 30, shared: false },
    { name: 'qemu', storey: 'hypervisor' as const, lengthBytes: 1000, allocatedBytes: 1024, shared: true },
  ];
  const document = await (await prepare(t, pair([], { memory, disk }), { benchmarks: ['memory', 'disk'], samples: 1 })).go();
  const values = of(document.samples, 'container').map((sample) => (sample.outcome === 'ok' ? sample.values : null));
  t.deepEqual(values[0], { pss: 5, rss: 5, vsz: 5, cgroup: 11, anonymous: 7, file: 3, kernel: 1, counter: 12, helpers: 0, daemons: 0 });
  t.deepEqual(values[1], { allocated: 120, length: 120, shared: 90, unique: 30, support: 1024 });
});

test('an idle instance is started for memory and stopped afterwards', async (t) => {
  const run = await prepare(t, pair([]), { benchmarks: ['memory'], samples: 2 });
  await run.go();
  const instances = run.runtimes.flatMap(({ boxes }) => boxes.flatMap((box) => box.instances));
  t.is(instances.length, 2 * 3, 'a warm-up visit and two samples each');
  t.true(instances.every(({ timeline }) => timeline.cleaned !== null));
});

for (const [what, reason] of [
  ['step-fails', 'step'],
  ['ends-early', 'ended'],
  ['hangs', 'deadline'],
  ['freezes', 'deadline'],
  ['stays', 'deadline'],
  ['start-hangs', 'deadline'],
  ['clock-backwards', 'measurement'],
  ['no-stamp', 'measurement'],
] as const) {
  test(`a start that ${what} is recorded as failed (${reason}) and the run goes on`, async (t) => {
    const run = await prepare(t, pair([{ start: 3, what }]), { benchmarks: ['startup'] });
    const document = await run.go();
    // Start 0 was the warm-up, so the third sample failed.
    t.deepEqual(reasons(of(document.samples, 'container')), ['ok', 'ok', reason, 'ok', 'ok', 'ok']);
    t.deepEqual(reasons(of(document.samples, 'process')), Array(6).fill('ok'));
    const statistic = document.statistics.find(({ metric, runtime }) => metric === 'startup.ready' && runtime === 'container');
    t.like(statistic, { n: 5, failed: 1, summary: { median: 10 } });
    t.true(document.warnings.some(({ id, symptom }) => id === 'failed-samples' && symptom.includes('1 of 6 samples of container')));
    t.true(run.runtimes.every(({ boxes }) => boxes.every((box) => box.instances.every(({ timeline }) => timeline.cleaned !== null))), 'nothing still runs');
    t.notThrows(() => resultDocument.parse(document));
  });
}

test('memory that cannot be read is a failed sample with what to do', async (t) => {
  const document = await (await prepare(t, pair([{ what: 'memory-unreadable' }]), { benchmarks: ['memory'] })).go();
  t.deepEqual(reasons(of(document.samples, 'container')), Array(6).fill('host'));
  const pss = document.statistics.find(({ metric, runtime }) => metric === 'memory.pss' && runtime === 'container');
  t.like(pss, { n: 0, failed: 6, summary: null });
  t.false(document.comparisons.some(({ runtime }) => runtime === 'container'));
});

test('what an instance leaves behind is in its sample, and is told at once and at the end', async (t) => {
  const run = await prepare(t, pair([{ every: 2, what: 'leaves-something' }]), { benchmarks: ['startup'] });
  const document = await run.go();
  t.is(of(document.samples, 'container').filter(({ leftovers }) => leftovers?.[0]?.includes('EBUSY')).length, 3);
  t.is(document.warnings.filter(({ id, remedy }) => id === 'leftovers' && remedy === 'tare clean').length, 1);
  const told = run.events.findIndex((event) => event.type === 'warning' && event.warning.id === 'leftovers');
  t.true(told >= 0 && told < run.events.findIndex((event) => event.type === 'benchmark-done'));
});

test('warm-up visits are journalled, are no samples, and their failure is a warning', async (t) => {
  const run = await prepare(t, pair([{ start: 0, what: 'ends-early' }]), { benchmarks: ['startup'] });
  const document = await run.go();
  t.deepEqual(reasons(document.samples), Array(12).fill('ok'));
  t.true(document.warnings.some(({ id, symptom }) => id === 'failed-warm-up' && symptom.includes('container')));
  const { records } = await readJournal(run.journal);
  t.is(records.filter(({ record }) => record === 'warm-up').length, 2);
});

test('a runtime that cannot be prepared is left out with the reason; the others are measured', async (t) => {
  const script = ladder();
  const [process, container, floor, micro] = script.runtimes as [RuntimeInput, RuntimeInput, RuntimeInput, RuntimeInput];
  const run = await prepare(t, {
    runtimes: [
      process,
      { ...container, prepareFails: { message: 'overlay is not mountable', remedy: 'load the overlay module' } },
      { ...floor, availability: { state: 'unavailable', reason: 'qemu-system-x86_64 is not installed', remedy: 'apt-get install qemu-system-x86' } },
      micro,
    ],
  });
  const document = await run.go();
  t.deepEqual(document.runtimes.map(({ id, state }) => [id, state.state]), [['process', 'measured'], ['container', 'unavailable'], ['vm-floor', 'unavailable'], ['vm-micro', 'measured']]);
  t.deepEqual([...new Set(document.samples.map(({ runtime }) => runtime))].sort(), ['process', 'vm-micro']);
  t.deepEqual([...new Set(document.samples.map(({ order }) => order))].sort(), [0, 1]);
  t.like(document.runtimes[1], { state: { reason: 'overlay is not mountable', remedy: 'load the overlay module' } });
  t.is(document.warnings.filter(({ id }) => id === 'unavailable').length, 2);
  t.false(document.statistics.some(({ runtime }) => runtime === 'container'));
  const last = run.events.at(-1);
  t.true(last?.type === 'run-done' && last.progress.done === last.progress.total);
});

test('no runtime at all: an error with every reason, and nothing is left', async (t) => {
  const run = await prepare(t, { runtimes: [{ name: 'vm', kind: 'vm', readyMs: 1, prepareFails: { message: 'no guest kernel', remedy: 'make setup' } }] });
  const error = await t.throwsAsync(run.go(), { instanceOf: TareError, message: /vm: no guest kernel/ });
  t.is(error.remedy, 'make setup');
  t.false(existsSync(run.directory));
});

test('a directory with another run’s journal is not touched', async (t) => {
  const run = await prepare(t, pair([]));
  await mkdir(run.directory);
  await writeFile(run.journal, 'precious\n');
  const error = await t.throwsAsync(run.go(), { instanceOf: TareError, message: /journal.jsonl holds the samples of another run/ });
  t.is(error.code, 'usage');
  t.is(await readFile(run.journal, 'utf8'), 'precious\n');
  t.deepEqual(await readdir(run.directory), ['journal.jsonl']);
});

test('an interrupt stops the instance at work, keeps what was measured, and says so', async (t) => {
  const controller = new AbortController();
  const run = await prepare(t, pair([{ start: 4, what: 'freezes' }]), {
    benchmarks: ['startup'],
    deadlineMs: 60_000,
    signal: controller.signal,
    on: (event) => {
      if (event.type === 'sample-start' && event.visit.runtime === 'container' && event.visit.round === 3 && !event.visit.warmup) setTimeout(() => controller.abort(), 5);
    },
  });
  const document = await run.go();
  t.is(document.run.state, 'interrupted');
  t.deepEqual(reasons(of(document.samples, 'container')), ['ok', 'ok', 'ok'], 'the sample in flight is neither good nor failed');
  t.true(run.runtimes.every(({ boxes }) => boxes.every(({ closed, instances }) => closed && instances.every(({ timeline }) => timeline.cleaned !== null))));
  t.deepEqual(await readResult(run.result), document);
  t.true(existsSync(run.journal));
  t.true(run.events.some(({ type }) => type === 'interrupted'));
  t.like(run.events.at(-1), { type: 'run-done', state: 'interrupted' });
});

test('a start that hangs does not hold up an interrupt', async (t) => {
  const controller = new AbortController();
  const run = await prepare(t, pair([{ what: 'start-hangs' }]), {
    benchmarks: ['startup'],
    warmupRounds: 0,
    deadlineMs: 600_000,
    signal: controller.signal,
    on: (event) => void (event.type === 'sample-start' && event.visit.runtime === 'container' && setTimeout(() => controller.abort(), 5)),
  });
  t.is((await run.go()).run.state, 'interrupted');
});

test('a settling time that an interrupt cuts short yields no sample', async (t) => {
  const controller = new AbortController();
  const run = await prepare(t, pair([]), { benchmarks: ['memory'], settleMs: 60_000, warmupRounds: 0, signal: controller.signal, on: (event) => void (event.type === 'sample-start' && setTimeout(() => controller.abort(), 5)) });
  const document = await run.go();
  t.is(document.run.state, 'interrupted');
  t.deepEqual(document.samples, []);
  t.notThrows(() => resultDocument.parse(document));
});

test('interrupted before it began: a document without samples', async (t) => {
  const document = await (await prepare(t, ladder(), { signal: AbortSignal.abort() })).go();
  t.is(document.run.state, 'interrupted');
  t.deepEqual([document.samples.length, document.runtimes.length, document.statistics.length], [0, 0, 0]);
  t.notThrows(() => resultDocument.parse(document));
});

test('events count every sample, and the remaining time falls to nothing', async (t) => {
  const run = await prepare(t, ladder());
  await run.go();
  const done = run.events.flatMap((event) => (event.type === 'sample-done' && !event.visit.warmup ? [event.progress] : []));
  t.deepEqual(done.map((progress) => progress.done), Array.from({ length: 72 }, (_, index) => index + 1));
  t.true(done.every(({ total, remainingMs }) => total === 72 && remainingMs >= 0));
  t.is(done.at(-1)?.remainingMs, 0);
  t.deepEqual(run.events.flatMap((event) => (event.type === 'benchmark-start' ? [event.benchmark] : [])), ['startup', 'memory', 'disk']);
});

test('emulation is in the runtimes, statistics, comparisons and warnings', async (t) => {
  const document = await (await prepare(t, ladder())).go();
  t.deepEqual(document.runtimes.filter(({ emulated }) => emulated).map(({ id }) => id), ['vm-floor', 'vm-micro']);
  t.true(document.statistics.every(({ runtime, emulated }) => emulated === runtime.startsWith('vm')));
  t.true(document.comparisons.every(({ runtime, emulated }) => emulated === runtime.startsWith('vm')));
  const warning = document.warnings.find(({ id }) => id === 'emulated');
  t.regex(warning?.cause ?? '', /no final mark within 1 s/);
  t.deepEqual(document.runtimes[3]?.command.slice(0, 3), ['qemu-system-x86_64', '-machine', 'microvm']);
  t.deepEqual(document.runtimes[1]?.command, []);
});

test('each runtime is compared with the process, each virtual machine with the container too', async (t) => {
  const document = await (await prepare(t, ladder())).go();
  const pairs = document.comparisons.filter(({ metric }) => metric === 'startup.ready').map(({ runtime, baseline }) => `${runtime}/${baseline}`);
  t.deepEqual(pairs, ['container/process', 'vm-floor/process', 'vm-floor/container', 'vm-micro/process', 'vm-micro/container']);
  const ratio = document.comparisons.find(({ metric, runtime, baseline }) => metric === 'startup.ready' && runtime === 'vm-micro' && baseline === 'container')?.ratio;
  t.true(ratio !== null && ratio !== undefined && ratio.low !== null && ratio.high !== null && ratio.low <= ratio.value && ratio.value <= ratio.high);
  for (const { id } of document.metrics.filter(({ primary }) => primary)) t.true(document.comparisons.some(({ metric }) => metric === id), id);
});

test('one runtime under two names is measured as two', async (t) => {
  const run = await prepare(t, pair([]), { runtimes: [{ id: 'process', kind: 'process' }, { id: 'process-b', runtime: 'process', kind: 'process' }], benchmarks: ['startup'] });
  const document = await run.go();
  t.deepEqual(document.runtimes.map(({ id, runtime }) => [id, runtime]), [['process', 'process'], ['process-b', 'process']]);
  t.is(of(document.samples, 'process-b').length, 6);
  t.deepEqual(document.comparisons.filter(({ metric }) => metric === 'startup.ready').map(({ runtime, baseline }) => `${runtime}/${baseline}`), ['process-b/process']);
});

test('a noisy machine becomes warnings', async (t) => {
  const request = { conditions: { loadAverage1: 3.2, swapUsedBytes: 5 * 2 ** 20 } };
  const run = await prepare(t, pair([]), { request, samples: 3 });
  const document = await run.go();
  const ids = document.warnings.map(({ id }) => id);
  t.true(ids.includes('load') && ids.includes('swap'), ids.join());
  t.true(document.warnings.every(({ symptom, cause, remedy }) => symptom !== '' && cause !== '' && remedy !== ''));
});

test('series too short for an interval share one warning; equal sizes need none', async (t) => {
  const document = await (await prepare(t, ladder(), { samples: 2 })).go();
  const few = document.warnings.filter(({ id }) => id === 'few-samples');
  t.is(few.length, 1);
  t.regex(few[0]?.symptom ?? '', /startup\.ready of process \(2\)/);
  t.notRegex(few[0]?.symptom ?? '', /disk/);
});

test('the document can be built again from the journal alone', async (t) => {
  const run = await prepare(t, ladder());
  const document = await run.go();
  const { records, torn } = await readJournal(run.journal);
  t.false(torn);
  t.deepEqual(buildResult(records), document);
  t.deepEqual(await readResult(run.journal), document);
});

test('every result names metrics whose paragraph the methodology has', async (t) => {
  const { metrics } = await (await prepare(t, pair([]), { samples: 1 })).go();
  const methodology = await readFile(new URL('../docs/methodology.md', import.meta.url), 'utf8');
  for (const { anchor, definition } of metrics) {
    t.true(methodology.includes(`<a id="${anchor}"></a>`), `docs/methodology.md has no anchor ${anchor}`);
    t.not(definition, '');
  }
});
