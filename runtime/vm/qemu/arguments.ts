/**
 * QEMU's command line: from options to arguments, each with its reason. Pure.
 *
 * Figures in the reasons are from boots of Debian's 6.1 cloud kernel under TCG on two processors.
 */
import type { Accelerator, MachineName } from '../../runtime.ts';
import { MACHINES } from './machines.ts';

/** Words that belong together, and why they are there. */
export interface Argument {
  readonly words: readonly string[];
  readonly why: string;
}

export type Boot =
  /** A ROM in place of the firmware: a guest without an operating system. */
  | { readonly from: 'rom'; readonly rom: string }
  /** QEMU loads the kernel itself: neither boot loader nor disk. */
  | { readonly from: 'kernel'; readonly vmlinux: string; readonly initramfs: string; readonly commandLine: string }
  /** The machine goes on from where another was saved: neither firmware nor kernel nor disk has a part in it. */
  | {
      readonly from: 'snapshot';
      /** State of the devices, for the new process's descriptor 4. */
      readonly state: Uint8Array;
      /** Path, less its `.in`, of the monitor's commands that read it. */
      readonly commands: string;
    };

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
  /** Guest RAM in a file instead of in memory of its own. */
  readonly ram?: {
    readonly file: string;
    /** Whether what the guest writes lands in the file, or stays the guest's own. */
    readonly written: boolean;
  };
  /** Guest RAM that the host's KSM may merge with other guests': without a name, as only a process's own pages are merged. */
  readonly mergeable?: boolean;
  /** The guest gives memory back: what it is `asked` for by the monitor, or of itself what it has free. */
  readonly balloon?: 'asked' | 'reporting';
  /** What the guest reads from the mark's port; left out, 0xe9. */
  readonly markAnswer?: number;
  /** It has a network card; what is asked at HOST port of 127.0.0.1 goes to the guest's GUEST port. Without ports it is never asked. */
  readonly network?: { readonly hostPort: number | null; readonly guestPort: number };
  /** It can be spoken to by QMP, and its guest has so long to shut down when asked; 0 for one that does not listen. */
  readonly monitor?: { readonly powerdownMs: number };
}

/** The descriptor on which the launcher gives every new process its mark channel. */
export const MARK_DESCRIPTOR = 3;
export const MARK_PORT = 0xe9;
export const EXIT_PORT = 0xf4;
/** Where the launcher puts a plan's memory file. */
export const STATE_DESCRIPTOR = 4;

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
    case 'snapshot':
      return [
        { words: ['-incoming', 'defer'], why: 'the state of its devices comes from outside, once it has been said how' },
        { words: ['-chardev', `pipe,id=resume,path=${optionValue(from.commands)}`], why: 'a file with the monitor’s commands: they need nobody to wait for QEMU and to send them' },
        { words: ['-mon', 'chardev=resume,mode=readline'], why: 'for those commands; QEMU 7.2 takes them in no option. In people’s form, as it is read byte by byte and is a third of QMP’s (2 ms)' },
      ];
  }
}

/** In QEMU's lists of options a comma in a value is doubled. */
function optionValue(value: string): string {
  return value.replaceAll(',', ',,');
}

function guestMemory({ memoryMebibytes, ram, mergeable }: MachineOptions): Argument {
  const size = `id=ram,size=${memoryMebibytes}M`;
  if (mergeable === true) {
    return { words: ['-object', `memory-backend-ram,${size},merge=on`], why: 'guest RAM as QEMU’s own memory, offered to KSM (madvise, MADV_MERGEABLE): what has a name, a memfd, cannot be merged' };
  }
  if (ram === undefined) {
    return {
      words: ['-object', `memory-backend-memfd,${size},share=on`],
      why: 'guest RAM under a name, so that it can be told from the hypervisor’s own memory; costs no time. Shared, as a private mapping of a memfd would hold each written page twice',
    };
  }
  const words = ['-object', `memory-backend-file,${size},mem-path=${optionValue(ram.file)},share=${ram.written ? 'on' : 'off'}`];
  return ram.written
    ? { words, why: 'guest RAM is the file: when the guest stands still, its memory is saved already' }
    : { words, why: 'guest RAM is the saved file, mapped and not copied: a page is read when it is touched and shared by all until it is written, then the guest’s own' };
}

