/** What the report's page says in its head, its stacks and its cards, in lines that fit a terminal. */
import pc from 'picocolors';
import type { ClaimsView, ClaimView } from '../view/claims/claims.ts';
import type { LargeComparison } from '../view/comparisons.ts';
import type { LensesView } from '../view/lens.ts';
import type { RatiosView } from '../view/ratios.ts';
import { EMULATED } from '../view/runtimes.ts';
import { STACK_MEASURES, type StacksView, type StackLayer } from '../view/stacks.ts';
import type { TerminalOptions } from './options.ts';
import { wrapped } from './wrap.ts';

/** Cells in columns: the first to the left, the others to the right; as wide as their longest. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) => `  ${row.map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0))).join('  ')}`.trimEnd());
}

export function comparisonsText(comparisons: readonly LargeComparison[], { columns, colours }: TerminalOptions): string {
  if (comparisons.length === 0) return '';
  const { bold, yellow } = pc.createColors(colours);
  const wide = Math.max(...comparisons.map(({ title }) => title.length));
  return comparisons
    .map(({ title, times, of, light, heavy, spread, emulated }) =>
      wrapped(`${bold(times === null ? of : `${times} ${of}`)}: ${light.runtime.id} ${light.text}, ${heavy.runtime.id} ${heavy.text} (${spread})${emulated ? ` ${yellow(EMULATED)}` : ''}`, columns, `  ${title.padEnd(wide)}  `, ' '.repeat(wide + 4)))
    .join('\n');
}

/** What has no figure of its own is a dash; what was not measured asks. */
function cell(layer: StackLayer | undefined, measure: (typeof STACK_MEASURES)[number]['id']): string {
  const figure = layer?.figures[measure];
  if (figure === undefined) return '';
  return figure.value !== null ? figure.text : figure.text.startsWith('not measured') ? '?' : '-';
}

export function stacksText(view: StacksView | null, { colours }: TerminalOptions): string {
  if (view === null) return '';
  const { bold, dim, yellow } = pc.createColors(colours);
  const { machine, container } = view;
  const layers = [...new Map([...machine.layers, ...container.layers].map((layer) => [layer.id, layer.name])).entries()];
  const cells = (stack: typeof machine, layer: StackLayer['id']): string[] => STACK_MEASURES.map(({ id }) => cell(stack.layers.find((each) => each.id === layer), id));
  const total = (stack: typeof machine): string[] => STACK_MEASURES.map(({ id }) => (stack.totals[id].value === null ? '?' : stack.totals[id].text));
  const lines = aligned([
    ['', ...[machine, container].flatMap(() => ['start-up', 'memory', 'disk'])],
    ...layers.map(([id, name]) => [name, ...cells(machine, id), ...cells(container, id)]),
    ['together', ...total(machine), ...total(container)],
  ]);
  return [`${bold('The two stacks')}: ${machine.runtime.id}${machine.runtime.emulated ? ` (${yellow(EMULATED)})` : ''} at the left, ${container.runtime.id} at the right`, dim(lines[0] ?? ''), ...lines.slice(1), ...(lines.some((line) => /\s\?(\s|$)/.test(line)) ? [dim('  ?: not measured; -: none of its own')] : [])].join('\n');
}

const SIGNS: Readonly<Record<ClaimView['verdict'], { readonly unicode: string; readonly ascii: string }>> = {
  supported: { unicode: '✓', ascii: '+' },
  'not supported': { unicode: '✗', ascii: '!' },
  mixed: { unicode: '◐', ascii: '~' },
  'not tested here': { unicode: '–', ascii: '-' },
};

export function claimsText({ claims, heavier }: ClaimsView, { columns, colours, unicode }: TerminalOptions): string {
  const { bold } = pc.createColors(colours);
  const wide = Math.max(...Object.keys(SIGNS).map((verdict) => verdict.length));
  const lines = (cards: readonly ClaimView[]): string[] =>
    cards.map(({ claim, verdict }) => wrapped(claim, columns, `  ${SIGNS[verdict][unicode ? 'unicode' : 'ascii']} ${verdict.padEnd(wide)}  `, ' '.repeat(wide + 6)));
  return [bold('The claims, tested'), ...lines(claims), bold('What the heavier box buys'), ...lines(heavier)].join('\n');
}

/** Box by box, by every way of counting. */
export function lensText({ lenses, conclusion }: LensesView, { columns, colours }: TerminalOptions): string {
  const { bold, dim } = pc.createColors(colours);
  const boxes = lenses[0]?.rows.map(({ runtime }) => runtime) ?? [];
  const [head, ...rows] = aligned([
    ['', ...lenses.map(({ name }) => name)],
    ...boxes.map((box) => [box.label, ...lenses.map(({ rows: of }) => { const row = of.find(({ runtime }) => runtime.id === box.id); return row === undefined || row.median === null ? 'not meas.' : row.text; })]),
  ]);
  // Long names, or many ways: box by box then.
  const listed = boxes.map((box) => wrapped(lenses.map(({ name, rows: of }) => `${name} ${of.find(({ runtime }) => runtime.id === box.id)?.text ?? 'not measured'}`).join(', '), columns, `  ${box.label}: `, '    '));
  const shown = [head ?? '', ...rows].some((line) => line.length > columns) ? listed : [dim(head ?? ''), ...rows];
  return [bold('Memory of one idle box, by way of counting'), ...shown, ...(conclusion === null ? [] : [wrapped(conclusion, columns, '  ')])].join('\n');
}

export function ratiosText({ title, boxes, rows }: RatiosView, { columns, colours }: TerminalOptions): string {
  const { bold } = pc.createColors(colours);
  const lines = boxes.map((box, position) =>
    wrapped(rows.map(({ label, ratios }) => { const ratio = ratios[position] ?? null; return `${label} ${ratio === null ? 'not measured' : `${ratio.text}${ratio.low === null ? '' : ` (${ratio.intervalText})`}`}`; }).join('; '), columns, `  ${box.label}: `, '    '));
  const some = rows.some(({ ratios }) => ratios.some((each) => each !== null && each.low !== null));
  return [`${bold(title)} (${some ? '95 % interval' : 'too few samples for intervals'})`, ...lines].join('\n');
}
