import test from 'ava';
import { sampleResult } from '../../sample/sample.ts';
import { startingResult } from '../../sample/starting.ts';
import { buildView } from '../view.ts';
import { climbSummary } from './climb.ts';
import { distributionSummary } from './distribution.ts';
import { gathered } from './groups.ts';
import { startsSummary } from './starts.ts';

function stepsOf(labels: readonly string[]): { label: string; fromMs: number; toMs: number }[] {
  return labels.map((label, index) => ({ label, fromMs: index, toMs: index + 1 }));
}

test('a container’s steps are gathered, neighbours of one group together, none lost up to the first byte', (t) => {
  const labels = ['received', 'descriptors', 'begin a network namespace', 'cgroup cpu', 'limit cpu', 'clone mnt pid net ipc uts', 'join cpu', 'unshare cgroup', 'setsid', 'make mounts private', 'mount overlay', 'pivot_root', 'mount /proc', 'mount /dev', 'mknod /dev/null', 'symlink /dev/fd', 'mask /proc/keys', 'mount /proc/bus', 'read-only /proc/bus', 'hostname', 'bounding set', 'capabilities', 'seccomp', 'exec', 'ready', 'exited', 'cleaned'];
  const segments = gathered(stepsOf(labels));
  t.deepEqual(segments.map(({ name }) => name), ['request', 'network', 'cgroup', 'namespaces', 'cgroup', 'root', 'devices', 'masks', 'rights', 'exec', 'program']);
  t.is(segments[0]?.fromMs, 0);
  for (let at = 1; at < segments.length; at++) t.is(segments[at]?.fromMs, segments[at - 1]?.toMs);
  t.is(segments.at(-1)?.toMs, labels.indexOf('ready') + 1);
});

test('a step that nobody knows is shown as such', (t) => {
  t.deepEqual(gathered(stepsOf(['received', 'a step of tomorrow', 'exec', 'ready'])).map(({ name }) => name), ['request', 'further', 'exec', 'program']);
});

test('a machine is told by its phases where they were measured, else as one long part', (t) => {
  const told = buildView(startingResult()).startup.starts;
  const machine = told.find(({ runtime }) => runtime.id === 'vm-micro');
  t.deepEqual([machine?.from, machine?.segments.map(({ name }) => name)], ['phases', ['qemu', 'kernel', 'service']]);
  t.is(machine?.segments.at(-1)?.toMs, 1230);
  const untold = buildView(sampleResult()).startup.starts.find(({ runtime }) => runtime.id === 'vm-micro');
  t.deepEqual([untold?.from, untold?.segments.at(-1)?.name], ['steps', 'all in the machine']);
});

test('a start without stamps is one part, and says so', (t) => {
  const result = sampleResult();
  const bare = { ...result, samples: result.samples.map((sample) => ({ ...sample, timeline: undefined })) } as unknown as typeof result;
  const { starts } = buildView(bare).startup;
  t.true(starts.length === 4 && starts.every(({ from, segments }) => from === 'whole' && segments.length === 1));
});

test('the summaries say what the charts show', (t) => {
  const view = buildView(startingResult());
  t.regex(startsSummary(view.startup.starts), /vm-micro \(emulated\) is ready after 1\.\d\d s, of which the longest part is kernel with 1\.10 s/);
  t.regex(climbSummary(view.startup.climb), /^process: .*; container: 1\.\d\d ms, \d\.\d × process; vm-floor \(emulated\)/);
  const ready = view.benchmarks.find(({ id }) => id === 'startup')?.main;
  if (ready === undefined) return t.fail();
  t.regex(distributionSummary(ready), /process: half within .*, nine of ten within .*, the slowest of 30 after/);
  t.notRegex(distributionSummary({ ...ready, rows: ready.rows.map((row) => ({ ...row, values: row.values.slice(0, 5) })) }), /nine of ten/);
});

test('a run without cold starts says that they were not measured; one that lacks a box says which', (t) => {
  const without = buildView(sampleResult()).startup.cold;
  t.deepEqual(without?.pairs, []);
  t.regex(without?.lacking[0] ?? '', /^not measured: this run took no cold starts/);
  const some = buildView(startingResult()).startup.cold;
  t.deepEqual(some?.lacking, ['vm-floor (emulated): not measured: no sample was taken']);
});

test('one runtime, or no good start at all, is still told truthfully', (t) => {
  const one = buildView(startingResult({ runtimes: ['container'] })).startup;
  t.deepEqual([one.starts.length, one.climb.length], [1, 0]);
  const none = buildView(startingResult({ failing: () => true })).startup;
  t.deepEqual([none.starts, none.climb], [[], []]);
});
