/** The last word on KVM: the real guest kernel, once, against a deadline. */
import { TareError } from '../../errors.ts';
import type { MachineOptions } from '../qemu/arguments.ts';
import type { StartMachine } from './probe.ts';
import type { Confirmation } from './prove.ts';

export const CONFIRM_MS = 10_000;

export async function confirmWith(start: StartMachine, options: MachineOptions, deadlineMs = CONFIRM_MS): Promise<Confirmation> {
  const instance = await start(options);
  try {
    const ready = await instance.ready(deadlineMs);
    return { works: true, ms: Number(ready - instance.timeline.requested) / 1e6 };
  } catch (error) {
    if (!(error instanceof TareError)) throw error;
    return { works: false, reason: error.message };
  } finally {
    await instance.stop();
  }
}
