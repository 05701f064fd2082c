import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { TareError } from '../../runtime/errors.ts';
import { findConfiguredRun, type ConfigRequest } from './find.ts';

async function place(t: ExecutionContext, files: Readonly<Record<string, string>>): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'tare-config-'));
  t.teardown(() => rm(directory, { recursive: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(directory, name), text);
  return directory;
}

async function find(t: ExecutionContext, text: string, request: Partial<ConfigRequest> = {}): ReturnType<typeof findConfiguredRun> {
  return findConfiguredRun({ directory: await place(t, { 'tare.config.json': text }), ...request });
}

const TWO = `{
  "runs": {
    "nightly": { "profile": "standard", "samples": { "startup": 100 }, "runtimes": ["process", "container"] },
    "weekly": { "profile": "thorough",
      "memory": "512M" }
  }
}`;

test('a run is found by its name, with the position of each option', async (t) => {
  const found = await find(t, TWO, { run: 'weekly' });
  t.deepEqual(found?.values, { profile: 'thorough', memory: '512M' });
  t.regex(found?.place('memory') ?? '', /tare\.config\.json:5:7$/);
  t.regex(found?.place('profile') ?? '', /tare\.config\.json:4:17$/);
  t.regex(found?.from ?? '', /tare\.config\.json, run weekly$/);
});

test('the only run, or the one that the file says, needs no name', async (t) => {
  t.deepEqual((await find(t, '{"runs": {"a": {"gap": 3}}}'))?.values, { gap: 3 });
  t.deepEqual((await find(t, '{"default": "b", "runs": {"a": {}, "b": {"gap": 4}}}'))?.values, { gap: 4 });
});

test('without a file there is no configured run', async (t) => {
  const directory = await place(t, {});
  t.is(await findConfiguredRun({ directory }), null);
  await t.throwsAsync(findConfiguredRun({ directory, run: 'x' }), { instanceOf: TareError, message: /--run x: there is no tare\.config\.json and no tare\.config\.ts/ });
});

for (const [what, text, words, remedy] of [
  ['an option that is none', '{\n  "runs": {\n    "a": { "gap": 1,\n      "smaples": 3 }\n  }\n}', /json:4:7: there is no "smaples" in a run \(runs\.a\)$/, /did you mean "samples"\?/],
  ['a key beside the runs', '{\n  "runs": { "a": {} },\n  "defualt": "a"\n}', /json:3:3: there is no "defualt"$/, /did you mean "default"\?/],
  ['a value of another kind', '{"runs": {\n "a": {"samples": "many"}}}', /json:2:8: runs\.a\.samples: /, /mend it/],
  ['a number out of range', '{"runs": {"a": {"samples": 0}}}', /json:1:17: runs\.a\.samples: .*1/, /mend it/],
  ['a benchmark that is none', '{"runs": {"a": {"benchmarks": [\n"startup",\n"speed"]}}}', /json:3:1: runs\.a\.benchmarks\.2?1: /, /mend it/],
  ['a size that is none', '{"runs": {"a": {"memory": "much"}}}', /json:1:17: runs\.a\.memory: /, /mend it/],
  ['no runs', '{"runs": {}}', /json:1:2: runs: expected at least one run/, /mend it/],
  ['nothing', '', /json:1:1: this is no JSON: expected a value, found the end/, /mend it there/],
  ['a comma too many', '{"runs": {"a": {},}}', /json:1:19: this is no JSON: expected a name in quotes, found "}"/, /mend it there/],
  ['a name twice', '{"runs": {"a": {"gap": 1,\n"gap": 2}}}', /json:2:1: this is no JSON: "gap" is given twice/, /mend it there/],
  ['a default that is not there', '{"default": "c", "runs": {"a": {}, "b": {}}}', /json:1:2: default: there is no run "c"/, /known: a, b/],
  ['two runs and none named', '{"runs": {"a": {}, "b": {}}}', /defines 2 runs, and none was named/, /--run: a, b; or say in the file/],
] as const) {
  test(`${what}: refused with its position`, async (t) => {
    const error = await t.throwsAsync(find(t, text), { instanceOf: TareError, message: words });
    t.is(error.code, 'usage');
    t.regex(error.remedy, remedy);
  });
}

test('a run that is not in the file: the nearest one is named', async (t) => {
  const error = await t.throwsAsync(find(t, TWO, { run: 'nghtly' }), { instanceOf: TareError, message: /--run: there is no run "nghtly" in .*tare\.config\.json/ });
  t.regex(error.remedy, /did you mean "nightly"\?/);
});

test('a program of TypeScript is run, wherever it lies', async (t) => {
  const text = 'const gap: number = 2 + 3;\nexport default { runs: { a: { gap } } };\n';
  t.deepEqual((await findConfiguredRun({ directory: await place(t, { 'tare.config.ts': text }) }))?.values, { gap: 5 });
  t.deepEqual((await findConfiguredRun({ directory: await place(t, { 'tare.config.ts': text, 'package.json': '{"type":"module"}' }) }))?.values, { gap: 5 });
  const file = join(await place(t, { 'mine.ts': text }), 'mine.ts');
  t.deepEqual((await findConfiguredRun({ directory: '/', file }))?.values, { gap: 5 });
});

for (const [what, text, words] of [
  ['that cannot be read', 'export default {', /tare\.config\.ts could not be run: .*tare\.config\.ts:1:16/s],
  ['that throws', 'throw new Error("out of order");', /tare\.config\.ts could not be run: out of order/],
  ['without a default export', 'export const a = 1;', /tare\.config\.ts has no default export|tare\.config\.ts: .*runs/],
  ['with an option that is none', 'export default { runs: { a: { smaples: 3 } } };', /tare\.config\.ts: there is no "smaples" in a run \(runs\.a\)/],
] as const) {
  test(`a program ${what}: refused`, async (t) => {
    const error = await t.throwsAsync(findConfiguredRun({ directory: await place(t, { 'tare.config.ts': text }) }), { instanceOf: TareError, message: words });
    t.is(error.code, 'usage');
  });
}

test('a program that everybody can write is not run unless it is named', async (t) => {
  const directory = await place(t, { 'tare.config.ts': 'export default { runs: { a: { gap: 1 } } };' });
  const file = join(directory, 'tare.config.ts');
  await chmod(file, 0o666);
  const error = await t.throwsAsync(findConfiguredRun({ directory }), { instanceOf: TareError, message: /can be written by everybody, and would be run/ });
  t.regex(error.remedy, /--config/);
  t.deepEqual((await findConfiguredRun({ directory, file }))?.values, { gap: 1 });
});

test('two files are one too many, and a file that is named must be there', async (t) => {
  const directory = await place(t, { 'tare.config.ts': 'export default {}', 'tare.config.json': '{}' });
  await t.throwsAsync(findConfiguredRun({ directory }), { instanceOf: TareError, message: /there are both/ });
  for (const file of [join(directory, 'none.json'), join(directory, 'none.ts')]) await t.throwsAsync(findConfiguredRun({ directory, file }), { instanceOf: TareError, message: /none\.(json|ts) could not be read/ });
});

test('the examples in the documentation are understood', async (t) => {
  const text = await readFile(new URL('../../docs/configuration.md', import.meta.url), 'utf8');
  const block = (language: string): string => new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'ms').exec(text)?.[1] ?? '';
  const directory = await place(t, { 'tare.config.json': block('json') });
  t.deepEqual((await findConfiguredRun({ directory }))?.values.samples, 20);
  for (const run of ['nightly', 'close']) t.truthy(await findConfiguredRun({ directory, run }));
  t.is((await findConfiguredRun({ directory: await place(t, { 'tare.config.ts': block('ts') }) }))?.values.samples, 3);
});
