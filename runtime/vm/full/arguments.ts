/**
 * QEMU's command line for the traditional machine: what QEMU and libvirt give to one about whom nothing is known.
 * Untuned on purpose: it is what people run. Pure.
 */
import type { Accelerator } from '../../runtime.ts';
import { EXIT_PORT, forwarding, MARK_DESCRIPTOR, MARK_PORT, type Argument } from '../qemu/arguments.ts';

export interface FullMachine {
  readonly accelerator: Accelerator;
  readonly memoryMebibytes: number;
  readonly vcpus: number;
  /** Path of the instance's qcow2 overlay. */
  readonly overlay: string;
  /** The port at 127.0.0.1 that leads to its web server, or null. */
  readonly hostPort: number | null;
  /** Whether the guest, once it has made its mark, ends QEMU: it always tries to. */
  readonly debugExit: boolean;
  /**
   * Hear how far the boot has come, on the mark's channel: what the firmware says, and fixtures/workload/phase.c. The
   * first byte is then no mark, and the firmware's words slow it: for runs of their own.
   */
  readonly phases?: boolean;
  /** It is told to be weighed at work: see fixtures/workload/work.c. */
  readonly work?: boolean;
}

/** Where SeaBIOS writes its messages when something is there. */
const FIRMWARE_PORT = 0x402;
/** Of fixtures/workload/phase.c. */
const PHASE_PORT = 0xea;
/** Of fixtures/workload/work.c: what it reads there tells it to work. */
const WORK_PORT = 0xeb;

const HTTP = 80;

const ACCELERATORS: Readonly<Record<Accelerator, readonly Argument[]>> = {
  kvm: [
    { words: ['-accel', 'kvm'], why: 'the processor runs the guest itself; proven beforehand, so no second choice is given' },
    { words: ['-cpu', 'host,arch-capabilities=off'], why: 'libvirt’s choice where nothing is asked of it (host-passthrough); less one register that some hosts offer and then refuse to set' },
  ],
  tcg: [
    { words: ['-accel', 'tcg'], why: 'emulation in software: no hardware virtualisation is used' },
    { words: ['-cpu', 'max'], why: 'every feature that the emulator has, as for vm-micro: the processor is no part of the difference' },
  ],
};

/** Nothing is taken away that QEMU gives a `pc` by itself: display adapter, floppy controller, IDE, PS/2. */
export function fullArguments({ accelerator, memoryMebibytes, vcpus, overlay, hostPort, debugExit, phases = false, work = false }: FullMachine, qmpSocket: string | null): Argument[] {
  return [
    { words: ['-machine', 'pc,memory-backend=ram'], why: 'QEMU’s default: a PC of 1996 with PCI, ISA, ACPI and SeaBIOS' },
    ...ACCELERATORS[accelerator],
    { words: ['-smp', String(vcpus)], why: 'as many processors as the box may use, rounded up: a guest has no half ones' },
    { words: ['-m', `${memoryMebibytes}M`], why: 'what the guest believes it has; only what it touches is taken from the host' },
    { words: ['-object', `memory-backend-memfd,id=ram,size=${memoryMebibytes}M,share=on`], why: 'guest RAM under a name, so that it can be told from the hypervisor’s own memory; costs no time' },
    { words: ['-no-user-config'], why: 'nothing from the host’s configuration files: the same machine everywhere' },
    { words: ['-display', 'none'], why: 'the display adapter is there, and nobody looks' },
    { words: ['-drive', `file=${overlay},format=qcow2,if=virtio`], why: 'its own disk: an overlay on the built one; virtio and write-back cache, as virt-install and Debian’s cloud images have it' },
    { words: ['-nic', `user,model=virtio-net-pci${forwarding({ hostPort, guestPort: HTTP })}`], why: 'a network without root rights; of virtio, as Debian’s cloud kernel has no driver for QEMU’s default card' },
    { words: ['-chardev', 'stdio,id=console,signal=off'], why: 'the serial port on our standard streams' },
    { words: ['-serial', 'chardev:console'], why: 'where a panic is told' },
    { words: ['-no-reboot'], why: 'a guest that reboots has failed: QEMU ends instead of trying again' },
    { words: ['-add-fd', `fd=${MARK_DESCRIPTOR},set=1`], why: 'the mark channel, inherited from the launcher' },
    { words: ['-chardev', `file,id=mark,path=/dev/fdset/1,append=on${phases ? ',mux=on' : ''}`], why: 'no file is opened or made; append=on, as a pipe cannot be truncated' },
    { words: ['-device', `isa-debugcon,iobase=0x${MARK_PORT.toString(16)},chardev=mark`], why: 'a byte written to this port is in the launcher’s pipe before the guest goes on; needs no driver' },
    ...(phases ? [FIRMWARE_PORT, PHASE_PORT].map((port) => ({ words: ['-device', `isa-debugcon,iobase=0x${port.toString(16)},chardev=mark`], why: port === FIRMWARE_PORT ? 'what the firmware says, stamped as it comes' : 'how far the kernel, the initramfs and systemd have come' })) : []),
    ...(work
      ? [
          { words: ['-chardev', 'null,id=work'], why: 'nothing is written to it' },
          { words: ['-device', `isa-debugcon,iobase=0x${WORK_PORT.toString(16)},chardev=work,readback=0x${'w'.charCodeAt(0).toString(16)}`], why: 'what is read from this port tells a service of the guest to be weighed at work; without the device it reads 0xff' },
        ]
      : []),
    ...(debugExit ? [{ words: ['-device', `isa-debug-exit,iobase=0x${EXIT_PORT.toString(16)},iosize=0x04`], why: 'a code written to this port ends QEMU at once; without the device the same write does nothing' }] : []),
    ...(qmpSocket === null
      ? []
      : [
          { words: ['-chardev', `socket,id=qmp,path=${qmpSocket},server=on,wait=off`], why: 'QEMU does not wait for anybody to connect' },
          { words: ['-mon', 'chardev=qmp,mode=control'], why: 'to press the power button, and to ask how it is' },
        ]),
  ];
}
