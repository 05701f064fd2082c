/** The traditional machine for real: one boot of each disk, as it takes half a minute where it is emulated. */
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import test from 'ava';
import { disks } from '../../../fixtures/images/full/recipe.ts';
import { StartFailure, TareError } from '../../errors.ts';
import { guestMemory } from '../../guest-memory.ts';
import { loadImage } from '../../image/load.ts';
import { vmAvailability } from '../availability.ts';
import { OPTIONS, sumOfParts } from '../real-machines.ts';
import { findFullDisk } from './disk-store.ts';
import { LEAST_MEBIBYTES, vmFull } from './full.ts';

/** Generous: emulated, on a busy host. Nothing is judged by it. */
const DEADLINE_MS = 420_000;

const state = await vmAvailability();
const built = await Promise.all(disks.map((recipe) => findFullDisk(recipe).catch(() => null)));
const missing = disks.filter((_, index) => built[index] === null).map(({ name }) => name);
const lack = state.state !== 'available' ? state.reason : missing.length > 0 ? `its disks are not built: tare image build ${missing.join(', ')}` : null;
const realTest = lack === null ? test.serial : test.skip;
const suffix = lack === null ? '' : ` (skipped: ${lack})`;

function overlays(): string[] {
  return readdirSync(tmpdir()).filter((name) => name.startsWith('tare-overlay-'));
}

realTest(`firmware, boot loader, kernel, initramfs, systemd, nginx: it answers, is weighed, and shuts down when asked${suffix}`, async (t) => {
  t.timeout(2 * DEADLINE_MS);
  const box = await vmFull.prepare(await loadImage('web'), OPTIONS);
  try {
    const fresh = (await box.disk()).find(({ shared }) => !shared)?.allocatedBytes ?? 0;
    const instance = await box.start({ what: 'workload', then: 'idle', account: true });
    t.deepEqual(overlays(), []); // its file has no name
    t.true(await instance.ready(DEADLINE_MS) > instance.timeline.requested);
    t.is(Buffer.concat(instance.timeline.marks.map(({ bytes }) => Buffer.from(bytes))).toString(), 'R');
    const memory = await instance.memory();
    t.true(memory.cgroupBytes > 2 ** 26);
    t.is(sumOfParts(memory), memory.pssBytes);
    const ended = await instance.stop();
    t.like(ended, { how: 'exited', status: 0 });
    t.regex(ended.output, /reboot: Power down/); // systemd's own doing, not a kill
    const inside = guestMemory(ended.output); // told by a unit, on the way down
    t.true(inside !== null && inside.totalBytes < OPTIONS.memoryBytes && inside.availableBytes > 0, JSON.stringify(inside));
    t.deepEqual(ended.leftovers, []);
    const items = await box.disk();
    for (const storey of ['base', 'prerequisites', 'app', 'guest-kernel', 'initramfs', 'boot-loader', 'metadata', 'hypervisor'] as const) t.true(items.some((item) => item.storey === storey), storey);
    t.is(new Set(items.map(({ name }) => name)).size, items.length);
    t.true((items.find(({ shared }) => !shared)?.allocatedBytes ?? 0) > fresh); // a boot has written something
  } finally {
    await box.close();
  }
});

realTest(`tiny’s workload in a root of its own below Debian: one byte, and the machine ends with it${suffix}`, async (t) => {
  t.timeout(2 * DEADLINE_MS);
  const box = await vmFull.prepare(await loadImage('tiny'), OPTIONS);
  try {
    const instance = await box.start({ what: 'workload', then: 'exit', account: true });
    await instance.ready(DEADLINE_MS);
    const ended = await instance.ended;
    t.like(ended, { how: 'exited', status: 0, leftovers: [] });
    t.is(Buffer.concat(instance.timeline.marks.map(({ bytes }) => Buffer.from(bytes))).toString(), 'R');
    const storeys = new Map((await box.disk()).map(({ name, storey }) => [name, storey]));
    t.is(storeys.get('base of tiny (on the disk)'), 'base');
    t.is(storeys.get('app of tiny (on the disk)'), 'app');
    t.is(storeys.get('system (on the disk)'), 'base');
  } finally {
    await box.close();
  }
});

realTest(`one that ends before its mark is told so, and nothing of it is left${suffix}`, async (t) => {
  const box = await vmFull.prepare(await loadImage('web'), OPTIONS);
  try {
    const instance = await box.start({ what: 'workload', then: 'exit', account: true });
    process.kill(instance.pid, 'SIGKILL');
    const failure = await t.throwsAsync(instance.ready(DEADLINE_MS), { instanceOf: StartFailure });
    t.regex(failure.message, /vm-full did not start: QEMU was killed \(signal 9\)/);
    t.deepEqual((await instance.ended).leftovers, []);
    t.deepEqual(overlays(), []);
    await t.throwsAsync(box.start({ what: 'command', argv: ['sh'], streams: 'capture' }), { instanceOf: TareError, message: /cannot run "sh"/ });
  } finally {
    await box.close();
  }
});

realTest(`an image without a disk, and too little memory, are refused before anything starts${suffix}`, async (t) => {
  await t.throwsAsync(loadImage('tiny').then((image) => vmFull.prepare({ ...image, name: 'odd' }, OPTIONS)), { instanceOf: TareError, message: /no disk with the image "odd"/ });
  await t.throwsAsync(loadImage('web').then((image) => vmFull.prepare(image, { ...OPTIONS, memoryBytes: 2 ** 24 })), { instanceOf: TareError, message: new RegExp(`16 MiB.*least that does is ${LEAST_MEBIBYTES} MiB`) });
});
