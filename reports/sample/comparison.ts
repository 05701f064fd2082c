/** A comparison document for the tests of its reports: whole and valid, with figures that were made up. */
import { comparisonDocument, COMPARISON_VERSION, type Change, type ComparisonDocument, type Figure } from '../../benchmarks/compare/document.ts';

export interface ComparisonOptions {
  readonly results?: number;
  /** Put into every field that holds text. */
  readonly text?: (text: string) => string;
  readonly rungs?: number;
}

const CENTRES: Readonly<Record<string, number>> = { process: 0.42, container: 1.7, 'vm-micro': 1230 };
const METRICS = [['startup', 'ready', 'ms', true], ['startup', 'lifecycle', 'ms', false], ['memory', 'cgroup', 'bytes', true]] as const;

/** What became of each runtime: faster, nothing, and what cannot be told. */
function changeOf(metric: string, runtime: string, result: number, ms: boolean, text: (text: string) => string): Change {
  const base = { metric, runtime, result, noiseFloor: 0.021, emulated: runtime === 'vm-micro', caveats: ['image'] };
  const test = { p: 0.0001, corrected: 0.002, family: 12, cliffsDelta: -0.9 };
  if (runtime === 'process') return { ...base, ratio: { value: 1.01, low: 0.98, high: 1.03 }, difference: { value: 0.004, low: -0.008, high: 0.012 }, test: { ...test, corrected: 0.9 }, verdict: 'no-difference', better: null, reason: text('the interval has no difference in it as well') };
  if (runtime === 'vm-micro') return { ...base, ratio: null, difference: null, test: null, noiseFloor: null, verdict: 'not-comparable', better: null, reason: text('emulated against hardware virtualisation'), caveats: [] };
  return { ...base, ratio: { value: 0.8, low: 0.78, high: 0.83 }, difference: { value: -0.34, low: -0.36, high: -0.31 }, test, verdict: ms ? 'faster' : 'lower', better: true, reason: '' };
}

export function sampleComparison({ results = 2, text = (same) => same, rungs = 0 }: ComparisonOptions = {}): ComparisonDocument {
  const numbers = Array.from({ length: results }, (_, index) => index + 1);
  const rungIds = Array.from({ length: rungs }, (_, index) => `ladder-${index}`);
  const runtimes = [...Object.keys(CENTRES), ...rungIds];
  const metrics = METRICS.map(([benchmark, name, unit, primary]) => ({ id: `${benchmark}.${name}`, benchmark, name, title: text(name), unit, definition: text(`What ${name} counts.`), anchor: `${benchmark}-${name}`, primary }));
  const cells = metrics.flatMap((metric) => runtimes.map((runtime) => ({ metric, runtime })));
  const figure = (metric: string, runtime: string, result: number): Figure => {
    const median = (CENTRES[runtime] ?? 1) * (metric.startsWith('memory') ? 1e5 : 1) * (result === 1 ? 1 : 0.8);
    return { metric, runtime, result, n: 30, failed: runtime === 'container' ? 1 : 0, emulated: runtime === 'vm-micro' && result === 2, median, low: median * 0.97, high: median * 1.03 };
  };
  const digest = 'ab'.repeat(32);
  return comparisonDocument.parse({
    format: 'tare-comparison',
    schemaVersion: COMPARISON_VERSION,
    tare: { version: '0.0.0', commit: null },
    baseline: 1,
    results: numbers.map((number) => ({
      number, name: text(`run-${number}`), place: text(`run-${number}/result.json`), run: { id: text(`id-${number}`), startedAt: '2026-01-02T03:04:05.000Z', state: 'complete' },
      tare: { version: text('0.0.0'), commit: text(digest.slice(0, 40)) }, hostname: text(`lab-${number}`), options: { profile: text('quick'), seed: text('seed'), memoryBytes: 2 ** 28, cpus: 1 }, image: { name: text('tiny'), digest },
    })),
    facts: [
      { id: 'host.os.kernel', group: 'host', title: text('os kernel'), values: numbers.map((number) => text(`6.${number}.0`)), differs: results > 1 },
      { id: 'host.memory.totalBytes', group: 'host', title: 'memory', values: numbers.map(() => 2 ** 34), differs: false },
    ],
    metrics,
    runtimes: runtimes.map((id) => ({ id, kind: id === 'process' ? 'process' : id === 'vm-micro' ? 'vm' : 'container', rung: rungIds.includes(id) ? text(`+ ${id}`) : null })),
    figures: cells.flatMap(({ metric, runtime }) => numbers.map((number) => figure(metric.id, runtime, number))),
    changes: cells.flatMap(({ metric, runtime }) => numbers.slice(1).map((number) => changeOf(metric.id, runtime, number, metric.unit === 'ms', text))),
    caveats: numbers.slice(1).map((result) => ({ result, id: 'image', text: text('another image: tiny cd against tiny ab') })),
    conditions: [{ text: text('startup.ready container > 1.1'), metric: 'startup.ready', runtime: 'container', operator: '>', limit: 1.1, certain: false, outcomes: numbers.slice(1).map((result) => ({ result, state: 'held', reason: text('the ratio is 0.8') })) }],
  });
}
