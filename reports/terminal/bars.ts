/** A benchmark's boxes as bars with their medians and intervals. */
import pc from 'picocolors';
import type { BenchmarkView } from '../view/benchmarks.ts';
import type { Row } from '../view/metrics.ts';
import { EMULATED } from '../view/runtimes.ts';
import type { TerminalOptions } from './options.ts';
import { wrapped } from './wrap.ts';

const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

function bar(fraction: number, width: number, unicode: boolean): string {
  const cells = Math.max(0, Math.min(1, fraction)) * width;
  if (!unicode) return '#'.repeat(Math.max(1, Math.round(cells)));
  const whole = Math.floor(cells);
  return '█'.repeat(whole) + (EIGHTHS[Math.floor((cells - whole) * 8)] ?? '') || '▏';
}

/** Logarithmic where the largest is more than 50 times the smallest; the heading says so. */
function scaled(rows: readonly Row[]): { log: boolean; fraction: (value: number) => number } {
  const values = rows.flatMap(({ median }) => (median !== null && median > 0 ? [median] : []));
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const log = values.length > 1 && most / least > 50;
  const floor = least / 3;
  return { log, fraction: (value) => (value <= 0 ? 0 : log ? Math.log(value / floor) / Math.log(most / floor) : value / most) };
}

export function benchmarkText(benchmark: BenchmarkView, { columns, colours, unicode }: TerminalOptions): string {
  const { bold, dim, cyan, yellow, red } = pc.createColors(colours);
  const { rows } = benchmark.main;
  const { log, fraction } = scaled(rows);
  const nameWidth = Math.max(...rows.map(({ runtime }) => runtime.name.length), 9);
  const textWidth = Math.max(...rows.map(({ text, median }) => (median === null ? 0 : text.length)), 7);
  const intervalWidth = Math.max(...rows.map(({ intervalText }) => intervalText.length), 0);
  const marksOf = (row: Row): string[] => [...(row.runtime.emulated ? [EMULATED] : []), ...(row.failed > 0 ? [`${row.failed} failed`] : [])];
  const marksWidth = Math.max(...rows.map((row) => marksOf(row).join(' ').length));
  const barWidth = Math.max(8, columns - nameWidth - textWidth - intervalWidth - marksWidth - 10);
  const lines = rows.map((row) => {
    const name = row.runtime.name.padEnd(nameWidth);
    if (row.median === null) return wrapped(row.text, columns, `  ${name}  `, ' '.repeat(nameWidth + 4));
    const paint = row.runtime.emulated ? yellow : cyan;
    const drawn = bar(fraction(row.median), barWidth, unicode);
    const marks = marksOf(row).map((mark) => (mark === EMULATED ? yellow(mark) : red(mark))).join(' ');
    return `  ${name}  ${bold(row.text.padStart(textWidth))}  ${dim(row.intervalText.padEnd(intervalWidth))}  ${paint(drawn)}${' '.repeat(Math.max(0, barWidth - drawn.length))}  ${marks}`.trimEnd();
  });
  const same = benchmark.title.toLowerCase() === benchmark.main.title.toLowerCase();
  const title = same ? benchmark.title : `${benchmark.title}: ${benchmark.main.title}`;
  const heading = wrapped(`${bold(title)} ${dim(`(median, 95 % interval${log ? ', bars logarithmic' : ''})`)}`, columns);
  return [heading, ...lines].join('\n');
}
