import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { StartFailure, TareError } from '../errors.ts';
import type { Box, WorkloadRequest } from '../runtime.ts';
import { ladder } from './ladder.ts';
import { fakeRuntimes } from './runtime.ts';
import { readFakeScript, type FakeScriptInput } from './script.ts';

const exit: WorkloadRequest = { what: 'workload', then: 'exit', account: false };
const idle: WorkloadRequest = { what: 'workload', then: 'idle', account: true };

async function box(script: Partial<FakeScriptInput['runtimes'][number]> = {}): Promise<Box> {
  const [runtime] = fakeRuntimes({ runtimes: [{ name: 'fake', kind: 'container', readyMs: 5, exitMs: 2, cleanMs: 1, ...script }] });
  if (runtime === undefined) throw new Error('no runtime');
  return runtime.prepare();
}

test('stamps are the scripted times', async (t) => {
  const instance = await (await box()).start(exit);
  const { requested } = instance.timeline;
  t.is((await instance.ready(1000)) - requested, 5_000_000n);
  t.like(await instance.ended, { how: 'exited', status: 0, leftovers: [] });
  t.is(instance.timeline.exited, requested + 7_000_000n);
  t.is(instance.timeline.cleaned, requested + 8_000_000n);
});

test('an idle instance lives until it is stopped', async (t) => {
  const instance = await (await box({ memory: { pssBytes: 7, cgroupBytes: 8, anonymousBytes: 1, fileBytes: 3, kernelBytes: 4 } })).start(idle);
  await instance.ready(1000);
  t.like(await instance.memory(), { pssBytes: 7, cgroupBytes: 8, counterBytes: 8, processes: 1 });
  t.is(instance.timeline.exited, null);
  t.like(await instance.stop(), { how: 'signalled', status: 9 });
  t.not(instance.timeline.cleaned, null);
});

test('ready rejects as the interface says, with the instance stopped', async (t) => {
  for (const [what, reason] of [['hangs', 'deadline'], ['ends-early', 'ended']] as const) {
    const instance = await (await box({ incidents: [{ what }] })).start(exit);
    const failure = await t.throwsAsync(instance.ready(10), { instanceOf: StartFailure });
    t.is(failure.reason, reason);
    t.not(instance.timeline.cleaned, null);
  }
});

test('a seed scatters figures the same way each time', async (t) => {
  const readies = async (seed: number): Promise<bigint[]> => {
    const [, container] = fakeRuntimes({ ...ladder(), seed });
    const prepared = await container?.prepare();
    const starts = await Promise.all([exit, exit, exit].map(async (request) => prepared?.start(request)));
    return Promise.all(starts.map(async (instance) => ((await instance?.ready(1000)) ?? 0n) - (instance?.timeline.requested ?? 0n)));
  };
  t.deepEqual(await readies(1), await readies(1));
  t.notDeepEqual(await readies(1), await readies(2));
  t.is(new Set(await readies(1)).size, 3);
});

test('closing a box ends what still runs in it and refuses to start more', async (t) => {
  const prepared = await box();
  const instance = await prepared.start(idle);
  await prepared.close();
  t.like(await instance.ended, { how: 'signalled' });
  await t.throwsAsync(prepared.start(exit), { instanceOf: TareError });
});

test('a command is echoed', async (t) => {
  const instance = await (await box()).start({ what: 'command', argv: ['echo', 'hello'], streams: 'capture' });
  t.like(await instance.ended, { status: 0, output: 'echo hello\n' });
});

test('a script is read from a file; what is wrong with one is named', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'tare-script-'));
  t.teardown(() => rm(directory, { recursive: true }));
  const path = join(directory, 'script.json');
  await writeFile(path, JSON.stringify(ladder()));
  t.deepEqual((await readFakeScript(path)).runtimes.map(({ name }) => name), ['process', 'container', 'vm-floor', 'vm-micro']);
  await writeFile(path, '{"runtimes":[{"name":"x","kind":"jail","readyMs":1}]}');
  await t.throwsAsync(readFakeScript(path), { instanceOf: TareError, message: /script\.json is not understood[\s\S]*runtimes\[0\]\.kind/ });
  await writeFile(path, '{');
  await t.throwsAsync(readFakeScript(path), { instanceOf: TareError, message: /is no JSON/ });
  await t.throwsAsync(readFakeScript(join(directory, 'gone')), { instanceOf: TareError, message: /could not be read/ });
});
