/** The rounds themselves: every round visits every runtime once, in the order that the plan fixed. */
import { performance } from 'node:perf_hooks';
import type { Box } from '../../runtime/runtime.ts';
import { BENCHMARKS, isBenchmarkName } from '../catalogue.ts';
import { BUDGET_BYTES, type RunPlan } from '../plan/plan.ts';
import type { Watch } from '../conditions/watch.ts';
import type { RunRecord } from '../record.ts';
import { Stopwatch } from './stopwatch.ts';
import { visit } from './visit.ts';
import { sleep } from './wait.ts';

/**
 * Takes every sample that is planned for the boxes there are and not yet taken, or those up to the signal.
 * A run that goes on in the middle of a benchmark is warmed up again: the machine may have been restarted.
 * Between two starts lies the idle gap, after the earlier one was cleaned up and is safe in the journal:
 * back-to-back starts would hide grace periods and disturb one another.
 * @param watch looks at the machine before the gap, so that it is quiet again when the next start comes
 */
export async function takeRounds(plan: RunPlan, boxes: ReadonlyMap<string, Box>, record: RunRecord, signal: AbortSignal, watch?: Watch): Promise<void> {
  const { deadlineMs, deadlines, settleMs, gapMs, memoryBytes, budgetBytes = BUDGET_BYTES } = plan.options;
  let ended: number | null = null;
  const onAbort = (): void => record.interrupted();
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    for (const [index, { benchmark: name, rounds }] of plan.benchmarks.entries()) {
      if (signal.aborted) return;
      if (!isBenchmarkName(name) || !plan.runtimes.some(({ id }) => record.standing.missing(name, id) > 0)) continue;
      record.benchmark('start', index);
      const stopwatch = new Stopwatch(name);
      const count = { warmup: rounds.filter(({ warmup }) => warmup).length, counted: rounds.filter(({ warmup }) => !warmup).length };
      for (const { round, warmup, order } of rounds) {
        for (const [place, id] of order.filter((each) => record.standing.measures(name, each)).entries()) {
          const box = boxes.get(id);
          if (box === undefined || (warmup ? record.standing.missing(name, id) === 0 : record.standing.isTaken(name, id, round))) continue;
          await watch?.look();
          await sleep(plan.options.gapMs, signal);
          if (signal.aborted) return;
          const where = { benchmark: name, runtime: id, round, rounds: warmup ? count.warmup : count.counted, order: place, warmup };
          record.visiting(where);
          const began = performance.now();
          if (ended !== null) record.between(began - ended - plan.options.gapMs);
          // What is read in a warm-up is used for nothing: it need not settle.
          const limits = { deadlineMs: deadlines?.[id] ?? deadlineMs, settleMs: warmup ? 0 : settleMs, warmup, gapMs, memoryBytes, budgetBytes, signal };
          const outcome = await visit(BENCHMARKS[name], id, box, stopwatch, limits);
          if (outcome === 'interrupted') return;
          ended = performance.now();
          await record.visited(where, outcome, ended - began);
        }
      }
      record.benchmark('done', index);
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
