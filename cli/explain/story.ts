/**
 * The same questions put to a container and to our virtual machines, from the hardware up: who answers, and with
 * what. As data, each with its reason, for a class.
 */
import type { ExplainedVm } from './vm.ts';

/** In the order in which people are shown them: from no machine to a whole one. */
export const TOLD_BOXES = ['container', 'vm-floor', 'vm-restore', 'vm-micro', 'vm-full'] as const satisfies readonly ('container' | ExplainedVm)[];
export type ToldBox = (typeof TOLD_BOXES)[number];

export interface Question {
  readonly asked: string;
  /** What the question is about. */
  readonly why: string;
  readonly answers: Readonly<Record<ToldBox, string>>;
}

export const QUESTIONS: readonly Question[] = [
  {
    asked: 'Which hardware does it see?',
    why: 'hardware that does not exist has to be imitated, and every device is something that a kernel looks for',
    answers: {
      container: 'the host’s own: the same processor, and of its devices null, zero, random and their like',
      'vm-floor': 'one that QEMU makes up, as little as there can be; nothing looks at it',
      'vm-restore': 'that of vm-micro, as it stood when it was saved',
      'vm-micro': 'microvm: no PCI, no display, no disk; what a stock kernel cannot do without',
      'vm-full': 'a PC of 1996: PCI, IDE, floppy, display, keyboard; and a disk and a network card of virtio',
    },
  },
  {
    asked: 'What runs before its kernel?',
    why: 'a computer that is switched on knows nothing: firmware finds a disk, and a boot loader a kernel on it',
    answers: {
      container: 'nothing: the host was booted long ago',
      'vm-floor': 'nothing: its few instructions stand where firmware would',
      'vm-restore': 'nothing: it goes on where it stood',
      'vm-micro': 'a firmware of a few instructions: QEMU has put the kernel into its memory',
      'vm-full': 'SeaBIOS, the master boot record, syslinux: kernel and initramfs are read from the disk',
    },
  },
  {
    asked: 'Whose kernel serves its system calls?',
    why: 'here the two differ at heart: one kernel for all, or one for each',
    answers: {
      container: 'the host’s, shared by all: namespaces show it a part, cgroups give it a share, seccomp refuses calls',
      'vm-floor': 'nobody’s: there is none',
      'vm-restore': 'its own, which has been running for long',
      'vm-micro': 'its own, booted for it, told to skip what nobody needs',
      'vm-full': 'its own, booted for it, with Debian’s settings',
    },
  },
  {
    asked: 'Where is its root file system?',
    why: 'the same layers of the same image in every box',
    answers: {
      container: 'the layers on the host’s disk, laid over one another (overlay), what it writes in memory',
      'vm-floor': 'nowhere',
      'vm-restore': 'in its memory, which is mapped from a file and shared until it is written',
      'vm-micro': 'unpacked into its memory from one archive (initramfs)',
      'vm-full': 'in ext4 on a disk of its own (qcow2), found and checked by an initramfs first',
    },
  },
  {
    asked: 'Who starts the program?',
    why: 'the first process of a system brings up what the others need',
    answers: {
      container: 'the launcher: the program is the first process of its namespace',
      'vm-floor': 'nobody: the machine is the program',
      'vm-restore': 'nobody: it is up, and reads from a port that it may go on',
      'vm-micro': 'the kernel: the program is the first process of the machine',
      'vm-full': 'systemd, as one of its services, after devices, file systems, network and log',
    },
  },
  {
    asked: 'What keeps it in?',
    why: 'what has to fail before it gets out',
    answers: {
      container: 'the host’s kernel, by what it checks at each system call that seccomp leaves',
      'vm-floor': 'QEMU, and a processor or an emulator below it',
      'vm-restore': 'as vm-micro; but all that are resumed share random numbers with their snapshot',
      'vm-micro': 'QEMU’s few devices, and a processor or an emulator below it',
      'vm-full': 'QEMU’s many devices, and a processor or an emulator below it',
    },
  },
];
