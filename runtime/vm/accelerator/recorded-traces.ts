/**
 * Traces of the probe, for tests. The recorded ones are from real runs, through the launcher; the crafted ones
 * say what hosts would give that could not be tried.
 */
import type { Trace } from './trace.ts';

/**
 * Recorded: QEMU 7.2.22 on a nested host whose KVM interprets instructions (kvm-pvm, AMD EPYC, Linux 6.18).
 * /dev/kvm opens there, and QEMU says that the guest is running.
 */
export const interpreted: Trace = {
  marks: [
    { stage: 'R', ms: 40.133653 },
    { stage: 'L', ms: 213.626487 },
    { stage: '6', ms: 215.065185 },
    { stage: 'P', ms: 430.08413 },
    { stage: 'M', ms: 432.300444 },
  ],
  ended: null,
  output: 'KVM internal error. Suberror: 1\nextra data[0]: 0x0000000000000001\nextra data[1]: 0x00250cc70f48f00f\nextra data[2]: 0xb0e9e64bb0000060\nemulation failure\nRAX=0000000000000000 RBX=0000000000000000\nRIP=00000000ffff00da RFL=00000046 [---Z-P-] CPL=0 II=0 A20=1 SMM=0 HLT=0\n',
};

/** Recorded on the same host, without `arch-capabilities=off`: QEMU aborts before the first instruction. */
export const aborted: Trace = {
  marks: [],
  ended: { how: 'signalled', status: 6 },
  output: "qemu-system-x86_64: error: failed to set MSR 0x10a to 0x69\nqemu-system-x86_64: ../../target/i386/kvm/kvm.c:3183: kvm_buf_set_msrs: Assertion `ret == cpu->kvm_msr_buf->nmsrs' failed.\n",
};

/** Recorded on the same host with `-accel tcg`: the shape of a whole run, with marks that came apart. */
export const whole: Trace = {
  marks: [
    { stage: 'R', ms: 39.431839 },
    { stage: 'L', ms: 41.086949 },
    { stage: '6', ms: 41.268829 },
    { stage: 'P', ms: 42.740145 },
    { stage: 'M', ms: 44.053898 },
    { stage: 'K', ms: 44.103301 },
  ],
  ended: { how: 'exited', status: 33 },
  output: '',
};

/** Recorded as uid 65534, where /dev/kvm is root's alone. */
export const denied: Trace = {
  marks: [],
  ended: { how: 'exited', status: 1 },
  output: 'Could not access KVM kernel module: Permission denied\nqemu-system-x86_64: -accel kvm: failed to initialize kvm: Permission denied\n',
};

/** Crafted: hardware that works. All marks arrive within a millisecond, some with one stamp. */
export const hardware: Trace = {
  marks: [
    { stage: 'R', ms: 61.2 },
    { stage: 'L', ms: 61.3 },
    { stage: '6', ms: 61.4 },
    { stage: 'P', ms: 61.5 },
    { stage: 'M', ms: 62.1 },
    { stage: 'K', ms: 62.1 },
  ],
  ended: { how: 'exited', status: 33 },
  output: 'qemu-system-x86_64: warning: host doesn\'t support requested feature: CPUID.07H:EBX.hle [bit 4]\n',
};

/** Crafted: an interpreter that knows every instruction, and so gets to the end, slowly. */
export const slowLoop: Trace = { ...whole, marks: whole.marks.map((mark, index) => (index < 3 ? mark : { ...mark, ms: mark.ms + 215 })) };

/** Crafted: every page table operation leaves the guest and takes milliseconds. */
export const slowWhole: Trace = { ...whole, marks: whole.marks.map((mark, index) => (index < 4 ? mark : { ...mark, ms: mark.ms + 1200 })) };

/** Crafted: stands still between the loops, without a word. */
export const hung: Trace = { marks: whole.marks.slice(0, 2), ended: null, output: '' };
