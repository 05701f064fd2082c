/**
 * The guest kernel's command line: every parameter with its reason. Pure.
 *
 * The set is the one that booted 90 times of 90 under TCG; untuned, 2 to 7 of 30 hung.
 * Source: Linux, Documentation/admin-guide/kernel-parameters.rst.
 */
import type { Accelerator } from '../../runtime.ts';

export interface Parameter {
  readonly word: string;
  readonly why: string;
}

export interface KernelOptions {
  readonly accelerator: Accelerator;
  /** Frequency of the time stamp counter that the guest will read: the host's. */
  readonly tscKhz: number;
  /** The first program, and its arguments. */
  readonly init: string;
  readonly initArguments: readonly string[];
  /** The kernel says what it does, from its first instruction on: a boot that is told apart, and takes longer for it. */
  readonly talkative?: boolean;
}

const SILENT: readonly Parameter[] = [
  { word: 'quiet', why: 'a console full of messages can double a boot' },
  { word: 'console=ttyS0', why: 'where a panic is told' },
  { word: 'loglevel=1', why: 'and nothing else is' },
];

const TALKATIVE: readonly Parameter[] = [
  { word: 'console=ttyS0', why: 'everything is told' },
  { word: 'earlyprintk=serial,ttyS0,115200', why: 'and from the first instruction on' },
];

export function kernelParameters({ accelerator, tscKhz, init, talkative }: KernelOptions): Parameter[] {
  return [
    { word: 'panic=-1', why: 'a panic reboots at once, and QEMU ends at a reboot: it never hangs' },
    { word: 'reboot=t', why: 'by triple fault, which needs no device' },
    ...(talkative === true ? TALKATIVE : SILENT),
    ...(accelerator === 'tcg'
      ? [{ word: `tsc_early_khz=${tscKhz}`, why: 'microvm has no timer to measure the processor’s clock by: without it some boots hang; the emulator passes the host’s clock through' }]
      : // Under KVM the guest is told by kvm-clock, exactly and even where the clock is scaled.
        []),
    { word: 'cryptomgr.notests', why: 'skips self-tests of algorithms that nobody uses here (0.27 s)' },
    { word: 'noreplace-smp', why: 'one processor or two, the code is not rewritten for it' },
    { word: 'mitigations=off', why: 'one guest with one program of our own: there is nobody to protect from' },
    { word: 'rootfstype=ramfs', why: 'the root as large as its files: tmpfs would be half of what is free while the archive still lies in memory, too little for a Debian in 256 MiB' },
    { word: `rdinit=${init}`, why: 'the first program, from the initramfs' },
  ];
}

/** The line as the kernel gets it. What follows `--` goes to the first program. */
export function commandLine(options: KernelOptions): string {
  const words = kernelParameters(options).map((parameter) => parameter.word);
  return (options.initArguments.length === 0 ? words : [...words, '--', ...options.initArguments]).join(' ');
}
