import { readFileSync } from 'node:fs';
import test from 'ava';
import { StartFailure, TareError } from '../errors.ts';
import type { Image } from '../image/image.ts';
import { guestMemory } from '../guest-memory.ts';
import type { Box } from '../runtime.ts';
import { execCommand } from '../steps.ts';
import { vmMicro } from './micro.ts';
import { microMachine } from './micro-machine.ts';
import { wholeProcessors } from './prepare.ts';
import { cgroupsOf, DEADLINE_MS, lack, OPTIONS, runs, suffix, sumOfParts, withBox } from './real-machines.ts';

const realTest = lack === null ? test.serial : test.skip;

test('the machine: the image’s kernel, its initramfs, its workload as first program', (t) => {
  const image = { kernel: { vmlinux: '/k/vmlinux' } as Image['kernel'], initramfs: '/i/all.cpio', workload: '/usr/bin/ready' };
  const options = { accelerator: 'tcg', memoryMebibytes: 256, vcpus: 1, tscKhz: 1 } as const;
  t.like(microMachine(image, options, 'idle').boot, { from: 'kernel', vmlinux: '/k/vmlinux', initramfs: '/i/all.cpio' });
  t.regex(JSON.stringify(microMachine(image, options, 'idle')), /rdinit=\/usr\/bin\/ready -- port:0xe9 idle/);
  const command = microMachine(image, options, { script: '/.script', initramfs: '/other' });
  t.like(command.boot, { initramfs: '/other' });
  t.regex(JSON.stringify(command), /rdinit=\/\.script"/);
});

test('a guest has whole processors', (t) => {
  t.deepEqual([0.25, 1, 1.5, 2].map(wholeProcessors), [1, 1, 2, 2]);
});

realTest(`two boots: ready, code 0, and nothing left${suffix}`, (t) =>
  withBox(vmMicro, async (box) => {
    for (let boot = 0; boot < 2; boot++) {
      const instance = await box.start({ what: 'workload', then: 'exit', account: true });
      await instance.ready(DEADLINE_MS);
      t.like(await instance.ended, { how: 'exited', status: 0, leftovers: [], output: '' });
      t.false(runs(instance.pid));
    }
    t.deepEqual(cgroupsOf(box), []);
  }));

realTest(`two idle at once: weighed by their own cgroups, guest RAM named, each gone when stopped${suffix}`, (t) =>
  withBox(vmMicro, async (box) => {
    const both = await Promise.all([1, 2].map(() => box.start({ what: 'workload', then: 'idle', account: true })));
    await Promise.all(both.map((instance) => instance.ready(DEADLINE_MS)));
    for (const instance of both) {
      const memory = await instance.memory();
      t.is(memory.processes, 1);
      t.true(memory.pssBytes > 50e6, `${memory.pssBytes}`);
      t.is(sumOfParts(memory), memory.pssBytes);
      // A booted kernel has touched tens of MB, and QEMU needs as much besides.
      t.true((memory.machine?.ramBytes ?? 0) > 30e6 && (memory.machine?.hypervisorBytes ?? 0) > 5e6, JSON.stringify(memory.machine));
      t.is(memory.machine?.snapshotBytes, 0);
      t.regex(readFileSync(`/proc/${instance.pid}/maps`, 'utf8'), /memfd:memory-backend-memfd/);
      t.regex(readFileSync(`/proc/${instance.pid}/cgroup`, 'utf8'), /\/tare-\d+-\d+/);
    }
    const [first, second] = both as [typeof both[0] & object, typeof both[0] & object];
    await first.stop();
    t.deepEqual([runs(first.pid), runs(second.pid)], [false, true]);
    t.deepEqual((await second.stop()).leftovers, []);
    t.deepEqual(cgroupsOf(box), []);
  }));

realTest(`a guest that is asked tells what memory it sees, less than it was given${suffix}`, (t) =>
  withBox(vmMicro, async (box) => {
    if (box.inside?.is !== 'asked') return t.fail();
    const ended = await (await box.start(box.inside.request)).ended;
    const inside = guestMemory(ended.output);
    t.true(inside !== null && inside.totalBytes > 200 * 2 ** 20 && inside.totalBytes < OPTIONS.memoryBytes && inside.freeBytes < inside.totalBytes, ended.output);
  }));

/** A start that has to fail; afterwards nothing may be left. */
async function failedStart(box: Box, deadlineMs = DEADLINE_MS): Promise<{ failure: StartFailure; left: string[]; running: boolean }> {
  const instance = await box.start({ what: 'workload', then: 'exit', account: true });
  try {
    await instance.ready(deadlineMs);
  } catch (failure) {
    if (!(failure instanceof StartFailure)) throw failure;
    await instance.ended;
    return { failure, left: cgroupsOf(box), running: runs(instance.pid) };
  }
  throw new Error('it became ready');
}

realTest(`a boot past its deadline is stopped${suffix}`, (t) =>
  withBox(vmMicro, async (box) => {
    const { failure, left, running } = await failedStart(box, 5);
    t.is(failure.reason, 'deadline');
    t.regex(failure.message, /vm-micro was not ready within 5 ms/);
    t.deepEqual([left, running], [[], false]);
  }));

realTest(`too little memory, and more than there is, are refused before anything starts${suffix}`, async (t) => {
  const refused = (memoryBytes: number) => t.throwsAsync(withBox(vmMicro, async () => undefined, { options: { memoryBytes } }), { instanceOf: TareError });
  t.regex((await refused(16 * 2 ** 20))?.message ?? '', /16 MiB.*least that does is 72 MiB/);
  t.is((await refused(2 ** 50))?.code, 'no-memory');
});

realTest(`the least memory that is said to boot does${suffix}`, (t) =>
  withBox(vmMicro, async (box) => {
    const instance = await box.start({ what: 'workload', then: 'exit', account: true });
    await t.notThrowsAsync(instance.ready(DEADLINE_MS));
    await instance.ended;
  }, { options: { memoryBytes: 72 * 2 ** 20 } }));

realTest(`machines with PCI boot the same guest, and are weighed with their firmware${suffix}`, async (t) => {
  for (const machine of ['q35', 'pc'] as const) {
    await withBox(vmMicro, async (box) => {
      const request = { what: 'workload', then: 'exit', account: true } as const;
      const instance = await box.start(request);
      await instance.ready(DEADLINE_MS);
      t.like(await instance.ended, { how: 'exited', status: 0, leftovers: [] });
      t.true(execCommand(box.plan(request)).join(' ').includes(`-machine ${machine},`));
      t.true((await box.disk()).some(({ name }) => name.includes('bios-256k.bin')));
    }, { options: { machine } });
  }
});

realTest(`what lies on disk: guest kernel, layers, hypervisor; nothing twice${suffix}`, (t) =>
  withBox(vmMicro, async (box) => {
    const disk = await box.disk();
    const storeys = disk.map(({ storey }) => storey);
    for (const storey of ['guest-kernel', 'base', 'app', 'hypervisor'] as const) t.true(storeys.includes(storey), storey);
    t.is(new Set(disk.map(({ name }) => name)).size, disk.length);
    for (const { name, lengthBytes } of disk) t.true(lengthBytes > 0, name);
    t.is(box.configuredMemoryBytes, OPTIONS.memoryBytes);
    t.regex(box.versions['linux'] ?? '', /^\d+\.\d+/);
  }));
