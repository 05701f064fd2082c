import test from 'ava';
import { microMachine } from '../micro-machine.ts';
import { argv } from '../qemu/arguments.ts';
import { machineToSave, resumedMachine } from './machine.ts';
import type { Snapshot } from './snapshot.ts';

const image = { kernel: { vmlinux: '/k/vmlinux', release: '', digest: '', lengthBytes: 0, allocatedBytes: 0, from: '' }, initramfs: '/i', workload: '/usr/bin/ready' };
const snapshot: Snapshot = { directory: '/s', ram: '/s/ram', state: Buffer.from('state'), commands: '/s/resume', savedAt: '', milliseconds: 0 };

for (const accelerator of ['tcg', 'kvm'] as const) {
  const booted = microMachine(image, { accelerator, memoryMebibytes: 256, vcpus: 1, tscKhz: 1 }, 'wait');

  test(`${accelerator}: the machine to be saved waits, writes its memory to the file, and can be asked`, (t) => {
    const machine = machineToSave(booted, '/s');
    t.deepEqual([machine.ram, machine.markAnswer, machine.monitor], [{ file: '/s/ram', written: true }, 0, { powerdownMs: 0 }]);
    t.regex(JSON.stringify(machine.boot), /rdinit=\/usr\/bin\/ready -- port:0xe9 wait/);
  });

  test(`${accelerator}: a resumed one is told what to do, loads nothing, and can be asked only if it stays`, (t) => {
    const [exit, idle] = [resumedMachine(booted, snapshot, 'exit'), resumedMachine(booted, snapshot, 'idle')];
    t.deepEqual([exit.markAnswer, idle.markAnswer].map((answer) => String.fromCharCode(answer ?? 0)), ['x', 'i']);
    t.is(exit.monitor, undefined);
    t.deepEqual(idle.monitor, { powerdownMs: 0 });
    t.deepEqual(exit.ram, { file: '/s/ram', written: false });
  });

  test(`${accelerator}: both have the same hardware`, (t) => {
    // What QEMU's stream holds a state of: machine, processor, memory, devices.
    const hardware = (words: readonly string[]): string[] =>
      words.flatMap((word, index) => (['-machine', '-accel', '-cpu', '-smp', '-m', '-serial', '-device'].includes(word) ? [(words[index + 1] ?? '').replace(/,readback=.*/, '')] : []));
    t.deepEqual(hardware(argv('qemu', resumedMachine(booted, snapshot, 'exit'))), hardware(argv('qemu', machineToSave(booted, '/s'))));
  });
}
