import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { TareError } from '../../runtime/errors.ts';
import { ladder } from '../../runtime/fake/ladder.ts';
import { fakeRun } from '../fake-run.ts';
import { parseResult } from './read.ts';
import type { ResultDocument, Sample } from './schema.ts';
import { TimelineLabels, timelineOf } from './timeline.ts';
import { writeResult } from './write.ts';

async function document(t: ExecutionContext): Promise<ResultDocument> {
  return (await fakeRun(ladder(), (done) => t.teardown(done), { samples: 3 })).go();
}

/** As it was written before labels were listed: each step of each sample with its label. */
function longhand(from: ResultDocument): ResultDocument {
  const longer = { ...from, samples: from.samples.map((sample) => (sample.timeline === undefined ? sample : { ...sample, timeline: timelineOf(from, sample) })) };
  delete longer.timelineLabels;
  return longer;
}

test('labels are listed once, and every sample still has its steps', async (t) => {
  const result = await document(t);
  const lists = result.timelineLabels ?? [];
  t.true(lists.length > 0 && lists.length <= result.runtimes.length * 2, `${lists.length}`);
  t.is(new Set(lists.map((labels) => JSON.stringify(labels))).size, lists.length);
  const container = result.samples.find(({ benchmark, runtime }) => benchmark === 'startup' && runtime === 'container');
  if (container === undefined) throw new Error('the container was started');
  const steps = timelineOf(result, container) ?? [];
  t.deepEqual(steps.map(({ label }) => label), ['received', 'cgroup memory', 'clone', 'mount /', 'exec', 'ready', 'exited', 'cleaned']);
  t.is(steps.find(({ label }) => label === 'ready')?.ms, container.outcome === 'ok' ? container.values['ready'] : undefined);
});

test('a document of the older form is read to the same', async (t) => {
  const result = await document(t);
  const older = longhand(result);
  t.true(JSON.stringify(older).length > JSON.stringify(result).length);
  t.deepEqual(parseResult(JSON.stringify(older), 'FILE'), result);
});

test('a timeline whose labels are not there, or not as many, is refused with its place', async (t) => {
  const result = await document(t);
  const at = result.samples.findIndex(({ timeline }) => timeline !== undefined);
  const spoilt = (timeline: Sample['timeline']): string => JSON.stringify({ ...result, samples: result.samples.map((sample, index) => (index === at ? { ...sample, timeline } : sample)) });
  for (const [timeline, message] of [
    [{ labels: 99, ms: [1] }, /there is no list 99/],
    [{ labels: 0, ms: [1] }, /1 steps, and \d+ labels/],
    [{ labels: -1, ms: [1] }, new RegExp(`samples\\[${at}\\]`)],
  ] as const) {
    const error = t.throws(() => parseResult(spoilt(timeline as unknown as Sample['timeline']), 'FILE'), { instanceOf: TareError, message });
    t.regex(error?.message ?? '', new RegExp(`samples\\[${at}\\]`));
  }
});

test('each sample has a line of its own in the file', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'tare-timeline-'));
  t.teardown(() => rm(directory, { recursive: true }));
  const result = await document(t);
  const path = join(directory, 'result.json');
  await writeResult(path, result);
  const lines = (await readFile(path, 'utf8')).split('\n').filter((line) => line.startsWith('  {"index":'));
  t.deepEqual(lines.map((line) => JSON.parse(line.replace(/,$/, '')) as Sample), result.samples);
  await writeResult(path, { ...result, samples: [] });
  t.deepEqual(parseResult(await readFile(path, 'utf8'), 'FILE').samples, []);
});

test('a list is found again by what is in it', (t) => {
  const labels = new TimelineLabels([['a', 'b']]);
  const sample = (...names: string[]): Sample => ({ index: 0, benchmark: 'startup', runtime: 'x', round: 0, order: 0, at: 0, outcome: 'ok', values: {}, timeline: names.map((label, ms) => ({ label, ms })) });
  t.deepEqual(labels.compact(sample('a', 'b')).timeline, { labels: 0, ms: [0, 1] });
  t.deepEqual(labels.compact(sample('a,b')).timeline, { labels: 1, ms: [0] });
  t.deepEqual(labels.compact(sample('b', 'a')).timeline, { labels: 2, ms: [0, 1] });
  const compacted = labels.compact(sample('a', 'b'));
  t.is(labels.compact(compacted), compacted);
});
