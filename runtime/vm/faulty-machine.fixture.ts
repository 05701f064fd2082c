/** For tests: vm-micro's machine with something wrong about it, started as it is always started. */
import type { Image } from '../image/image.ts';
import { loadImage } from '../image/load.ts';
import { hierarchy, startInstance } from '../instance.ts';
import type { Launcher } from '../launcher/client.ts';
import { exec } from '../steps.ts';
import { GuestInstance } from './guest-instance.ts';
import { hostTsc } from './kernel/tsc.ts';
import { microMachine } from './micro-machine.ts';
import { qemuPlan } from './plan.ts';
import { prepareVm } from './prepare.ts';
import type { Attempt } from './qemu/failures.ts';
import { watched } from './watch.ts';

export interface Fault {
  /** RAM, where it is to be other than enough. */
  readonly memoryMebibytes?: number;
  /** Turns QEMU's arguments into wrong ones. */
  readonly words?: (words: readonly string[]) => string[];
  /** Turns the kernel's command line into a wrong one. */
  readonly kernel?: (line: string) => string;
  /** Words before QEMU: a program that starts it, and that it finds another world in; or in place of it. */
  readonly before?: readonly string[];
  readonly inPlace?: boolean;
}

const REQUEST = { what: 'workload', then: 'exit', account: true } as const;
const LEAST_MEBIBYTES = 72;
const ENOUGH_MEBIBYTES = 128;

export class FaultyMachine {
  readonly launcher: Launcher;
  readonly #program: string;
  readonly #image: Image;

  private constructor(launcher: Launcher, program: string, image: Image) {
    this.launcher = launcher;
    this.#program = program;
    this.#image = image;
  }

  static async open(): Promise<FaultyMachine> {
    const image = await loadImage('tiny');
    const { launcher, qemu } = await prepareVm('vm-micro', image, { memoryBytes: ENOUGH_MEBIBYTES * 2 ** 20, cpus: 1, accelerator: 'tcg' }, LEAST_MEBIBYTES);
    return new FaultyMachine(launcher, qemu.path, image);
  }

  async start({ memoryMebibytes = ENOUGH_MEBIBYTES, words = (same) => [...same], kernel = (same) => same, before = [], inPlace = false }: Fault): Promise<GuestInstance> {
    const machine = microMachine(this.#image, { accelerator: 'tcg', memoryMebibytes, vcpus: 1, tscKhz: hostTsc().khz }, 'exit');
    if (machine.boot.from !== 'kernel') throw new Error('it boots a kernel');
    const changed = { ...machine, boot: { ...machine.boot, commandLine: kernel(machine.boot.commandLine) } };
    const attempt: Attempt = { runtime: 'vm-micro', memoryMebibytes, leastMebibytes: LEAST_MEBIBYTES, image: 'tiny' };
    const qemu = await startInstance(
      this.launcher,
      (slot) =>
        qemuPlan(this.#program, changed, hierarchy(), slot, REQUEST).map((step) => {
          if (step.op !== 'exec') return step;
          const argv = step.args.slice(2, 2 + Number(step.args[1])).map(String);
          const all = [...before, ...(inPlace ? [] : [argv[0] ?? '', ...words(argv.slice(1))])];
          return exec(all[0] ?? '', all, ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'], step.why);
        }),
      watched(attempt),
    );
    return new GuestInstance(qemu, attempt);
  }

  close(): Promise<void> {
    return this.launcher.close();
  }
}

/** The words with what follows NAME replaced. */
export function instead(name: string, value: string): (words: readonly string[]) => string[] {
  return (words) => words.map((word, index) => (words[index - 1] === name ? value : word));
}

export function besides(...more: readonly string[]): (words: readonly string[]) => string[] {
  return (words) => [...words, ...more];
}
