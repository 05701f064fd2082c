/**
 * The best command line for QEMU that one would write by hand for vm-micro's guest: the shortest of those that booted
 * 90 times of 90, with each option that made a difference. Nothing is told apart by it, weighed or asked; the mark comes
 * on QEMU's standard output.
 */
import { StartFailure } from '../../runtime/errors.ts';
import type { Image } from '../../runtime/image/image.ts';
import { startInstance } from '../../runtime/instance.ts';
import type { Launcher } from '../../runtime/launcher/client.ts';
import type { Plan } from '../../runtime/plan.ts';
import type { Accelerator } from '../../runtime/runtime.ts';
import { clone, descriptors, exec, setsid } from '../../runtime/steps.ts';
import { explainQemuEnd } from '../../runtime/vm/qemu/failures.ts';
import type { VmStarter } from './rounds.ts';

export interface ByHand {
  readonly program: string;
  readonly image: Pick<Image, 'kernel' | 'initramfs' | 'workload'>;
  readonly accelerator: Accelerator;
  readonly memoryMebibytes: number;
  readonly tscKhz: number;
}

/** @returns program and arguments */
export function lineByHand({ program, image, accelerator, memoryMebibytes, tscKhz }: ByHand): string[] {
  const clock = accelerator === 'tcg' ? [`tsc_early_khz=${tscKhz}`] : [];
  const kernel = ['panic=-1', 'reboot=t', 'quiet', ...clock, 'cryptomgr.notests', 'noreplace-smp', 'mitigations=off', `rdinit=${image.workload}`, '--', 'port:0xe9', 'exit'];
  return [
    program,
    ...['-machine', 'microvm', '-accel', accelerator, '-cpu', accelerator === 'kvm' ? 'host' : 'max', '-m', String(memoryMebibytes)],
    ...['-nodefaults', '-no-user-config', '-display', 'none', '-serial', 'none', '-no-reboot'],
    ...['-kernel', image.kernel.vmlinux, '-initrd', image.initramfs, '-append', kernel.join(' ')],
    ...['-chardev', 'stdio,id=mark,signal=off', '-device', 'isa-debugcon,iobase=0xe9,chardev=mark', '-device', 'isa-debug-exit,iobase=0xf4,iosize=0x04'],
  ];
}

const MARK = 'R';

/**
 * Started by the same launcher and stamped by the same clock as vm-micro, with the least about it: a process, no cgroup.
 * A shell or a Node of its own would only be slower.
 */
export function byHandStarter(launcher: Launcher, line: readonly string[]): VmStarter {
  const plan: Plan = [
    descriptors({ stdin: 'null', stdout: 'capture', stderr: 'capture', mark: true }, 'the mark on standard output'),
    clone([], '', 'a process'),
    setsid('no terminal'),
    exec(line[0] ?? '', line, [], 'the line itself'),
  ];
  const prepared = launcher.prepare(() => plan);
  return {
    name: 'by-hand',
    async start(deadlineMs) {
      const instance = await startInstance(launcher, prepared);
      const timer = setTimeout(() => instance.signal(9), deadlineMs);
      const ended = await instance.ended;
      clearTimeout(timer);
      const mark = instance.spoken().find(({ text }) => text.includes(MARK));
      if (mark === undefined) throw explainQemuEnd(ended, { runtime: 'by-hand', memoryMebibytes: 0, leastMebibytes: 0 });
      if (ended.how === 'exited' && ended.status === 1) return Number(mark.at - instance.timeline.requested);
      throw new StartFailure('ended', `by-hand made its mark, and ended with ${ended.how} ${ended.status}`, 'see its log', ended.output);
    },
    close: () => Promise.resolve(),
  };
}
