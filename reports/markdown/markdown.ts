/** The report as Markdown: tables that paste into papers, issues and slides. */
import type { Row } from '../view/metrics.ts';
import { shellLine } from '../view/shell.ts';
import type { View } from '../view/view.ts';
import { cell } from './cell.ts';
import { claimsLines, comparisonsLines, lensLines, ratiosLines, stacksLines } from './summary.ts';

function line(row: Row): string {
  const counts = row.failed > 0 ? `${row.n} (${row.failed} failed)` : String(row.n);
  return `| ${[row.runtime.label, row.text, row.intervalText, row.ratioText ?? '', counts].map(cell).join(' | ')} |`;
}

export function markdownReport(view: View): string {
  const parts: string[] = [`# ${view.title}`, ''];
  if (view.lead !== null) parts.push(`**${cell(view.lead)}**`, '');
  if (view.caution !== null) parts.push(`> **${cell(view.caution)}**`, '');
  parts.push(...comparisonsLines(view.comparisons));
  parts.push(...view.headline.map((sentence) => `- ${cell(sentence)}`), '', `Measured ${view.when} on ${cell(view.hostLine)}.`, '');
  if (view.noiseLine !== null) parts.push(cell(view.noiseLine), '');
  parts.push(...stacksLines(view.stacks), ...claimsLines(view.claims), ...lensLines(view.memory), ...ratiosLines([...view.throughput, ...view.interference]));
  for (const benchmark of view.benchmarks) {
    for (const metric of benchmark.metrics) {
      parts.push(`## ${cell(`${benchmark.title}: ${metric.title}`)}`, '', cell(metric.definition), '');
      parts.push(`| runtime | median | 95 % interval | ${metric.against} | samples |`, '|---|---:|---:|---:|---:|', ...metric.rows.map(line), '');
    }
  }
  if (view.result.warnings.length > 0) {
    parts.push('## Warnings', '', ...view.result.warnings.map(({ symptom, cause, remedy }) => `- ${cell(`${symptom} ${cause} ${remedy}`)}`), '');
  }
  parts.push('## How to repeat it', '', '```', shellLine(view.result.run.command), '```', '');
  return parts.join('\n');
}
