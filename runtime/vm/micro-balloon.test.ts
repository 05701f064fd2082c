import { readdirSync, readlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { holdWords } from '../../fixtures/workload/hold.ts';
import type { Instance } from '../runtime.ts';
import { vmMicroBalloon, vmMicroReporting } from './micro-balloon.ts';
import { microMachine } from './micro-machine.ts';
import { qemuArguments } from './qemu/arguments.ts';
import { cgroupsOf, DEADLINE_MS, lack, suffix, withBox } from './real-machines.ts';

const realTest = lack === null ? test.serial : test.skip;
const MIB = 2 ** 20;
const image = { kernel: { vmlinux: '/k', release: '', digest: '', lengthBytes: 0, allocatedBytes: 0, from: '' }, initramfs: '/i', workload: '/usr/bin/ready' };

function words(options: Partial<Parameters<typeof microMachine>[1]>): string {
  return qemuArguments(microMachine(image, { accelerator: 'tcg', memoryMebibytes: 256, vcpus: 1, tscKhz: 1, ...options }, 'exit')).flatMap((argument) => argument.words).join(' ');
}

test('the device is there for those that have one, on the bus of the machine', (t) => {
  t.notRegex(words({}), /balloon/);
  t.regex(words({ balloon: 'asked' }), /-device virtio-balloon-device( |$)/);
  t.regex(words({ balloon: 'reporting' }), /-device virtio-balloon-device,free-page-reporting=on/);
  t.regex(words({ balloon: 'asked', machine: 'q35' }), /-device virtio-balloon-pci/);
});

test('memory that may be merged has no name, and all other has', (t) => {
  t.regex(words({ mergeable: true }), /memory-backend-ram,id=ram,size=256M,merge=on/);
  t.regex(words({}), /memory-backend-memfd,id=ram,size=256M,share=on/);
});

/** Held without a name by this process. */
function longerInitramfs(): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.includes('tare-command-') ? [target] : [];
    } catch {
      return [];
    }
  });
}

async function marked(instance: Instance, marks: string): Promise<void> {
  const end = Date.now() + DEADLINE_MS;
  while (!Buffer.concat(instance.timeline.marks.map(({ bytes }) => bytes)).toString().startsWith(marks)) {
    if (Date.now() > end) throw new Error(`no ${marks}: ${instance.outputSoFar()}`);
    await sleep(20);
  }
}

async function ram(instance: Instance): Promise<number> {
  return (await instance.memory()).machine?.ramBytes ?? Number.NaN;
}

realTest(`what the balloon takes, the host has back; the guest gives no more than it is asked for${suffix}`, async (t) => {
  await withBox(vmMicroBalloon, async (box) => {
    t.is(longerInitramfs().length, 1);
    const instance = await box.start({ what: 'workload', then: 'idle', account: true, hold: holdWords(64, 0) });
    await instance.ready(DEADLINE_MS);
    await marked(instance, 'RTF');
    const freed = await ram(instance);
    t.is(await instance.balloon?.keep(128 * MIB, DEADLINE_MS), 128 * MIB);
    const inflated = await ram(instance);
    t.true(inflated < 128 * MIB && inflated < freed, `${freed} to ${inflated}`);
    t.is(await instance.balloon?.keep(256 * MIB, DEADLINE_MS), 256 * MIB);
    t.deepEqual((await instance.stop()).leftovers, []);
    t.deepEqual(cgroupsOf(box), []);
  });
  t.deepEqual(longerInitramfs(), [], 'its initramfs went with the box');
});

realTest(`a guest that reports free pages gives back by itself what was freed${suffix}`, (t) =>
  withBox(vmMicroReporting, async (box) => {
    const instance = await box.start({ what: 'workload', then: 'idle', account: true, hold: holdWords(64, 1) });
    await instance.ready(DEADLINE_MS);
    t.is(instance.balloon, undefined);
    await marked(instance, 'RT');
    const peak = await ram(instance);
    await marked(instance, 'RTF');
    const end = Date.now() + DEADLINE_MS;
    while ((await ram(instance)) > peak - 32 * MIB && Date.now() < end) await sleep(200);
    t.true((await ram(instance)) <= peak - 32 * MIB, `${await ram(instance)} of ${peak}`);
    await instance.stop();
  }));
