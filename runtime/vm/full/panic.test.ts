/** A traditional machine whose kernel panics, for real: it is not told to reboot, so nothing would ever come of it. */
import test from 'ava';
import { StartFailure } from '../../errors.ts';
import { loadImage } from '../../image/load.ts';
import { vmAvailability } from '../availability.ts';
import { prepareVm } from '../prepare.ts';
import { OPTIONS, runs } from '../real-machines.ts';
import { FullBox } from './box.ts';
import { findDiskRecipe, findFullDisk } from './disk-store.ts';

const recipe = findDiskRecipe('full-tiny');
const state = await vmAvailability();
const disk = await findFullDisk(recipe).catch(() => null);
const lack = state.state !== 'available' ? state.reason : disk === null ? `its disk is not built: tare image build ${recipe.name}` : null;
const realTest = lack === null && disk !== null ? test.serial : test.skip;

/** Enough for the kernel, and not for its initramfs. */
const TOO_LITTLE_MEBIBYTES = 104;

/** Far beyond what it takes to panic. */
const DEADLINE_MS = 240_000;

realTest(`a guest that panics is told so as soon as it has, not at its deadline${lack === null ? '' : ` (skipped: ${lack})`}`, async (t) => {
  t.timeout(2 * DEADLINE_MS);
  if (disk === null) return t.fail();
  const { launcher, qemu } = await prepareVm('vm-full', await loadImage(recipe.image), OPTIONS, 1);
  const parts = { launcher, program: qemu.path, accelerator: 'tcg', acceleratorReason: 'for a test', versions: {}, attempt: { runtime: 'vm-full', memoryMebibytes: TOO_LITTLE_MEBIBYTES, leastMebibytes: 144, image: recipe.name } } as const;
  const box = new FullBox(parts, { accelerator: 'tcg', memoryMebibytes: TOO_LITTLE_MEBIBYTES, vcpus: 1 }, disk, recipe);
  try {
    const instance = await box.start({ what: 'workload', then: 'exit', account: true });
    const failure = await t.throwsAsync(instance.ready(DEADLINE_MS), { instanceOf: StartFailure });
    t.is(failure?.reason, 'ended');
    t.regex(failure?.message ?? '', /^vm-full did not start: the guest(’s)? kernel (panicked|ran out of memory|found no program)/);
    t.regex(failure?.log ?? '', /Kernel panic - not syncing[\s\S]*--- last phase reached: kernel ---/);
    t.deepEqual((await instance.ended).leftovers, []);
    t.false(runs(instance.pid));
  } finally {
    await box.close();
  }
});
