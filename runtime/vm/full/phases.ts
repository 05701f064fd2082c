/**
 * The phases of a traditional machine's boot, from what came over the mark's channel and when. Pure.
 *
 * The firmware's words begin with its first; its last, "Booting from", hands over to the boot sector. The boot loader
 * says nothing: it ends when the kernel's own clock starts, which the first `<I 812>` tells, 812 ms later, from within
 * the initramfs. What unpacks the kernel is the boot loader's in this account.
 */
import { StartFailure } from '../../errors.ts';
import type { StartPhase } from '../../phases.ts';
import type { Nanoseconds, Timeline } from '../../runtime.ts';

interface Event {
  readonly at: Nanoseconds;
  readonly text: string;
}

/** Marks arrive in pieces of any length: put together again, with the time at which each came to its end. */
function find(marks: readonly Event[], pattern: RegExp): { readonly at: Nanoseconds; readonly groups: readonly string[] } | null {
  let text = '';
  for (const mark of marks) {
    text += mark.text;
    const match = pattern.exec(text);
    if (match !== null) return { at: mark.at, groups: match.slice(1) };
  }
  return null;
}

const MILLION = 1_000_000n;

/** The ends of all phases but the last, in order, and what their absence means. */
const ENDS = ['firmware', 'boot loader', 'kernel', 'initramfs', 'init', 'service'] as const;

/**
 * @param output console and complaints, for the log of one that did not come to its end
 * @throws {StartFailure} naming the last phase that it reached
 */
export function bootPhases(timeline: Pick<Timeline, 'requested' | 'marks'>, output: string): StartPhase[] {
  const marks = timeline.marks.map(({ at, bytes }) => ({ at, text: Buffer.from(bytes).toString('latin1') }));
  const firmware = marks[0] ?? null;
  const booting = find(marks, /Booting from [0-9a-fA-F]{4}:/);
  const initramfs = find(marks, /<I (\d+)>/);
  const kernel = initramfs === null ? null : { at: initramfs.at - BigInt(initramfs.groups[0] ?? 0) * MILLION };
  const init = find(marks, /<S \d+>/);
  const services = find(marks, /<U \d+>/);
  const ready = find(marks, /<U \d+>[\s\S]*R/);
  const ends = [firmware, booting, kernel, initramfs, init, services, ready];
  const missing = ends.indexOf(null);
  if (missing >= 0) {
    const reached = missing === 0 ? 'QEMU itself' : `the ${ENDS[missing - 1] ?? 'service'}`;
    throw new StartFailure('deadline', `vm-full came no further than ${reached}`, 'allow it more time, or see its log for where it hangs', `${marks.map(({ text }) => text).join('')}\n${output}`);
  }
  const what: Readonly<Record<Exclude<StartPhase['name'], 'runtime'>, string>> = {
    qemu: 'QEMU starts and builds the machine, until the firmware’s first word',
    firmware: 'SeaBIOS looks for memory, devices and a disk to boot from',
    'boot loader': 'syslinux reads kernel and initramfs from the disk, and the kernel unpacks itself',
    kernel: 'Linux takes over the machine, and unpacks the initramfs',
    initramfs: 'drivers are loaded, the root file system is found, checked and mounted',
    init: 'systemd reads its units, and makes the system ready for services',
    service: 'services start: the network, and nginx, until it answers',
  };
  const names: readonly (keyof typeof what)[] = ['qemu', ...ENDS];
  let before = timeline.requested;
  return names.map((name, index) => {
    const at = ends[index]?.at ?? before;
    const milliseconds = Number(at - before) / 1e6;
    before = at;
    return { name, milliseconds, what: what[name] };
  });
}
