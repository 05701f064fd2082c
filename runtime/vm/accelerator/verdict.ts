/**
 * Whether a run of the probe proves KVM: a pure function of the marks and their times.
 *
 * A processor that runs the guest itself is through the long-mode loop (200,000 turns) in a tenth of a
 * millisecond; a KVM that interprets instructions took 220 ms, and then gave up at CMPXCHG16B.
 */
import { ORDER, STAGES, type Stage, type Trace } from './trace.ts';

/** From the first mark to the last. */
export const WHOLE_MS = 1000;
/** From long mode to its loop being done. */
export const LOOP_MS = 20;

export interface Verdict {
  readonly works: boolean;
  /** One sentence, with the figure that decided and its limit. */
  readonly reason: string;
}

function firstLine(output: string): string {
  return output.split('\n').find((line) => line.trim() !== '' && !line.includes('warning:'))?.trim() ?? '';
}

/** "reached long mode (258 ms), …" */
export function reached(trace: Trace): string {
  if (trace.marks.length === 0) return 'no mark was made';
  return `marks reached: ${trace.marks.map(({ stage, ms }) => `${stage} (${STAGES[stage]}) at ${ms.toFixed(1)} ms`).join(', ')}`;
}

function manner(trace: Trace): string {
  const said = firstLine(trace.output);
  const quoted = said === '' ? '' : `: "${said}"`;
  if (trace.ended === null) return `hung and was stopped${quoted}`;
  return trace.ended.how === 'signalled' ? `QEMU was ended by signal ${trace.ended.status}${quoted}` : `QEMU ended with status ${trace.ended.status}${quoted}`;
}

export function verdict(trace: Trace): Verdict {
  const at = new Map(trace.marks.map(({ stage, ms }) => [stage, ms]));
  const missing = ORDER.find((stage) => !at.has(stage));
  if (missing !== undefined) {
    return { works: false, reason: `the probe stopped at ${STAGES[missing]} under KVM (${manner(trace)})` };
  }
  const order = trace.marks.map(({ stage }) => stage).join('');
  if (order !== ORDER.join('')) return { works: false, reason: `the probe's marks came as ${order} and not as ${ORDER.join('')}` };
  const between = (from: Stage, to: Stage): number => (at.get(to) ?? Number.NaN) - (at.get(from) ?? Number.NaN);
  const loop = between('6', 'P');
  if (!(loop >= 0 && loop < LOOP_MS)) return { works: false, reason: `the long-mode loop took ${loop.toFixed(1)} ms under KVM, limit ${LOOP_MS} ms: instructions are interpreted, not run` };
  const whole = between('R', 'K');
  if (!(whole >= 0 && whole < WHOLE_MS)) return { works: false, reason: `the probe took ${whole.toFixed(0)} ms under KVM, limit ${WHOLE_MS} ms` };
  return { works: true, reason: `the probe ran under KVM in ${whole.toFixed(1)} ms, its long-mode loop in ${loop.toFixed(1)} ms (limit ${LOOP_MS} ms)` };
}
