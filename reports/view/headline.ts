/** The story in ten seconds: the sentences that compare container and virtual machine. */
import type { Comparison, Metric, ResultDocument } from '../../benchmarks/result/schema.ts';
import { ratioText } from './metrics.ts';
import { timesText } from './numbers.ts';
import type { RuntimeView } from './runtimes.ts';

function comparisonOf(result: ResultDocument, metric: string, runtime: string, baseline: string): Comparison | undefined {
  return result.comparisons.find((each) => each.metric === metric && each.runtime === runtime && each.baseline === baseline);
}

/** "container is 740 times (710–770) faster to start than vm-micro" from vm ÷ container. */
export function heavierSentence(comparison: Comparison | undefined, vm: RuntimeView, verb: (times: string, vm: string) => string, equal: (vm: string) => string): string | null {
  const ratio = comparison?.ratio ?? null;
  if (ratio === null) return null;
  const spread = ratio.low === null || ratio.high === null ? ' (too few samples for an interval)' : ` (${timesText(ratio.low)}–${timesText(ratio.high)})`;
  const undecided = ratio.low !== null && ratio.high !== null && ratio.low <= 1 && ratio.high >= 1;
  if (undecided) return equal(vm.label);
  return verb(`${timesText(ratio.value)} times${spread}`, vm.label);
}

/** The sentences that compare container and virtual machine, for each heavier box that was measured. */
export function headlineSentences(result: ResultDocument, runtimes: readonly RuntimeView[]): string[] {
  const container = runtimes.find(({ id }) => id === 'container');
  const vm = runtimes.findLast(({ kind, notMeasured }) => kind === 'vm' && notMeasured === null);
  const primary = (benchmark: string): Metric | undefined => result.metrics.find((metric) => metric.benchmark === benchmark && metric.primary);
  const sentences: string[] = [];
  if (container !== undefined && vm !== undefined) {
    const told = (benchmark: string, verb: (times: string, name: string) => string): void => {
      const metric = primary(benchmark);
      if (metric === undefined) return;
      const sentence = heavierSentence(comparisonOf(result, metric.id, vm.id, container.id), vm, verb, (name) => `${benchmark}: no difference shown between container and ${name}`);
      if (sentence !== null) sentences.push(sentence);
    };
    told('startup', (times, name) => (times.startsWith('0.') ? `container takes ${times} as long to start as ${name}` : `container is ${times} faster to start than ${name}`));
    told('http', (times, name) => (times.startsWith('0.') ? `a web server in container takes ${times} as long to its first answer as in ${name}` : `a web server in container gives its first answer ${times} sooner than in ${name}`));
    told('memory', (times, name) => `${name} holds ${times} the memory of container`);
    told('disk', (times, name) => `${name} takes ${times} the disk of container`);
  }
  const metric = primary('startup');
  if (metric !== undefined && container !== undefined) {
    const text = ratioText(comparisonOf(result, metric.id, container.id, 'process'), 'a plain process');
    if (text !== null) sentences.push(`container takes ${text} to start`);
  }
  const process = runtimes.find(({ id }) => id === 'process');
  if (sentences.length === 0 && metric !== undefined && process !== undefined && vm !== undefined) {
    const text = ratioText(comparisonOf(result, metric.id, vm.id, process.id), 'a plain process');
    if (text !== null) sentences.push(`${vm.label} takes ${text} to start`);
  }
  if (sentences.length > 0) return sentences;
  const good = result.statistics.filter(({ summary }) => summary !== null).length;
  return [good === 0 ? 'Nothing could be measured: see what failed, below.' : 'Too little was measured to compare boxes.'];
}
