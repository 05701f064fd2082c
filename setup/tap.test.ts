import test from 'ava';
import { summarise } from './tap.ts';

async function* stream(text: string): AsyncGenerator<string> {
  for (const line of text.split('\n')) yield line;
}

async function counted(text: string): Promise<{ line: string; ok: boolean; said: string }> {
  const said: string[] = [];
  const { line, ok } = await summarise(stream(text), (each) => said.push(each));
  return { line, ok, said: said.join('\n') };
}

test('passed, skipped and failed are counted, and a failure is told whole', async (t) => {
  const { line, ok, said } = await counted('TAP version 13\nok 1 - one\nok 2 - two # SKIP\nnot ok 3 - three\n  ---\n    message: wrong\n  ...\n\n1..3\n# tests 3\n# fail 1');
  t.is(line, '1 passed, 1 failed, 1 skipped');
  t.false(ok);
  t.regex(said, /FAILED {3}three\n[^]*message: wrong/);
});

test('all well', async (t) => {
  t.like(await counted('ok 1 - one\nok 2 - a title # with a hash\n1..2'), { line: '2 passed, 0 failed, 0 skipped', ok: true });
});

test('a stream that breaks off, or has no test, is a failure', async (t) => {
  t.like(await counted('ok 1 - one'), { line: '1 passed, 1 failed, 0 skipped', ok: false });
  t.like(await counted('ok 1 - one\n1..2'), { ok: false });
  t.like(await counted('1..0'), { line: '0 passed, 1 failed, 0 skipped', ok: false });
  t.like(await counted(''), { line: '0 passed, 1 failed, 0 skipped', ok: false });
});

test('a runner that fails without a failing test is a failure, counted once', async (t) => {
  t.like(await counted('ok 1 - one\n1..1\n# exit status 1'), { line: '1 passed, 1 failed, 0 skipped', ok: false });
  t.like(await counted('not ok 1 - one\n1..1\n# exit status 1'), { line: '0 passed, 1 failed, 0 skipped', ok: false });
  t.like(await counted('ok 1 - one\n1..1\n# exit status 0'), { line: '1 passed, 0 failed, 0 skipped', ok: true });
});
