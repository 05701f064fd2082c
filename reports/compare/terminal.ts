/** A comparison in a terminal: a line a figure, fits in 80 columns. */
import pc from 'picocolors';
import { harmless } from '../terminal/harmless.ts';
import { wrapped } from '../terminal/wrap.ts';
import { shortened } from './wording.ts';
import { BETWEEN_RUNS, type CompareMetricView, type CompareView, type FigureView, type RowView, type Tone } from './view.ts';

export interface CompareTerminalOptions {
  readonly columns: number;
  readonly colours: boolean;
  /** Metrics besides those that benchmarks are summed up by. */
  readonly all: boolean;
}

type Colours = ReturnType<typeof pc.createColors>;

function paint(colours: Colours): Readonly<Record<Tone, (text: string) => string>> {
  return { better: colours.green, worse: colours.red, changed: colours.cyan, none: colours.dim, unknown: colours.yellow };
}

/** What stands before a figure: the runtime where it is the baseline's, else the result. */
const NAME = 20;

function line(name: string, { text, change, result }: FigureView, columns: number, colours: Colours): string {
  const head = `  ${(result.baseline ? shortened(name, NAME) : `  ${shortened(result.label, NAME - 2)}`).padEnd(NAME)}  `;
  if (change === null) return `${result.baseline ? colours.bold(head) : head}${text.padStart(8)}`;
  const tone = paint(colours)[change.tone];
  const marks = change.marks.length === 0 ? '' : ` [${change.marks.join(' ')}]`;
  if (change.tone === 'unknown') return wrapped(`${tone(change.verdict)}: ${change.reason}${marks}`, columns, head, ' '.repeat(NAME + 6));
  const figures = `${head}${text.padStart(8)}  ${change.text.padStart(8)}  ${change.intervalText.padEnd(15)}  `;
  const said = `${tone(change.verdict)}${marks}`;
  // A verdict with marks or a reason goes on below rather than beyond the edge.
  const first = wrapped(said, columns, figures, ' '.repeat(NAME + 6));
  return change.reason === '' ? first : `${first}\n${wrapped(colours.dim(change.reason), columns, ' '.repeat(NAME + 6))}`;
}

function rowText(row: RowView, columns: number, colours: Colours): string {
  const baseline = row.figures.find(({ result }) => result.baseline);
  const others = row.figures.filter(({ result }) => !result.baseline);
  return [...(baseline === undefined ? [] : [baseline]), ...others].map((figure) => line(row.label, figure, columns, colours)).join('\n');
}

function metricText(metric: CompareMetricView, columns: number, colours: Colours): string {
  const heading = wrapped(`${colours.bold(metric.id)} ${colours.dim('(median, change, 95 % interval of the change)')}`, columns);
  return [heading, ...metric.rows.map((row) => rowText(row, columns, colours))].join('\n');
}

/** The view with every text made harmless; the document itself is not printed. */
function harmlessView(view: CompareView): CompareView {
  return JSON.parse(JSON.stringify({ ...view, document: null }), (_, value: unknown) => (typeof value === 'string' ? harmless(value) : value)) as CompareView;
}

function conditionsText({ conditions }: CompareView, columns: number, colours: Colours): string {
  const colour = { held: colours.green, broken: colours.red, 'no-data': colours.yellow };
  const word = { held: 'passes', broken: 'fails', 'no-data': 'no data' };
  return conditions.map(({ text, state, lines }) => [wrapped(`${colour[state](word[state])}: fail if ${text}`, columns), ...lines.map((each) => wrapped(each, columns, '  ', '    '))].join('\n')).join('\n');
}

export function compareTerminal(from: CompareView, { columns, colours: coloured, all }: CompareTerminalOptions): string {
  const view = harmlessView(from);
  const colours = pc.createColors(coloured);
  const shown = view.metrics.filter(({ primary }) => all || primary);
  const left = view.metrics.length - shown.length;
  const blocks = [
    ...(view.caution === null ? [] : [wrapped(colours.yellow(view.caution), columns)]),
    view.results.map(({ label, line: what, baseline }) => wrapped(`${colours.bold(label)}${baseline ? ' (the baseline)' : ''}: ${what}`, columns, '', '  ')).join('\n'),
    ...shown.map((metric) => metricText(metric, columns, colours)),
    ...(view.notes.length === 0 ? [] : [view.notes.map(({ mark, text }) => wrapped(`[${mark}] ${text}`, columns, '', '    ')).join('\n')]),
    view.headline.map((sentence) => wrapped(colours.bold(sentence), columns, '  ', '    ')).join('\n'),
    ...(view.conditions.length === 0 ? [] : [conditionsText(view, columns, colours)]),
    colours.dim(wrapped(BETWEEN_RUNS, columns)),
    ...(left > 0 ? [colours.dim(wrapped(`${left} more metrics: --all, or --metrics ${view.metrics.find(({ primary }) => !primary)?.id ?? ''}`, columns))] : []),
  ];
  return `${blocks.join('\n\n')}\n`;
}
