import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync, existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { cgroupMounts, parseMounts, parseNamed, removeEverywhere } from './cgroups.ts';
import { members } from './processes.ts';

const root = process.getuid?.() === 0;
const rootTest = root && cgroupMounts().length > 0 ? test : test.skip;
const needsRoot = root ? '' : ' (skipped: needs root)';

const HYBRID = [
  '31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755',
  '35 31 0:32 / /sys/fs/cgroup/memory rw,relatime shared:9 - cgroup cgroup rw,memory',
  '40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,xattr,name=systemd',
  '41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw',
].join('\n');

test('every hierarchy is found, with and without controllers', (t) => {
  t.deepEqual(parseMounts(HYBRID), ['/sys/fs/cgroup/memory', '/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified']);
  t.deepEqual(parseMounts('30 23 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw,nsdelegate'), ['/sys/fs/cgroup']);
});

test('systemd’s own hierarchy is found by its name', (t) => {
  t.is(parseNamed(HYBRID, 'systemd'), '/sys/fs/cgroup/systemd');
  t.is(parseNamed(HYBRID, 'elogind'), null);
});

rootTest(`a cgroup goes with those below it and with what runs in it${needsRoot}`, async (t) => {
  const name = `tare-test-${process.pid}`;
  for (const mount of cgroupMounts()) mkdirSync(`${mount}/${name}/below`, { recursive: true });
  const child = spawn('sleep', ['1000'], { stdio: 'ignore' });
  const ended = new Promise((resolve) => child.once('exit', (_code, signal) => resolve(signal)));
  const mount = cgroupMounts().find((each) => each.endsWith('/memory') || each.endsWith('/pids')) ?? cgroupMounts()[0] ?? '';
  writeFileSync(`${mount}/${name}/below/cgroup.procs`, String(child.pid));
  await sleep(20);
  t.deepEqual(members(`${mount}/${name}`), [child.pid ?? 0]);
  await removeEverywhere(name);
  t.is(await ended, 'SIGKILL');
  t.deepEqual(cgroupMounts().filter((each) => existsSync(`${each}/${name}`)), []);
});
