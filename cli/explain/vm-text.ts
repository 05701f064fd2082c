/** The explanation of a virtual machine on a terminal, beside the container's. */
import pc from 'picocolors';
import { wrapped } from '../../reports/terminal/wrap.ts';
import { quantityText } from '../../reports/view/numbers.ts';
import type { TextOptions } from './text.ts';
import type { VmExplanation } from './vm.ts';

function milliseconds(value: number | null): string {
  return value === null ? '' : quantityText('ms', value);
}

function phaseLines({ phases }: VmExplanation, columns: number): string[] {
  if (phases === null) return [];
  const whole = phases.reduce((sum, phase) => sum + phase.milliseconds, 0);
  const width = Math.max(8, columns - 28);
  return [
    '',
    wrapped(`How it boots, in a run of its own that tells of itself and takes longer for it (${milliseconds(whole)} in all):`, columns),
    ...phases.flatMap((phase) => [
      `  ${phase.name.padEnd(12)}${milliseconds(phase.milliseconds).padStart(9)}  ${'█'.repeat(Math.max(1, Math.round((phase.milliseconds / whole) * width)))}`,
      wrapped(phase.what, columns, '    '),
    ]),
  ];
}

function reasons(title: string, lines: readonly (readonly [string, string])[], { columns, colours }: TextOptions): string[] {
  const { bold, inverse } = pc.createColors(colours);
  return lines.length === 0 ? [] : ['', inverse(` ${title} `), ...lines.flatMap(([words, why]) => [bold(wrapped(words, columns, '', '  ')), wrapped(why, columns, '    ')])];
}

export function vmText(of: VmExplanation, options: TextOptions): string {
  const { columns, colours } = options;
  const { yellow, inverse } = pc.createColors(colours);
  const lines = [
    wrapped(of.summary, columns),
    ...(of.emulated ? [wrapped(yellow(`Emulated: its processor is imitated in software (${of.acceleratorReason}). These times say nothing about hardware virtualisation.`), columns)] : []),
  ];
  if (of.readyMs !== null) {
    const beside = of.container === null ? '' : ` Beside it, the container: ${milliseconds(of.container.readyMs)}, in ${of.container.steps} steps (tare explain container).`;
    lines.push(wrapped(`It is ready ${milliseconds(of.readyMs)} after it was asked for (${of.starts === 1 ? 'one start' : `median of ${of.starts} starts`}, now, on this machine).${beside}`, columns));
  }
  if (of.failure !== null) lines.push(wrapped(yellow(`It was not measured to the end: ${of.failure}.`), columns));
  lines.push(...phaseLines(of, columns));
  if (of.devices !== null) {
    const count = of.devices.reduce((sum, device) => sum + device.count, 0);
    lines.push('', inverse(' What it pretends to have '), wrapped(`${count} devices, as QEMU tells: ${of.devices.map(({ type, count: each }) => (each === 1 ? type : `${type} (${each})`)).join(', ')}.`, columns));
  }
  lines.push(...reasons('The machine: QEMU’s arguments', of.arguments.map(({ words, why }) => [words, why] as const), options));
  lines.push(...reasons('Its kernel’s parameters', of.parameters.map(({ word, why }) => [word, why] as const), options));
  return `${lines.join('\n')}\n`;
}
