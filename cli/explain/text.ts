/** The explanation on a terminal, to be read aloud in front of a class. */
import pc from 'picocolors';
import { wrapped } from '../../reports/terminal/wrap.ts';
import { partNamed, type PartName } from '../../runtime/container/parts.ts';
import type { ExplainedStep, Explanation, Omission } from './explanation.ts';

export interface TextOptions {
  readonly columns: number;
  readonly colours: boolean;
}

type Colours = ReturnType<typeof pc.createColors>;

/** `630 µs`, `2.21 ms`. */
export function durationText(microseconds: number | null): string {
  if (microseconds === null || Number.isNaN(microseconds)) return '';
  if (Math.abs(microseconds) >= 1000) return `${(microseconds / 1000).toFixed(2)} ms`;
  return `${microseconds.toFixed(Math.abs(microseconds) < 10 ? 1 : 0)} µs`;
}

/** Each quoted string that would not fit on a line loses its middle: the paths of layers are long. */
function shortened(call: string, most: number): string {
  return call.replace(/"(?:[^"\\]|\\.)*"/g, (text) => (text.length <= most ? text : `${text.slice(0, Math.ceil(most / 2) - 1)}…${text.slice(-(Math.floor(most / 2) - 1))}`));
}

function stepText(step: ExplainedStep, width: number, { columns }: TextOptions, colours: Colours): string {
  const cost = durationText(step.microseconds);
  const head = `${String(step.number).padStart(width)}  ${step.label}`;
  const gap = Math.max(1, columns - head.length - cost.length);
  const indent = ' '.repeat(width + 2);
  return [
    `${colours.bold(head)}${' '.repeat(gap)}${colours.cyan(cost)}`,
    colours.dim(wrapped(shortened(step.call, columns - indent.length - 24), columns, indent, `${indent}  `)),
    wrapped(step.why, columns, indent),
    ...(step.part === null && step.risk !== null ? [wrapped(`Without it: ${step.risk}.`, columns, indent)] : []),
  ].join('\n');
}

/** Steps that follow one another and belong together stand under one heading, with what could be done without it. */
function heading(part: PartName | null, told: Set<PartName>, { columns }: TextOptions, colours: Colours): string[] {
  if (part === null) return told.size === 0 ? [] : [''];
  const { title, why, risk } = partNamed(part);
  if (told.has(part)) return ['', colours.inverse(` ${title}, continued `)];
  told.add(part);
  return ['', colours.inverse(` ${title} `), wrapped(why, columns), wrapped(`Without it: ${risk}.`, columns)];
}

function omissionText({ names, steps, fullMicroseconds, leftMicroseconds, savedMicroseconds }: Omission, options: TextOptions, colours: Colours): string[] {
  const { columns } = options;
  return [
    colours.bold(`Without ${names.map((name) => partNamed(name).title).join(', ')}`),
    ...names.map((name) => wrapped(`${partNamed(name).title}: ${partNamed(name).risk}`, columns, '  ', '    ')),
    wrapped(steps.length === 0 ? 'no step falls away by itself: a namespace less is made with the clone' : `${steps.length} steps fall away: ${steps.join(', ')}`, columns, '  ', '    '),
    ...(fullMicroseconds === null ? [] : [`  ready after ${durationText(leftMicroseconds)} instead of ${durationText(fullMicroseconds)}: ${durationText(savedMicroseconds)} saved`]),
    '',
  ];
}

function barLines(explanation: Explanation, { columns }: TextOptions): string[] {
  const parts = explanation.parts.flatMap(({ title, microseconds }) => (microseconds === null ? [] : [{ title, microseconds }]));
  const clone = explanation.steps.find(({ label }) => label.startsWith('clone'));
  const all = [...(clone?.microseconds == null ? [] : [{ title: 'clone, with its namespaces', microseconds: clone.microseconds }]), ...parts].sort((a, b) => b.microseconds - a.microseconds);
  const most = Math.max(...all.map(({ microseconds }) => microseconds), 1);
  const width = Math.max(10, columns - 42);
  return all.map(({ title, microseconds }) => `  ${title.padEnd(28)}${durationText(microseconds).padStart(9)}  ${'█'.repeat(Math.max(1, Math.round((microseconds / most) * width)))}`);
}

export function explanationText(explanation: Explanation, options: TextOptions): string {
  const colours = pc.createColors(options.colours);
  const { steps, measured, without } = explanation;
  const width = String(steps.length).length;
  const told = new Set<PartName>();
  const lines: string[] = [
    wrapped('A container is an ordinary process that was given another view of the host before its program began. These are the steps, in order.', options.columns),
    ...(measured === null ? [] : [wrapped(`It is ready ${durationText(measured.readyMicroseconds)} after it was asked for (median of ${measured.starts} starts, now, on this machine). What the parts cost:`, options.columns), ...barLines(explanation, options)]),
    '',
  ];
  if (without !== null) lines.push(...omissionText(without, options, colours));
  let part: PartName | null | undefined;
  for (const step of steps) {
    if (step.part !== part) lines.push(...heading(step.part, told, options, colours));
    part = step.part;
    lines.push(stepText(step, width, options, colours));
  }
  if (measured !== null) {
    lines.push(
      '',
      wrapped(`Around the steps: ${durationText(measured.hopMicroseconds)} from the request to the launcher, ${durationText(measured.firstByteMicroseconds)} from exec to the workload’s first byte, ${durationText(measured.cleanupMicroseconds)} from its end to everything gone.`, options.columns),
    );
  }
  return `${lines.join('\n').replace(/^\n+/, '')}\n`;
}
