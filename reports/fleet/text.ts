/** A fleet in a terminal and as Markdown: each metric over all machines. */
import pc from 'picocolors';
import { cell } from '../markdown/cell.ts';
import { harmless } from '../terminal/harmless.ts';
import { wrapped } from '../terminal/wrap.ts';
import type { FleetView, SpreadRow, SpreadView } from './view.ts';

export interface FleetTerminalOptions {
  readonly columns: number;
  readonly colours: boolean;
}

/** `2.01 ms (lab-3) to 2.30 ms (lab-17)`, `12.0 KiB everywhere` */
function ends({ dots }: SpreadRow): string {
  const [least, most] = [dots[0], dots.at(-1)];
  if (least === undefined || most === undefined) return '';
  if (least === most) return least.host.name;
  return least.text === most.text ? `${least.text} everywhere` : `${least.text} (${least.host.name}) to ${most.text} (${most.host.name})`;
}

export function fleetTerminal(view: FleetView, { columns, colours }: FleetTerminalOptions): string {
  const { bold, dim, yellow } = pc.createColors(colours);
  const line = (row: SpreadRow): string => {
    const head = `  ${harmless(row.label).padEnd(20)}  ${row.middle.padStart(9)}  `;
    return wrapped(`${dim(harmless(ends(row)))}${row.dots.length > 2 ? dim(`, ${row.dots.length} machines`) : ''}`, columns, head, ' '.repeat(35));
  };
  const table = ({ title, rows }: SpreadView): string => [`${bold(harmless(title))} ${dim('(middle of the machines’ medians, lowest to highest)')}`, ...rows.map(line)].join('\n');
  const blocks = [
    ...(view.caution === null ? [] : [wrapped(yellow(view.caution), columns)]),
    ...view.spreads.map(table),
    ...view.unread.map(({ message }) => wrapped(`${yellow('not read:')} ${harmless(message)}`, columns, '', '  ')),
    dim(`${view.runs} runs on ${view.hosts.length} machine${view.hosts.length === 1 ? '' : 's'}`),
  ];
  return `${blocks.join('\n\n')}\n`;
}

export function fleetMarkdown(view: FleetView): string {
  const parts = [`# ${view.title}`, ''];
  if (view.caution !== null) parts.push(`> **${cell(view.caution)}**`, '');
  for (const { title, definition, rows } of view.spreads) {
    parts.push(`## ${cell(title)}`, '', cell(definition), '', '| runtime | middle of the medians | lowest to highest | machines |', '|---|---:|---|---:|');
    parts.push(...rows.map((row) => `| ${[row.label, row.middle, ends(row), String(row.dots.length)].map(cell).join(' | ')} |`), '');
  }
  for (const { name, line, runs } of view.hosts) {
    const [newest] = runs;
    if (newest === undefined) continue;
    parts.push(`## ${cell(name)}`, '', cell(`${line}. ${newest.line}${newest.trouble === '' ? '' : ` (${newest.trouble})`}`), '');
    parts.push(`| ${['runtime', ...newest.metrics.map(({ title }) => title)].map(cell).join(' | ')} |`, `|---|${'---:|'.repeat(newest.metrics.length)}`);
    parts.push(...newest.rows.map(({ label, cells }) => `| ${[label, ...cells.map(({ text }) => text)].map(cell).join(' | ')} |`), '');
  }
  if (view.unread.length > 0) parts.push('## Not read', '', ...view.unread.map(({ message }) => `- ${cell(message)}`), '');
  return parts.join('\n');
}
