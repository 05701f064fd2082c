import test from 'ava';
import { TareError } from '../../errors.ts';
import { loadImage } from '../../image/load.ts';
import { hierarchy, startInstance } from '../../instance.ts';
import { Launcher } from '../../launcher/client.ts';
import type { Accelerator } from '../../runtime.ts';
import { qemuPlan } from '../plan.ts';
import { openQemu } from '../qemu/program.ts';
import { lack, suffix } from '../real-machines.ts';
import { builtRom, PROBE_ROM } from '../roms.ts';
import { decideAccelerator } from './decide.ts';
import { kvmFacts } from './facts.ts';
import { runProbe, type StartMachine } from './probe.ts';
import type { VerdictStore } from './remembered.ts';
import { ORDER } from './trace.ts';
import { verdict } from './verdict.ts';

const realTest = lack === null ? test.serial : test.skip;
const kvmTest = lack === null && kvmFacts().device === 'openable' ? test.serial : test.skip;
const kvmSuffix = lack === null && kvmFacts().device !== 'openable' ? ' (skipped: /dev/kvm cannot be opened)' : suffix;

/** The host's own memory of its verdict is left alone. */
const FORGETFUL: VerdictStore = { recall: async () => null, remember: async () => undefined };

async function withLauncher<T>(use: (launcher: Launcher) => Promise<T>): Promise<T> {
  const launcher = await Launcher.open();
  try {
    return await use(launcher);
  } finally {
    await launcher.close();
  }
}

async function starter(launcher: Launcher, accelerator: Accelerator): Promise<StartMachine> {
  const qemu = await openQemu();
  return (options) => startInstance(launcher, (slot) => qemuPlan(qemu.path, { ...options, accelerator }, hierarchy(), slot, { what: 'workload', then: 'exit', account: true }));
}

realTest(`the probe is a sound program: emulated, it makes every mark in order and ends QEMU${suffix}`, (t) =>
  withLauncher(async (launcher) => {
    const trace = await runProbe(await starter(launcher, 'tcg'), builtRom(PROBE_ROM), { firstMarkMs: 30_000, wholeMs: 30_000 });
    t.deepEqual(trace.marks.map(({ stage }) => stage), ORDER);
    t.deepEqual(trace.ended, { how: 'exited', status: 33 });
  }));

kvmTest(`under this host's KVM the probe ends, one way or the other, and gives a reason${kvmSuffix}`, (t) =>
  withLauncher(async (launcher) => {
    const trace = await runProbe(await starter(launcher, 'kvm'), builtRom(PROBE_ROM));
    const decided = verdict(trace);
    t.log(decided.reason);
    t.not(decided.reason, '');
    // Whatever this KVM is, a bad verdict names where it stopped, and a good one had every mark.
    if (decided.works) t.is(trace.marks.length, ORDER.length);
    else t.regex(decided.reason, /stopped at|took/);
  }));

realTest(`--accelerator kvm and auto agree on this host${suffix}`, (t) =>
  withLauncher(async (launcher) => {
    const qemu = await openQemu();
    const image = await loadImage('tiny');
    const decide = (wanted: Accelerator | 'auto') => decideAccelerator(wanted, launcher, qemu, image, FORGETFUL);
    const auto = await decide('auto');
    t.log(`${auto.accelerator}: ${auto.reason}`);
    if (auto.accelerator === 'kvm') {
      t.is((await decide('kvm')).accelerator, 'kvm');
    } else {
      const error = await t.throwsAsync(decide('kvm'), { instanceOf: TareError });
      t.is(error?.code, 'no-kvm');
      t.not(error?.remedy, '');
    }
    t.is((await decide('tcg')).accelerator, 'tcg');
  }));
