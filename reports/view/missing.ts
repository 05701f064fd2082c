/** What a part of the report lacks, and why, in a line. */
import type { ResultDocument } from '../../benchmarks/result/schema.ts';
import type { BenchmarkView } from './benchmarks.ts';

/** Benchmarks by the name of what they tell. */
const TOLD: Readonly<Record<string, string>> = {
  'idle-cpu': 'processor time when idle', throughput: 'work done inside', density: 'how many fit', interference: 'greedy neighbours', rate: 'starts a second', growth: 'growth over N', memory: 'memory', disk: 'disk',
};

/** "Not measured in this run: how many fit (density), …"; null where nothing is lacking. */
export function missingLine(result: ResultDocument, benchmarks: readonly string[]): string | null {
  const { benchmarks: taken, profile } = result.run.options;
  const lacking = benchmarks.filter((id) => !taken.includes(id));
  if (lacking.length === 0) return null;
  return `Not measured: ${lacking.map((id) => `${TOLD[id] ?? id} (${id})`).join(', ')}. This run, of profile ${profile}, did not take ${lacking.length === 1 ? 'it' : 'them'}: tare bench --benchmarks ${lacking.join(',')} does.`;
}

/** "Not measured of vm-floor (it has no operating system, …) and …"; null where every box has the leading figure. */
export function lackingLine({ main }: Pick<BenchmarkView, 'main'>): string | null {
  const lacking = main.rows.filter(({ median }) => median === null);
  if (lacking.length === 0) return null;
  return `Not measured of ${lacking.map(({ runtime, text }) => `${runtime.id} (${text.replace(/^not measured: /, '')})`).join(', ')}.`;
}
