/** Whose kernel a box runs on, asked from inside. */
import { readFileSync } from 'node:fs';
import test from 'ava';
import { containerRuntime } from './container/container.ts';
import { loadImage } from './image/load.ts';
import type { Runtime } from './runtime.ts';
import { vmAvailability } from './vm/availability.ts';
import { vmMicro } from './vm/micro.ts';
import { ASK_WITNESS, hostBootId, witnessOf, type Witness } from './witness.ts';

const containers = (await containerRuntime.availability()).state === 'available';
const machines = (await vmAvailability()).state === 'available';

test('answers are found among a console’s other words, and only whole', (t) => {
  const text = '[ 1.2] random: fast init\r\nkernel 6.1.0\r\nboot aa-bb\r\nprocesses 3\r\n[ 2.0] reboot\r\n';
  t.deepEqual(witnessOf(text, 'aa-bb'), { kernel: '6.1.0', hostsKernel: true, processes: 3 });
  t.deepEqual(witnessOf(text, 'cc-dd')?.hostsKernel, false);
  for (const missing of ['kernel', 'boot', 'processes']) t.is(witnessOf(text.replace(`${missing} `, 'x'), 'aa-bb'), null, missing);
});

async function seenIn(runtime: Runtime): Promise<Witness | null> {
  const box = await runtime.prepare(await loadImage('tiny'), { memoryBytes: 256 * 2 ** 20, cpus: 1, accelerator: 'auto' });
  try {
    return witnessOf((await (await box.start(ASK_WITNESS)).ended).output, hostBootId());
  } finally {
    await box.close();
  }
}

(containers ? test.serial : test.skip)(`a container runs on the host’s very kernel and sees none of its processes${containers ? '' : ' (skipped: no container can be started here)'}`, async (t) => {
  const seen = await seenIn(containerRuntime);
  t.like(seen, { kernel: readFileSync('/proc/sys/kernel/osrelease', 'utf8').trim(), hostsKernel: true });
  t.true((seen?.processes ?? 99) <= 2, String(seen?.processes));
});

(machines ? test.serial : test.skip)(`a machine runs on a kernel of its own${machines ? '' : ' (skipped: no machine can be started here)'}`, async (t) => {
  const image = await loadImage('tiny');
  t.like(await seenIn(vmMicro), { kernel: image.kernel.release, hostsKernel: false });
});
