/** What a virtual machine can tell of itself: its hardware and its kernel's parameters with their reasons, and how it boots. */
import { StartFailure } from '../errors.ts';
import type { StartPhase } from '../phases.ts';
import type { Box, Spoken, Timeline } from '../runtime.ts';
import type { GuestInstance } from './guest-instance.ts';
import type { Parameter } from './kernel/parameters.ts';
import type { Argument } from './qemu/arguments.ts';
import { listDevices, type Device } from './qmp/devices.ts';

export interface ExplainedMachine {
  /** QEMU's arguments, in order. */
  readonly arguments: readonly Argument[];
  /** The guest kernel's; empty for a guest without one. */
  readonly parameters: readonly Parameter[];
}

/** A box that can be explained. */
export interface ExplainableVm extends Box {
  explain(): ExplainedMachine;
}

/**
 * What hardware the guest believes it has, as QEMU itself tells. The machine is built before its guest runs, so that is
 * not waited for.
 * @throws {TareError} when it does not start or does not answer
 */
export async function devicesOf(box: Box): Promise<readonly Device[]> {
  const instance = (await box.start({ what: 'workload', then: 'idle', account: true })) as GuestInstance;
  try {
    return await listDevices(await instance.qmp());
  } finally {
    await instance.stop();
  }
}

/** When the piece arrived in which PATTERN was complete. */
function heard(spoken: readonly Spoken[], pattern: RegExp): bigint | null {
  let text = '';
  for (const piece of spoken) {
    text += piece.text;
    if (pattern.test(text)) return piece.at;
  }
  return null;
}

/**
 * The phases of a boot without firmware and boot loader, from what its kernel said and when. Pure.
 *
 * The kernel's console is written by whichever of its threads has the time: on a busy host the words before the first
 * program may come after that program's mark, or not at all. Kernel and program cannot be told apart then, and are not.
 * @param spoken of a boot whose kernel was told to talk
 * @throws {StartFailure} naming the last phase that it reached
 */
export function directBootPhases(timeline: Pick<Timeline, 'requested' | 'ready'>, spoken: readonly Spoken[]): StartPhase[] {
  const { ready } = timeline;
  const begun = heard(spoken, /Linux version /);
  const run = heard(spoken, /Run \S+ as init process/);
  const lags = ready !== null && (run === null || run > ready);
  const names = lags ? (['qemu', 'kernel'] as const) : (['qemu', 'kernel', 'service'] as const);
  const ends = lags ? [begun, ready] : [begun, run, ready];
  const what = {
    qemu: 'QEMU starts, builds the machine, loads kernel and root file system into its memory and enters the kernel',
    kernel: `Linux takes over the machine, looks for its devices, and unpacks the root file system${lags ? '; with the first program, as its console was late' : ''}`,
    service: 'the first program starts, and says that it is ready',
  } as const;
  const missing = ends.indexOf(null);
  if (missing >= 0) throw new StartFailure('deadline', `the boot came no further than ${missing === 0 ? 'QEMU itself' : `the ${names[missing - 1] ?? ''}`}`, 'see its log for where it hangs', spoken.map(({ text }) => text).join(''));
  let before = timeline.requested;
  return names.map((name, index) => {
    const at = ends[index] ?? before;
    const milliseconds = Number(at - before) / 1e6;
    before = at;
    return { name, milliseconds, what: what[name] };
  });
}
