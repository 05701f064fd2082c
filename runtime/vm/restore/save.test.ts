import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { TareError } from '../../errors.ts';
import { VmBox } from '../box.ts';
import { hostTsc } from '../kernel/tsc.ts';
import { microMachine } from '../micro-machine.ts';
import { prepareVm } from '../prepare.ts';
import { cgroupsOf, lack, OPTIONS, suffix } from '../real-machines.ts';
import { loadImage } from '../../image/load.ts';
import { machineToSave } from './machine.ts';
import { saveRunning } from './save.ts';

const realTest = lack === null ? test.serial : test.skip;

realTest(`QEMU that stands still while it is to be saved ends the saving, and is ended${suffix}`, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'tare-save-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const image = await loadImage('tiny');
  const { launcher, qemu } = await prepareVm('vm-restore', image, OPTIONS, 72);
  t.teardown(() => launcher.close());
  const machine = machineToSave(microMachine(image, { accelerator: 'tcg', memoryMebibytes: 128, vcpus: 1, tscKhz: hostTsc().khz }, 'wait'), directory);
  class HeldBox extends VmBox {
    override async start(...request: Parameters<VmBox['start']>): ReturnType<VmBox['start']> {
      const guest = await super.start(...request);
      void guest.ready(60_000).then(() => guest.qmp()).then(() => process.kill(guest.pid, 'SIGSTOP'));
      return guest;
    }
  }
  const box = new HeldBox(
    { machine: () => machine, command: () => ({ options: machine, release: () => undefined }), disk: async () => [] },
    { launcher, program: qemu.path, accelerator: 'tcg', acceleratorReason: 'for a test', versions: {}, attempt: { runtime: 'vm-restore', memoryMebibytes: 128, leastMebibytes: 72 } },
  );
  const error = await t.throwsAsync(saveRunning(box, directory, { bootMs: 60_000, saveMs: 1000 }), { instanceOf: TareError });
  t.regex(error?.message ?? '', /QEMU did not (greet|answer|come)/);
  t.not(error?.remedy, '');
  t.deepEqual(cgroupsOf(box), []);
});
