import { existsSync, readFileSync } from 'node:fs';
import test from 'ava';
import { hierarchy, startInstance } from '../instance.ts';
import { Launcher } from '../launcher/client.ts';
import { slotName, type Slot } from '../launcher/prepared.ts';
import { cgroupCreate, clone, descriptors, exec } from '../steps.ts';
import { CgroupControl } from './control.ts';
import type { CgroupHierarchy } from './hierarchy.ts';

const { unified } = hierarchy();
const real = process.getuid?.() === 0 && unified !== null && existsSync(`${unified}/cgroup.procs`);
const v2Test = real ? test.serial : test.skip;
const why = real ? '' : ' (skipped: needs root and a v2 tree, be it empty)';

/** This host as one with nothing but v2, as far as its tree goes: what a cgroup can do without any controller. */
const ONLY_V2: CgroupHierarchy = { mode: 'v2', unified, controllers: new Map([['memory', { version: 2, mount: unified ?? '' }], ['cpu', { version: 2, mount: unified ?? '' }]]), toEnable: [] };

v2Test(`v2 for real: frozen by cgroup.freeze, timed by cpu.stat, ended by cgroup.kill${why}`, async (t) => {
  const launcher = await Launcher.open();
  t.teardown(() => launcher.close());
  let slot: Slot = { launcherPid: 0, number: 0 };
  const instance = await startInstance(launcher, (given) => {
    slot = given;
    const directory = `${unified ?? ''}/${slotName(given)}`;
    return [descriptors({ stdin: 'null', stdout: 'null', stderr: 'null', mark: false }, ''), cgroupCreate(directory, 'v2', ''), clone([], directory, ''), exec('/bin/sh', ['sh', '-c', 'while :; do :; done & while :; do :; done'], [], '')];
  });
  const control = new CgroupControl(ONLY_V2, slot);
  const usedIn = async (ms: number): Promise<number> => {
    const before = control.cpuMicroseconds();
    await new Promise((resolve) => setTimeout(resolve, ms));
    return control.cpuMicroseconds() - before;
  };
  t.regex(readFileSync(`/proc/${instance.pid}/cgroup`, 'utf8'), new RegExp(`^0::/${slotName(slot)}$`, 'm'), 'born in its cgroup');
  t.true((await usedIn(150)) > 0);
  await control.freeze();
  t.is(await usedIn(150), 0);
  await control.thaw();
  t.true((await usedIn(150)) > 0);
  t.is(control.peakBytes(), null, 'no memory controller keeps a peak here');
  control.kill();
  const ended = await instance.ended;
  t.is(ended.status, 9);
  t.deepEqual(ended.leftovers, []);
  t.false(existsSync(`${unified ?? ''}/${slotName(slot)}`));
});

test('what a cgroup cannot tell is an error with a remedy', (t) => {
  const control = new CgroupControl(ONLY_V2, { launcherPid: 1, number: 1 });
  t.throws(() => control.cpuMicroseconds(), { message: /cannot read cpu.stat of tare-1-0000001/ });
  const none = new CgroupControl({ mode: 'none', unified: null, controllers: new Map(), toEnable: [] }, { launcherPid: 1, number: 1 });
  t.throws(() => none.peakBytes(), { message: /no cgroup controller memory on this host/ });
});
