/** A run in which a real guest hangs at every start: each is stopped and recorded, and the run goes on. */
import test from 'ava';
import { loadImage } from '../../runtime/image/load.ts';
import { processRuntime } from '../../runtime/process/process.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { VmBox } from '../../runtime/vm/box.ts';
import { hostTsc } from '../../runtime/vm/kernel/tsc.ts';
import { microMachine } from '../../runtime/vm/micro-machine.ts';
import { prepareVm } from '../../runtime/vm/prepare.ts';
import { lack, suffix } from '../../runtime/vm/real-machines.ts';
import { fakeRun } from '../fake-run.ts';
import { planRun } from '../run.ts';

const realTest = lack === null ? test.serial : test.skip;

/** The kernel finds no room in it, and says nothing. */
const TOO_LITTLE_MEBIBYTES = 16;

const hanging: Runtime = {
  name: 'vm-micro',
  kind: 'vm',
  summary: 'a virtual machine that hangs',
  availability: async () => ({ state: 'available' }),
  async prepare(image, options) {
    const { launcher, qemu } = await prepareVm('vm-micro', image, { ...options, accelerator: 'tcg' }, 1);
    const machine = microMachine(image, { accelerator: 'tcg', memoryMebibytes: TOO_LITTLE_MEBIBYTES, vcpus: 1, tscKhz: hostTsc().khz }, 'exit');
    return new VmBox(
      { machine: () => machine, command: () => ({ options: machine, release: () => undefined }), disk: async () => [] },
      { launcher, program: qemu.path, accelerator: 'tcg', acceleratorReason: 'for a test', versions: {}, attempt: { runtime: 'vm-micro', memoryMebibytes: TOO_LITTLE_MEBIBYTES, leastMebibytes: 72, image: image.name } },
    );
  },
};

realTest(`guests that hang are stopped at their deadline, recorded with their phase, and the run comes to its end${suffix}`, async (t) => {
  const runtimes = [processRuntime, hanging];
  const run = await fakeRun({ runtimes: [{ name: 'none', kind: 'vm', readyMs: 1 }] }, (done) => t.teardown(done), {
    request: {
      runtimes,
      image: await loadImage('tiny'),
      plan: planRun({ runtimes: runtimes.map(({ name, kind }) => ({ id: name, kind })), benchmarks: ['startup'], samples: 2, seed: 'seed', gapMs: 0, warmupRounds: 0, deadlineMs: 1200, memoryBytes: 128 * 2 ** 20 }),
    },
  });
  const { run: { state }, samples, statistics } = await run.go();
  t.is(state, 'complete');
  t.deepEqual(samples.filter(({ runtime }) => runtime === 'process').map(({ outcome }) => outcome), ['ok', 'ok']);
  const failed = samples.filter(({ runtime }) => runtime === 'vm-micro');
  t.is(failed.length, 2);
  for (const sample of failed) {
    if (sample.outcome !== 'failed') return t.fail('it became ready');
    t.is(sample.failure.reason, 'deadline');
    t.regex(sample.failure.message, /^vm-micro was not ready within 1200 ms: stopped; it had come as far as the firmware/);
    t.regex(sample.failure.remedy, /--memory 72M/);
    t.regex(sample.failure.log, /--- last phase reached: firmware ---/);
    t.is(sample.leftovers, undefined);
  }
  t.like(statistics.find(({ runtime, metric }) => runtime === 'vm-micro' && metric === 'startup.ready'), { n: 0, failed: 2, summary: null });
});
