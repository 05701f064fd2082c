/** Runs the probe under KVM through the launcher: the marks are stamped where every other mark is. */
import type { Ended, Instance } from '../../runtime.ts';
import type { MachineOptions } from '../qemu/arguments.ts';
import { traceOf, type Trace } from './trace.ts';
import { WHOLE_MS } from './verdict.ts';

/** For QEMU to start and the first mark to come; then the probe has its own limit. */
export const FIRST_MARK_MS = 5000;

/** Starts QEMU with the options and gives the instance; `startInstance` in earnest, a fake in tests. */
export type StartMachine = (options: MachineOptions) => Promise<Instance>;

export function probeMachine(rom: string): MachineOptions {
  return { machine: 'microvm', accelerator: 'kvm', memoryMebibytes: 16, vcpus: 1, boot: { from: 'rom', rom }, console: false, debugExit: true };
}

/** Never hangs: QEMU is stopped when its time is up. A start that fails gives a trace without marks. */
export async function runProbe(start: StartMachine, rom: string, limits = { firstMarkMs: FIRST_MARK_MS, wholeMs: WHOLE_MS }): Promise<Trace> {
  const instance = await start(probeMachine(rom));
  try {
    await instance.ready(limits.firstMarkMs);
  } catch {
    // It has ended or been stopped; the trace tells which.
    const ended = await instance.ended;
    return traceOf(instance.timeline, ended, killed(ended));
  }
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), limits.wholeMs)));
  const inTime = await Promise.race([instance.ended, late]);
  clearTimeout(timer);
  return traceOf(instance.timeline, inTime ?? (await instance.stop()), inTime === null);
}

const SIGKILL = 9;

function killed(ended: Ended): boolean {
  return ended.how === 'signalled' && ended.status === SIGKILL;
}
