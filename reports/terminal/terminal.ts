/**
 * The report in a terminal: the sentence, the comparisons, the stacks, the claims, and then bars with intervals.
 * Fits in 80 columns.
 */
import pc from 'picocolors';
import type { View } from '../view/view.ts';
import { benchmarkText } from './bars.ts';
import { harmless } from './harmless.ts';
import type { TerminalOptions } from './options.ts';
import { claimsText, comparisonsText, lensText, ratiosText, stacksText } from './summary.ts';
import { wrapped } from './wrap.ts';

export type { TerminalOptions } from './options.ts';

/** Every text of the view made harmless; the document itself is not printed. */
function harmlessView(view: View): View {
  return JSON.parse(JSON.stringify(view), (_, value: unknown) => (typeof value === 'string' ? harmless(value) : value)) as View;
}

/** Their figures are told beside the plain process's, or beside their own undisturbed. */
const AS_RATIOS: readonly string[] = ['throughput', 'interference'];

export function terminalReport(from: View, options: TerminalOptions): string {
  const view = harmlessView({ ...from, result: { ...from.result, samples: [], statistics: [], comparisons: [] } });
  const { bold, yellow, dim } = pc.createColors(options.colours);
  const blocks: string[] = [];
  if (view.lead !== null) blocks.push(wrapped(bold(view.lead), options.columns));
  if (view.caution !== null) blocks.push(wrapped(yellow(view.caution), options.columns));
  blocks.push(...[comparisonsText(view.comparisons, options), stacksText(view.stacks, options), claimsText(view.claims, options)].filter((text) => text !== ''));
  for (const benchmark of view.benchmarks) {
    if (!AS_RATIOS.includes(benchmark.id) && benchmark.id !== 'growth') blocks.push(benchmarkText(benchmark, options));
    if (benchmark.id === 'memory' && view.memory.lenses.length > 1) blocks.push(lensText(view.memory, options));
  }
  blocks.push(...[...view.throughput, ...view.interference].map((ratios) => ratiosText(ratios, options)));
  blocks.push(view.headline.map((sentence) => wrapped(bold(sentence), options.columns, '  ')).join('\n'));
  const warnings = view.result.warnings.map(({ symptom, remedy }) => wrapped(`${yellow('warning:')} ${symptom}${remedy === '' ? '' : ` ${dim(remedy)}`}`, options.columns, '', '         '));
  if (warnings.length > 0) blocks.push(warnings.join('\n'));
  blocks.push(dim(wrapped(`Measured on ${view.hostLine}.${view.noiseLine === null ? '' : ` ${view.noiseLine}`}`, options.columns)));
  return `${blocks.join('\n\n')}\n`;
}
