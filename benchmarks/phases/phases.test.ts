/** A start taken apart: for real, of boxes that are here on any host, and of one machine. */
import test from 'ava';
import { containerRuntime } from '../../runtime/container/container.ts';
import { StartFailure } from '../../runtime/errors.ts';
import { loadImage } from '../../runtime/image/load.ts';
import { plannedPhases } from '../../runtime/phases.ts';
import { processRuntime } from '../../runtime/process/process.ts';
import type { Runtime } from '../../runtime/runtime.ts';
import { vmAvailability } from '../../runtime/vm/availability.ts';
import { vmFloor } from '../../runtime/vm/floor.ts';
import { vmMicro } from '../../runtime/vm/micro.ts';
import { Attempt } from '../rounds/attempt.ts';
import { phases } from './phases.ts';

const OPTIONS = { memoryBytes: 256 * 2 ** 20, cpus: 1, accelerator: 'auto' } as const;

async function taken(runtime: Runtime): Promise<{ values: Readonly<Record<string, number>>; readyMs: number | undefined }> {
  const box = await runtime.prepare(await loadImage('tiny'), OPTIONS);
  const attempt = new Attempt(box, { deadlineMs: 60_000, settleMs: 0, gapMs: 0, memoryBytes: OPTIONS.memoryBytes, budgetBytes: 0, signal: new AbortController().signal });
  try {
    const { values, timeline } = await phases.take(box, attempt);
    return { values, readyMs: timeline?.find(({ label }) => label === 'ready')?.ms };
  } finally {
    await attempt.finish();
    await box.close();
  }
}

const containers = (await containerRuntime.availability()).state === 'available';
const machines = (await vmAvailability()).state === 'available';

const CASES: readonly [runtime: Runtime, parts: readonly string[], can: boolean][] = [
  [processRuntime, ['runtime', 'service'], true],
  [containerRuntime, ['runtime', 'service'], containers],
  [vmFloor, ['qemu'], machines],
  [vmMicro, ['qemu', 'kernel', 'service'], machines],
];

for (const [runtime, parts, can] of CASES) {
  (can ? test.serial : test.skip)(`${runtime.name}: its parts, which add up to its start${can ? '' : ' (skipped: this host cannot start it)'}`, async (t) => {
    const { values, readyMs } = await taken(runtime);
    // A machine's console may lag behind its mark where the host is busy: see runtime/vm/explained.ts.
    t.deepEqual(Object.keys(values), runtime === vmMicro && values['service'] === undefined ? parts.slice(0, -1) : parts);
    t.true(Object.values(values).every((milliseconds) => milliseconds > 0), JSON.stringify(values));
    t.true(Math.abs(Object.values(values).reduce((sum, each) => sum + each, 0) - (readyMs ?? 0)) < 1e-3, `${JSON.stringify(values)} ${readyMs}`);
  });
}

test('a start without stamps is no measurement', (t) => {
  t.throws(() => plannedPhases({ requested: 1n, steps: [], ready: 2n }), { instanceOf: StartFailure });
  t.throws(() => plannedPhases({ requested: 1n, steps: [{ label: 'exec', op: 'exec', at: 2n }], ready: null }), { instanceOf: StartFailure });
});

test('every part has its metric, and a box need not have all of them', (t) => {
  t.deepEqual(phases.metrics.map(({ name }) => name), ['runtime', 'qemu', 'firmware', 'boot-loader', 'kernel', 'initramfs', 'init', 'service']);
  t.true(phases.metrics.every(({ sparse }) => sparse === true));
});
