import test from 'ava';
import { TareError } from '../errors.ts';
import { execCommand } from '../steps.ts';
import { floorMachine, vmFloor } from './floor.ts';
import { cgroupsOf, DEADLINE_MS, lack, runs, suffix, sumOfParts, withBox } from './real-machines.ts';

const realTest = lack === null ? test.serial : test.skip;

const machine = { accelerator: 'tcg', memoryMebibytes: 256, vcpus: 1 } as const;

test('a command is refused: there is no system to run it', (t) => {
  const error = t.throws(() => floorMachine('/rom', machine, { what: 'command', argv: ['ls', '-l'], streams: 'capture' }), { instanceOf: TareError });
  t.is(error?.code, 'usage');
  t.regex(error?.message ?? '', /vm-floor has no operating system.*"ls -l"/);
  t.regex(error?.remedy ?? '', /vm-micro/);
});

realTest(`three starts: one byte, code 0, and nothing left${suffix}`, (t) =>
  withBox(vmFloor, async (box) => {
    for (let start = 0; start < 3; start++) {
      const instance = await box.start({ what: 'workload', then: 'exit', account: true });
      const ready = await instance.ready(DEADLINE_MS);
      const ended = await instance.ended;
      t.like(ended, { how: 'exited', status: 0, leftovers: [], output: '' });
      t.is(Buffer.concat(instance.timeline.marks.map(({ bytes }) => bytes)).toString(), 'R');
      t.true(ready > instance.timeline.requested && ready <= (instance.timeline.exited ?? 0n));
      t.false(runs(instance.pid));
    }
    t.deepEqual(cgroupsOf(box), []);
  }));

realTest(`an idle one stays, is weighed, and is gone when stopped${suffix}`, (t) =>
  withBox(vmFloor, async (box) => {
    const instance = await box.start({ what: 'workload', then: 'idle', account: true });
    await instance.ready(DEADLINE_MS);
    t.true(runs(instance.pid));
    t.not(cgroupsOf(box).length, 0);
    const memory = await instance.memory();
    t.is(memory.processes, 1);
    t.true(memory.pssBytes > 5e6, `${memory.pssBytes}`);
    t.is(sumOfParts(memory), memory.pssBytes);
    t.true((memory.machine?.ramBytes ?? -1) < 2e6, 'there is no operating system to touch any');
    const ended = await instance.stop();
    t.like(ended, { how: 'signalled', status: 9, leftovers: [] });
    t.false(runs(instance.pid));
    t.deepEqual(cgroupsOf(box), []);
  }));

realTest(`what it says of itself${suffix}`, (t) =>
  withBox(vmFloor, async (box) => {
    t.is(box.kind, 'vm');
    t.is(box.configuredMemoryBytes, 256 * 2 ** 20);
    t.regex(box.versions['qemu'] ?? '', /^\d+\.\d+/);
    t.not(box.acceleratorReason, '');
    t.true(execCommand(box.plan({ what: 'workload', then: 'exit', account: true })).includes(box.accelerator ?? ''));
    const disk = await box.disk();
    t.deepEqual(disk.map(({ storey }) => storey).slice(0, 2), ['app', 'hypervisor']);
    t.is(disk[0]?.lengthBytes, 65536);
    t.true((disk[1]?.lengthBytes ?? 0) > 5e6);
  }));
