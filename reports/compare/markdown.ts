/** A comparison as Markdown: for the comment on a pull request, or a paper. */
import { cell } from '../markdown/cell.ts';
import { BETWEEN_RUNS, type CompareMetricView, type CompareView, type FigureView, type RowView } from './view.ts';

function line({ label }: RowView, { result, text, counts, change }: FigureView): string {
  const verdict = change === null ? '' : `${change.verdict}${change.reason === '' ? '' : `: ${change.reason}`}${change.marks.length === 0 ? '' : ` (${change.marks.join(', ')})`}`;
  return `| ${[label, `${result.label}${result.baseline ? ', baseline' : ''}`, text, change?.text ?? '', change?.intervalText ?? '', verdict, counts].map(cell).join(' | ')} |`;
}

function table({ id, definition, rows }: CompareMetricView): string[] {
  return [
    `### ${cell(id)}`, '', cell(definition), '',
    '| runtime | result | median | change | 95 % interval | verdict | samples |', '|---|---|---:|---:|---:|---|---:|',
    ...rows.flatMap((row) => row.figures.map((figure) => line(row, figure))), '',
  ];
}

export function compareMarkdown(view: CompareView): string {
  const parts = [`# ${view.title}`, ''];
  if (view.caution !== null) parts.push(`> **${cell(view.caution)}**`, '');
  parts.push(...view.headline.map((sentence) => `- ${cell(sentence)}`), '');
  if (view.conditions.length > 0) parts.push('## Conditions', '', ...view.conditions.flatMap(({ text, lines }) => [`- fail if ${cell(text)}`, ...lines.map((each) => `  - ${cell(each)}`)]), '');
  parts.push('## Results', '', ...view.results.map(({ label, line: what, baseline }) => `- ${cell(`${label}${baseline ? ' (the baseline)' : ''}: ${what}`)}`), '');
  parts.push('## Figures', '', ...view.metrics.filter(({ primary }) => primary).flatMap(table));
  const further = view.metrics.filter(({ primary }) => !primary);
  if (further.length > 0) parts.push('## Further figures', '', ...further.flatMap(table));
  if (view.notes.length > 0) parts.push('## What to mind', '', ...view.notes.map(({ mark, text }) => `- ${cell(`(${mark}) ${text}`)}`), '');
  if (view.differs.length > 0) {
    parts.push('## What differs between them', '', `| ${['', ...view.results.map(({ label }) => label)].map(cell).join(' | ')} |`, `|${'---|'.repeat(view.results.length + 1)}`);
    parts.push(...view.differs.map(({ title, values }) => `| ${[title, ...values].map(cell).join(' | ')} |`), '');
  }
  parts.push(BETWEEN_RUNS, '');
  return parts.join('\n');
}
