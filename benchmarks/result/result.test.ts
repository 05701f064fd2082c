import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { TareError, type ErrorCode } from '../../runtime/errors.ts';
import { ladder } from '../../runtime/fake/ladder.ts';
import { fakeRun } from '../fake-run.ts';
import { jsonSchema } from './json-schema.ts';
import { parseResult, readResult } from './read.ts';
import type { ResultDocument } from './schema.ts';
import { writeResult } from './write.ts';

async function document(t: ExecutionContext): Promise<ResultDocument> {
  return (await fakeRun(ladder(), (done) => t.teardown(done), { samples: 2, aa: true })).go();
}

async function scratch(t: ExecutionContext): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tare-result-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

test('a document is written whole under its name, and read back equal', async (t) => {
  const path = join(await scratch(t), 'result.json');
  const good = await document(t);
  await writeResult(path, good);
  t.deepEqual(await readResult(path), good);
  t.deepEqual(await readdir(join(path, '..')), ['result.json'], 'no temporary file stays');
});

test('what the schema refuses is not written, and an older file stays as it was', async (t) => {
  const path = join(await scratch(t), 'result.json');
  await writeFile(path, 'older');
  const bad = { ...(await document(t)), samples: [{ outcome: 'ok' }] } as unknown as ResultDocument;
  await t.throwsAsync(writeResult(path, bad));
  t.is(await readFile(path, 'utf8'), 'older');
  t.deepEqual(await readdir(join(path, '..')), ['result.json']);
});

test('a directory that is not there is an error with a remedy', async (t) => {
  const error = await t.throwsAsync(writeResult(join(await scratch(t), 'gone', 'result.json'), await document(t)), { instanceOf: TareError, message: /gone\/result.json could not be written/ });
  t.regex(error.remedy, /--out/);
});

test('files that are no result: what is wrong, where, and what to do', async (t) => {
  const text = JSON.stringify(await document(t), null, 1);
  const cases: readonly [what: string, text: string, code: ErrorCode, message: RegExp][] = [
    ['half-written', text.slice(0, text.length / 2), 'bad-file', /only half there: its JSON ends in the middle, after \d+ characters/],
    ['cut within a string', text.slice(0, text.indexOf('tare-result') + 4), 'bad-file', /only half there/],
    ['empty', ' \n', 'bad-file', /is empty/],
    ['broken', text.replace('"schemaVersion": 1,', '"schemaVersion": 1;'), 'bad-file', /FILE:3:20: this is no JSON/],
    ['no JSON', 'benchmark,metric\n', 'bad-file', /FILE:1:1: this is no JSON/],
    ['another format', '{"format":"hyperfine"}', 'bad-file', /does not say "format": "tare-result"/],
    ['a list', '[]', 'bad-file', /does not say "format"/],
    ['newer', text.replace('"schemaVersion": 1', '"schemaVersion": 12'), 'newer-schema', /schema version 12; this tare reads up to version 1/],
    ['changed', text.replace('"state": "complete"', '"state": "perfect"'), 'bad-file', /no valid result[\s\S]*run\.state/],
    ['with a key too many', text.replace('"format"', '"extra": 1, "format"'), 'bad-file', /extra/],
  ];
  for (const [what, damaged, code, message] of cases) {
    const error = t.throws(() => parseResult(damaged, 'FILE'), { instanceOf: TareError, message }, what);
    t.is(error?.code, code, what);
    t.not(error?.remedy, '', what);
  }
});

test('a path that cannot be read: missing, a directory', async (t) => {
  const directory = await scratch(t);
  const missing = await t.throwsAsync(readResult(join(directory, 'nothing.json')), { instanceOf: TareError, message: /no file .*nothing\.json/ });
  t.is(missing.code, 'missing-file');
  const folder = await t.throwsAsync(readResult(directory), { instanceOf: TareError, message: /is a directory/ });
  t.true(folder.remedy.endsWith('/result.json'));
});

test('the published schema is JSON Schema and names every part of a document', async (t) => {
  const schema = jsonSchema();
  t.is(schema['$schema'], 'https://json-schema.org/draft/2020-12/schema');
  t.deepEqual(Object.keys(schema['properties'] as object).sort(), Object.keys(await document(t)).sort());
  t.is(schema['additionalProperties'], false);
});
