import test from 'ava';
import type { BoxCost } from '../../benchmarks/explain/measure.ts';
import { containerPlan } from '../../runtime/container/plan.ts';
import { defaultSpec } from '../../runtime/container/defaults.ts';
import { PARTS, without, withCarried } from '../../runtime/container/parts.ts';
import { fakeImage } from '../../runtime/fake/image.ts';
import { descriptors, exec } from '../../runtime/steps.ts';
import { explainedParts, explainedSteps, type Explanation } from './explanation.ts';
import { sightsText } from './show.ts';
import { durationText, explanationText } from './text.ts';

const spec = defaultSpec(fakeImage(), { memoryBytes: 2 ** 28, cpus: 1 });
const start = { streams: descriptors({ stdin: 'null', stdout: 'null', stderr: 'null', mark: true }, 'streams'), exec: exec('/usr/bin/ready', ['ready'], [], 'the workload'), session: true };
const plan = containerPlan(spec, { launcherPid: 1, number: 1 }, start);
const cost: BoxCost = { steps: plan.map(({ label }, index) => ({ label, microseconds: index })), hopMicroseconds: 100, firstByteMicroseconds: 200, readyMicroseconds: 2345, cleanupMicroseconds: 300 };

function explanation(): Explanation {
  const steps = explainedSteps(plan, cost);
  return { steps, parts: explainedParts(steps, true, new Set(PARTS.map(({ name }) => name))), measured: { starts: 50, ...cost }, without: null };
}

test('every step has a call, a reason and its own cost', (t) => {
  const steps = explainedSteps(plan, cost);
  t.is(steps.length, plan.length);
  t.true(steps.every(({ call, why, microseconds }, index) => call !== '' && why !== '' && microseconds === index));
  const by = (label: string): string => steps.find((step) => step.label === label)?.call ?? '';
  t.is(by('mount /proc'), 'mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL)');
  t.is(by('mknod /dev/null'), 'mknod("/dev/null", S_IFCHR | 0666, makedev(1, 3))');
  t.is(by('let the old root go'), 'umount2(".", MNT_DETACH)');
  t.regex(steps.find(({ label }) => label.startsWith('clone'))?.call ?? '', /^clone3\(\{flags=CLONE_VM \| CLONE_VFORK \| CLONE_FILES \| CLONE_NEWNS \| .*CLONE_NEWNET/);
  t.regex(by('seccomp'), /^seccomp\(SECCOMP_SET_MODE_FILTER, 0, \{\d+ instructions\}\)$/);
  t.regex(by('capabilities'), /0xa80425fb/);
});

test('a part costs what its steps cost together', (t) => {
  const { steps, parts } = explanation();
  const masks = parts.find(({ name }) => name === 'masks');
  t.is(masks?.microseconds, steps.filter(({ part }) => part === 'masks').reduce((sum, { microseconds }) => sum + (microseconds ?? 0), 0));
  t.is(parts.find(({ name }) => name === 'pid')?.microseconds, null, 'it comes with the clone');
});

test('no line is wider than the terminal', (t) => {
  for (const columns of [60, 80, 100]) {
    for (const line of explanationText(explanation(), { columns, colours: false }).split('\n')) t.true(line.length <= columns, `${columns}: ${line}`);
  }
});

test('what is left out takes with it what would touch the host', (t) => {
  t.deepEqual([...withCarried(['mnt'])].sort(), ['devices', 'filesystems', 'masks', 'mnt', 'root']);
  const ops = containerPlan(without(spec, ['mnt']), { launcherPid: 1, number: 1 }, start).map(({ op }) => op);
  for (const op of ['mount', 'umount', 'pivot-root', 'mknod', 'symlink', 'mkdir'] as const) t.false(ops.includes(op), op);
});

test('every part can be left out, and leaves a plan without its steps', (t) => {
  for (const { name } of PARTS) {
    const left = containerPlan(without(spec, [name]), { launcherPid: 1, number: 1 }, start);
    t.true(left.every(({ part }) => part !== name), name);
    t.is(left.at(-1)?.op, 'exec');
  }
});

test('no container is made with mounts and without a mount namespace', (t) => {
  for (const { name } of PARTS) {
    const left = containerPlan(without(spec, [name]), { launcherPid: 1, number: 1 }, start);
    const clone = left.find(({ op }) => op === 'clone');
    const isolated = (Number(clone?.args[0]) & 0x20000) !== 0;
    t.true(isolated || left.every(({ op }) => op !== 'mount' && op !== 'pivot-root'), name);
  }
});

test('durations have sensible digits', (t) => {
  t.is(durationText(0.52), '0.5 µs');
  t.is(durationText(739.4), '739 µs');
  t.is(durationText(2213), '2.21 ms');
  t.is(durationText(-1500), '-1.50 ms');
  t.is(durationText(null), '');
});

test('two views stand side by side, and what is the same is said', (t) => {
  const text = sightsText([{ what: 'host name', outside: 'vm', inside: 'tare', differs: true }, { what: 'user namespace', outside: 'user:[1]', inside: 'user:[1]', differs: false }], 80);
  t.regex(text, /host name\s+vm\s+tare/);
  t.regex(text, /shared with the host: user namespace/);
});
