/**
 * What a run of the probe left behind: plain data, so that verdicts can be tested on recorded ones.
 * The stages are those of fixtures/guest/probe.S.
 */
import type { Ended, Timeline } from '../../runtime.ts';

export const STAGES = {
  R: 'real mode',
  L: 'the real-mode loop',
  '6': 'long mode',
  P: 'the long-mode loop',
  M: 'page table and CPUID instructions',
  K: 'LOCK CMPXCHG16B',
} as const;

export type Stage = keyof typeof STAGES;

/** In the order in which the probe makes them. */
export const ORDER: readonly Stage[] = ['R', 'L', '6', 'P', 'M', 'K'];

export interface Trace {
  /** Each stage reached, with milliseconds from the request to start QEMU. */
  readonly marks: readonly { readonly stage: Stage; readonly ms: number }[];
  /** How QEMU ended, or null when it was stopped at the deadline. */
  readonly ended: { readonly how: 'exited' | 'signalled'; readonly status: number } | null;
  /** What QEMU said. */
  readonly output: string;
}

function isStage(letter: string): letter is Stage {
  return letter in STAGES;
}

/** Bytes that arrived together share a stamp. Bytes that are no stage are not the probe's, and are left out. */
export function traceOf(timeline: Pick<Timeline, 'requested' | 'marks'>, ended: Pick<Ended, 'how' | 'status' | 'output'>, stopped: boolean): Trace {
  return {
    marks: timeline.marks.flatMap(({ at, bytes }) =>
      [...Buffer.from(bytes).toString('latin1')].filter(isStage).map((stage) => ({ stage, ms: Number(at - timeline.requested) / 1e6 })),
    ),
    ended: stopped ? null : { how: ended.how, status: ended.status },
    output: ended.output.slice(0, 2000),
  };
}