/** QEMU's forwarding of a port of the host's to one of the guest's; '' for none. */
export function forwarding({ hostPort, guestPort }: NonNullable<MachineOptions['network']>): string {
  return hostPort === null ? '' : `,hostfwd=tcp:127.0.0.1:${hostPort}-:${guestPort}`;
}

function networkCard({ network, machine }: MachineOptions): Argument[] {
  if (network === undefined) return [];
  return [
    { words: ['-netdev', `user,id=net${forwarding(network)}`], why: 'a network that needs no root: QEMU itself speaks for the guest, and hands on what is asked of the host’s port' },
    MACHINES[machine].bus === 'mmio'
      ? { words: ['-device', 'virtio-net-device,netdev=net'], why: 'the guest’s network card, of the kind that is made for guests' }
      : { words: ['-device', 'virtio-net-pci,netdev=net,romfile='], why: 'the guest’s network card, of the kind that is made for guests; without the ROM by which a PC could boot from it' },
  ];
}

function balloonDevice({ balloon, machine }: MachineOptions): Argument[] {
  if (balloon === undefined) return [];
  const device = MACHINES[machine].bus === 'mmio' ? 'virtio-balloon-device' : 'virtio-balloon-pci';
  return balloon === 'asked'
    ? [{ words: ['-device', device], why: 'a balloon in the guest: when the monitor asks, it takes memory from the guest’s kernel, and QEMU gives that back to the host' }]
    : [{ words: ['-device', `${device},free-page-reporting=on`], why: 'the guest’s kernel says by itself which pages it has free, and QEMU gives them back to the host' }];
}

/**
 * All of QEMU's arguments, in order.
 * @param qmpSocket path at which it is to listen; only for options with a monitor
 */
export function qemuArguments(options: MachineOptions, qmpSocket: string | null = null): Argument[] {
  const machine = MACHINES[options.machine];
  return [
    { words: ['-machine', `${machine.type},memory-backend=ram`], why: machine.why },
    ...ACCELERATORS[options.accelerator],
    { words: ['-smp', String(options.vcpus)], why: 'as many processors as the box may use, rounded up: a guest has no half ones' },
    { words: ['-m', `${options.memoryMebibytes}M`], why: 'what the guest believes it has; only what it touches is taken from the host' },
    guestMemory(options),
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
    ...networkCard(options),
    ...balloonDevice(options),
    { words: ['-add-fd', `fd=${MARK_DESCRIPTOR},set=1`], why: 'the mark channel, inherited from the launcher' },
    {
      words: ['-chardev', 'file,id=mark,path=/dev/fdset/1,append=on'],
      why: 'no file is opened or made; append=on, as a pipe cannot be truncated',
    },
    { words: ['-device', `isa-debugcon,iobase=0x${MARK_PORT.toString(16)},chardev=mark${options.markAnswer === undefined ? '' : `,readback=0x${options.markAnswer.toString(16)}`}`], why: 'a byte written to this port is in the launcher’s pipe before the guest goes on; needs no driver' },
    ...(options.debugExit
      ? [{ words: ['-device', `isa-debug-exit,iobase=0x${EXIT_PORT.toString(16)},iosize=0x04`], why: 'a code written to this port ends QEMU at once, with status code × 2 + 1' }]
      : []),
    ...(qmpSocket === null
      ? []
      : [
          { words: ['-chardev', `socket,id=qmp,path=${optionValue(qmpSocket)},server=on,wait=off`], why: 'QEMU does not wait for anybody to connect' },
          { words: ['-mon', 'chardev=qmp,mode=control'], why: 'to ask how it is and to end it in good order; costs 0.6 ms of a start, so machines whose start is timed go without' },
        ]),
  ];
}

/** The arguments as QEMU gets them. */
export function argv(program: string, options: MachineOptions, qmpSocket: string | null = null): string[] {
  return [program, ...qemuArguments(options, qmpSocket).flatMap((argument) => argument.words)];
}
