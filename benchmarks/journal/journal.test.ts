import { execFile } from 'node:child_process';
import { appendFile, mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { TareError } from '../../runtime/errors.ts';
import { ladder } from '../../runtime/fake/ladder.ts';
import { fakeRun, type FakeRun } from '../fake-run.ts';
import { readResult } from '../result/read.ts';
import { resultDocument } from '../result/schema.ts';
import { readJournal } from './read.ts';
import { JournalWriter } from './write.ts';

async function measured(t: ExecutionContext): Promise<FakeRun> {
  const run = await fakeRun(ladder(), (done) => t.teardown(done));
  await run.go();
  return run;
}

test('a torn last line is recognised and left out; what is whole stays', async (t) => {
  const run = await measured(t);
  const whole = await readJournal(run.journal);
  const { size } = await stat(run.journal);
  t.is(whole.wholeBytes, size);
  await truncate(run.journal, size - 10);
  const torn = await readJournal(run.journal);
  t.true(torn.torn);
  t.deepEqual(torn.records, whole.records.slice(0, -1));
  await truncate(run.journal, torn.wholeBytes);
  t.false((await readJournal(run.journal)).torn);
});

test('a run that was killed is an interrupted one, up to its last whole line', async (t) => {
  const run = await measured(t);
  const lines = (await readFile(run.journal, 'utf8')).split('\n');
  // Without the end, and cut in the middle of a sample.
  await writeFile(run.journal, `${lines.slice(0, 40).join('\n')}\n${lines[40]?.slice(0, 30)}`);
  const document = await readResult(run.journal);
  t.is(document.run.state, 'interrupted');
  const samples = lines.slice(0, 40).filter((line) => line.startsWith('{"record":"sample"')).length;
  t.true(samples > 0);
  t.is(document.samples.length, samples);
  t.true(document.run.durationMs === document.samples.at(-1)?.at);
  t.notThrows(() => resultDocument.parse(document));
});

test('a line damaged in the middle is an error that names it', async (t) => {
  const run = await measured(t);
  const lines = (await readFile(run.journal, 'utf8')).split('\n');
  await writeFile(run.journal, lines.map((line, index) => (index === 8 ? line.slice(0, 30) : line)).join('\n'));
  const error = await t.throwsAsync(readJournal(run.journal), { instanceOf: TareError, message: /journal\.jsonl:9: / });
  t.is(error.code, 'bad-file');
  await writeFile(run.journal, lines.map((line, index) => (index === 8 ? '{"record":"sample"}' : line)).join('\n'));
  await t.throwsAsync(readJournal(run.journal), { instanceOf: TareError, message: /journal\.jsonl:9 is no record/ });
});

test('a journal without its first line, of a newer version, or that is none at all', async (t) => {
  const run = await measured(t);
  const lines = (await readFile(run.journal, 'utf8')).split('\n');
  await writeFile(run.journal, lines.slice(1).join('\n'));
  await t.throwsAsync(readJournal(run.journal), { instanceOf: TareError, message: /no journal of a run/ });
  await writeFile(run.journal, lines[0]?.replace('"schemaVersion":1', '"schemaVersion":9').concat('\n') ?? '');
  const newer = await t.throwsAsync(readJournal(run.journal), { instanceOf: TareError, message: /version 9; .* up to version 1/ });
  t.is(newer.code, 'newer-schema');
  await writeFile(run.journal, '');
  await t.throwsAsync(readJournal(run.journal), { instanceOf: TareError, message: /no journal of a run/ });
  const missing = await t.throwsAsync(readJournal(`${run.journal}.gone`), { instanceOf: TareError });
  t.is(missing.code, 'missing-file');
});

test('a record is on the disk when append resolves, and an existing journal is never written to', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'tare-journal-'));
  t.teardown(() => rm(directory, { recursive: true }));
  const path = join(directory, 'journal.jsonl');
  const journal = await JournalWriter.create(path);
  t.teardown(() => journal.close());
  await journal.append({ record: 'warning', warning: { id: 'a', symptom: 'b', cause: 'c', remedy: 'd' } });
  t.is(await readFile(path, 'utf8'), '{"record":"warning","warning":{"id":"a","symptom":"b","cause":"c","remedy":"d"}}\n');
  await appendFile(path, '');
  await t.throwsAsync(JournalWriter.create(path), { instanceOf: TareError, message: /another run/ });
});

test('after a line that could not be written no other is begun: it would be lost behind a torn one', async (t) => {
  const journal = await JournalWriter.reopen('/dev/full', { release: async () => undefined });
  t.teardown(() => journal.close());
  const warning = { record: 'warning', warning: { id: 'a', symptom: 'b', cause: 'c', remedy: 'd' } } as const;
  const first = await t.throwsAsync(journal.append(warning), { instanceOf: TareError, message: /the disk is full: \/dev\/full/ });
  t.is(await t.throwsAsync(journal.append(warning)), first);
});

const isRoot = process.getuid?.() === 0;
const rootTest = isRoot ? test : test.skip;

rootTest(`a full disk ends the run and keeps what there was${isRoot ? '' : ' (skipped: needs root to mount a small tmpfs)'}`, async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'tare-full-disk-'));
  t.teardown(() => rm(directory, { recursive: true }));
  const module = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);
  const script = `
    import { planRun, runBench } from ${module('../run.ts')};
    import { readJournal } from ${module('./read.ts')};
    import { fakeRuntimes } from ${module('../../runtime/fake/runtime.ts')};
    import { ladder } from ${module('../../runtime/fake/ladder.ts')};
    import { fakeImage } from ${module('../../runtime/fake/image.ts')};
    import { fakeHost } from ${module('../../runtime/fake/host.ts')};
    const runtimes = fakeRuntimes(ladder());
    const error = await runBench({
      plan: planRun({ runtimes: runtimes.map(({ name, kind }) => ({ id: name, kind })), samples: 500, gapMs: 0, settleMs: 0 }),
      runtimes, image: fakeImage(), host: fakeHost(), tare: { version: '0', commit: null }, command: [],
      outDirectory: process.argv[1], signal: new AbortController().signal, on: () => {},
    }).then(() => null, (error) => error);
    const { records, torn } = await readJournal(process.argv[1] + '/journal.jsonl');
    console.log(JSON.stringify({
      code: error?.code, message: error?.message, remedy: error?.remedy, torn,
      samples: records.filter(({ record }) => record === 'sample').length,
      closed: runtimes.every(({ boxes }) => boxes.every((box) => box.closed)),
    }));`;
  // The mount lives and dies with a mount namespace of its own.
  const { stdout } = await promisify(execFile)(
    'unshare',
    ['--mount', 'sh', '-ec', 'mount -t tmpfs -o size=64k none "$0"; exec "$1" --import tsx --input-type=module -e "$2" "$0"/run', directory, process.execPath, script],
    { cwd: fileURLToPath(new URL('../..', import.meta.url)) },
  );
  const outcome = JSON.parse(stdout) as { code: string; message: string; remedy: string; samples: number; closed: boolean };
  t.is(outcome.code, 'no-space');
  t.regex(outcome.message, /the disk is full: .*journal\.jsonl/);
  t.regex(outcome.remedy, /--out/);
  t.true(outcome.samples > 20, `${outcome.samples}`);
  t.true(outcome.closed);
});
