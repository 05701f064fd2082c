/** What the report's page says in its head, its stacks, its cards and its charts of ratios, as Markdown. */
import type { ClaimsView, ClaimView } from '../view/claims/claims.ts';
import type { LargeComparison } from '../view/comparisons.ts';
import type { MemoryView } from '../view/memory.ts';
import type { RatiosView } from '../view/ratios.ts';
import { STACK_MEASURES, type StackLayer, type StacksView } from '../view/stacks.ts';
import { cell } from './cell.ts';

/** Columns of figures to the right, but for the first. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]): string => `| ${cells.map((text) => (text === '' ? ' ' : cell(text))).join(' | ')} |`;
  return [line(head), `|---|${'---:|'.repeat(head.length - 1)}`, ...rows.map(line), ''];
}

export function comparisonsLines(comparisons: readonly LargeComparison[]): string[] {
  if (comparisons.length === 0) return [];
  return table(
    ['', 'container', 'virtual machine', 'times', '95 % interval'],
    comparisons.map(({ title, light, heavy, times, of, spread }) => [title, light.text, `${heavy.text} (${heavy.runtime.label})`, times === null ? of : `${times} ${of}`, spread.replace('95 %: ', '')]),
  );
}

export function stacksLines(view: StacksView | null): string[] {
  if (view === null) return [];
  const row = (stack: string, name: string, figures: StackLayer['figures']): string[] => [`${stack}: ${name}`, ...STACK_MEASURES.map(({ id }) => figures[id].text)];
  return [
    '## The two stacks',
    '',
    ...table(['layer', ...STACK_MEASURES.map(({ title }) => title)], [view.machine, view.container].flatMap((stack) => [...stack.layers.map(({ name, figures }) => row(stack.runtime.label, name, figures)), row(stack.runtime.label, 'together', stack.totals)])),
  ];
}

export function claimsLines({ claims, heavier }: ClaimsView): string[] {
  const line = ({ claim, verdict, why }: ClaimView): string => `- **${verdict}**: ${cell(claim)} ${cell(why)}`;
  return ['## The claims, tested', '', ...claims.map(line), '', 'What the heavier box buys:', '', ...heavier.map(line), ''];
}

export function lensLines({ lenses, conclusion, growth }: MemoryView): string[] {
  if (lenses.length < 2) return [];
  const boxes = lenses[0]?.rows.map(({ runtime }) => runtime) ?? [];
  return [
    '## Memory of one idle box, by way of counting',
    '',
    ...(conclusion === null ? [] : [cell(conclusion), '']),
    ...table(['box', ...lenses.map(({ name }) => name)], boxes.map((box) => [box.label, ...lenses.map(({ rows }) => { const row = rows.find(({ runtime }) => runtime.id === box.id); return row === undefined || row.median === null ? 'not measured' : row.text; })])),
    ...lenses.map(({ name, counts, misses }) => `- **${cell(name)}**: ${cell(`${counts} ${misses}`)}`),
    '',
    ...(growth.length === 0 ? [] : table(['each further box, by', 'box', 'slope', '95 % interval', 'once'], growth.flatMap(({ name, panels }) => panels.flatMap(({ lines }) => lines.map((each) => [name, each.runtime.label, each.slopeText.replace(' each', ''), each.slopeInterval, each.interceptText.replace(' once', '')]))))),
  ];
}

export function ratiosLines(views: readonly RatiosView[]): string[] {
  return views.flatMap(({ title, boxes, rows }) => [
    `## ${cell(title)}`,
    '',
    ...table(['', ...boxes.map(({ label }) => label), 'noise'], rows.map(({ label, ratios, noiseText }) => [label, ...ratios.map((each) => (each === null ? 'not measured' : `${each.text} (${each.intervalText})${each.differs === false ? ': no difference shown' : ''}`)), noiseText])),
  ]);
}
