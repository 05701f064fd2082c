/** The container and the virtual machines side by side on a terminal: question by question, then time by time. Pure. */
import pc from 'picocolors';
import { wrapped } from '../../reports/terminal/wrap.ts';
import { quantityText } from '../../reports/view/numbers.ts';
import type { Explanation } from './explanation.ts';
import { TOLD_BOXES, type Question, type ToldBox } from './story.ts';
import type { TextOptions } from './text.ts';
import type { VmExplanation } from './vm.ts';

export interface Side {
  readonly questions: readonly Question[];
  readonly container: Explanation;
  /** In the order of {@link TOLD_BOXES}. */
  readonly machines: readonly VmExplanation[];
}

interface Part {
  readonly name: string;
  readonly milliseconds: number;
}

/** As wide as the longest name, and a gap. */
const NAME = Math.max(...TOLD_BOXES.map(({ length }) => length)) + 2;
const PART = 28;

function time(value: number): string {
  return quantityText('ms', value);
}

function named(box: string, text: string, columns: number): string {
  return wrapped(text, columns, `  ${box.padEnd(NAME)}`, ' '.repeat(NAME + 2));
}

/** What of a start goes where: of a container its clone and its parts, of a machine its phases. */
function containerParts({ steps, parts }: Explanation): Part[] {
  const clone = steps.find(({ label }) => label.startsWith('clone'));
  return [{ name: 'clone, with its namespaces', microseconds: clone?.microseconds ?? null }, ...parts.map(({ title, microseconds }) => ({ name: title, microseconds }))].flatMap(({ name, microseconds }) => (microseconds === null ? [] : [{ name, milliseconds: microseconds / 1000 }]));
}

function partLines(parts: readonly Part[], columns: number): string[] {
  const most = Math.max(...parts.map(({ milliseconds }) => milliseconds));
  const width = Math.max(8, columns - PART - 18);
  return parts.map(({ name, milliseconds }) => `    ${name.padEnd(PART)}${time(milliseconds).padStart(9)}  ${'█'.repeat(Math.max(1, Math.round((milliseconds / most) * width)))}`);
}

function readyLines(side: Side, columns: number): string[] {
  const { container, machines } = side;
  const { measured } = container;
  if (measured === null) return [];
  const containerMs = measured.readyMicroseconds / 1000;
  const lines = [named('container', `ready after ${time(containerMs)} (median of ${measured.starts} starts), in ${container.steps.length} steps:`, columns), ...partLines(containerParts(container), columns)];
  for (const { name, image, readyMs, starts, phases, devices, emulated, failure } of machines) {
    if (failure !== null) lines.push(named(name, `not measured to the end: ${failure}`, columns));
    if (readyMs === null) continue;
    const count = devices === null ? '' : `, with ${devices.reduce((sum, each) => sum + each.count, 0)} devices`;
    const of = `${starts === 1 ? 'one start' : `median of ${starts} starts`}${emulated ? ', emulated' : ''}`;
    lines.push(named(name, `ready after ${time(readyMs)} (${of}), ${Math.round(readyMs / containerMs).toLocaleString('en').replaceAll(',', ' ')} times the container’s${count}${image === 'tiny' ? '' : `, image ${image}`}${phases === null ? '' : '; taken apart, in a run of its own that tells of itself:'}`, columns));
    if (phases !== null) lines.push(...partLines(phases, columns));
  }
  return lines;
}

function deviceLines({ machines }: Side, columns: number): string[] {
  return machines.flatMap(({ name, devices }) => (devices === null ? [] : [named(name, devices.map(({ type, count }) => (count === 1 ? type : `${type} (${count})`)).join(', '), columns)]));
}

export function sideText(side: Side, { columns, colours }: TextOptions): string {
  const { bold, inverse, yellow, dim } = pc.createColors(colours);
  const emulated = side.machines.find((each) => each.emulated);
  const ready = readyLines(side, columns);
  const devices = deviceLines(side, columns);
  const answers = ({ answers: of }: Question): string[] => TOLD_BOXES.map((box: ToldBox) => named(box, of[box], columns));
  return `${[
    wrapped('A container is a process with another view of the host. A virtual machine is a process that imitates a computer, on which another kernel runs. The same questions to both, from the hardware up:', columns),
    ...side.questions.flatMap((question) => ['', bold(question.asked), dim(wrapped(question.why, columns, '  ')), ...answers(question)]),
    ...(ready.length === 0 ? [] : ['', inverse(' How long each takes, here and now '), ...(emulated === undefined ? [] : [wrapped(yellow(`Emulated: the processor of these machines is imitated in software (${emulated.acceleratorReason}). Their times say nothing about hardware virtualisation.`), columns)]), ...ready]),
    ...(devices.length === 0 ? [] : ['', inverse(' What each pretends to have, as QEMU tells '), ...devices]),
    '',
    wrapped('One by one, with every argument, parameter and step and its reason: tare explain container, tare explain vm-micro, tare explain vm-full.', columns),
  ].join('\n')}\n`;
}
