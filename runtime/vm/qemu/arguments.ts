/**
 * QEMU's command line: from options to arguments, each with its reason. Pure.
 *
 * Figures in the reasons are from boots of Debian's 6.1 cloud kernel under TCG on two processors.
 */
import type { Accelerator } from '../../runtime.ts';
import { MACHINES, type MachineName } from './machines.ts';

/** Words that belong together, and why they are there. */
export interface Argument {
  readonly words: readonly string[];
  readonly why: string;
}

export type Boot =
  /** A ROM in place of the firmware: a guest without an operating system. */
  | { readonly from: 'rom'; readonly rom: string }
  /** QEMU loads the kernel itself: neither boot loader nor disk. */
  | { readonly from: 'kernel'; readonly vmlinux: string; readonly initramfs: string; readonly commandLine: string };

export interface MachineOptions {
  readonly machine: MachineName;
  readonly accelerator: Accelerator;
  readonly memoryMebibytes: number;
  readonly vcpus: number;
  readonly boot: Boot;
  /** Give the guest a serial port that ends in QEMU's standard input and output. */
  readonly console: boolean;
  /** Whether the guest can end QEMU by writing to port 0xf4. */
  readonly debugExit: boolean;
}

/** The descriptor on which the launcher gives every new process its mark channel. */
export const MARK_DESCRIPTOR = 3;
export const MARK_PORT = 0xe9;
export const EXIT_PORT = 0xf4;

const ACCELERATORS: Readonly<Record<Accelerator, readonly Argument[]>> = {
  kvm: [
    { words: ['-accel', 'kvm'], why: 'the processor runs the guest itself; proven beforehand, so no second choice is given' },
    {
      words: ['-cpu', 'host,arch-capabilities=off'],
      why: 'the processor as it is, less one register that some hosts offer and then refuse to set, at which QEMU aborts ("failed to set MSR 0x10a"); it only tells a guest of mitigations',
    },
  ],
  tcg: [
    { words: ['-accel', 'tcg'], why: 'emulation in software: no hardware virtualisation is used' },
    { words: ['-cpu', 'max'], why: 'every feature that the emulator has' },
  ],
};

function boot(from: Boot): Argument[] {
  switch (from.from) {
    case 'rom':
      return [{ words: ['-bios', from.rom], why: 'the whole guest, in place of the firmware' }];
    case 'kernel':
      return [
        { words: ['-kernel', from.vmlinux], why: 'uncompressed, entered by PVH: the guest unpacks nothing (0.2 s less than vmlinuz)' },
        { words: ['-initrd', from.initramfs], why: 'the root file system, the same tree as every other box has' },
        { words: ['-append', from.commandLine], why: 'the kernel command line, see its own reasons' },
      ];
  }
}

/** All of QEMU's arguments, in order. */
export function qemuArguments(options: MachineOptions): Argument[] {
  const machine = MACHINES[options.machine];
  return [
    { words: ['-machine', `${machine.type},memory-backend=ram`], why: machine.why },
    ...ACCELERATORS[options.accelerator],
    { words: ['-smp', String(options.vcpus)], why: 'as many processors as the box may use, rounded up: a guest has no half ones' },
    { words: ['-m', `${options.memoryMebibytes}M`], why: 'what the guest believes it has; only what it touches is taken from the host' },
    {
      words: ['-object', `memory-backend-memfd,id=ram,size=${options.memoryMebibytes}M,share=on`],
      why: 'guest RAM under a name, so that it can be told from the hypervisor’s own memory; costs no time. Shared, as a private mapping of a memfd would hold each written page twice',
    },
    { words: ['-nodefaults'], why: 'no device that is not asked for: no network card, no display, no floppy' },
    { words: ['-no-user-config'], why: 'nothing from the host’s configuration files' },
    { words: ['-display', 'none'], why: 'nobody looks' },
    ...(options.console
      ? [
          { words: ['-chardev', 'stdio,id=console,signal=off'], why: 'the guest’s console on our standard streams; Ctrl-C goes to the guest, not to QEMU' },
          { words: ['-serial', 'chardev:console'], why: 'a panic can say its reason; silent otherwise, it costs no measurable time' },
        ]
      : [{ words: ['-serial', 'none'], why: 'the guest has nothing to say' }]),
    { words: ['-no-reboot'], why: 'a guest that reboots has failed: QEMU ends instead of trying again' },
    ...boot(options.boot),
    { words: ['-add-fd', `fd=${MARK_DESCRIPTOR},set=1`], why: 'the mark channel, inherited from the launcher' },
    {
      words: ['-chardev', 'file,id=mark,path=/dev/fdset/1,append=on'],
      why: 'no file is opened or made; append=on, as a pipe cannot be truncated',
    },
    { words: ['-device', `isa-debugcon,iobase=0x${MARK_PORT.toString(16)},chardev=mark`], why: 'a byte written to this port is in the launcher’s pipe before the guest goes on; needs no driver' },
    ...(options.debugExit
      ? [{ words: ['-device', `isa-debug-exit,iobase=0x${EXIT_PORT.toString(16)},iosize=0x04`], why: 'a code written to this port ends QEMU at once, with status code × 2 + 1' }]
      : []),
  ];
}

/** The arguments as QEMU gets them. */
export function argv(program: string, options: MachineOptions): string[] {
  return [program, ...qemuArguments(options).flatMap((argument) => argument.words)];
}
