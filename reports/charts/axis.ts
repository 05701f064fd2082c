/** A logarithmic axis: where a line and a figure stand. */
import type { ScaleOptionsByType } from 'chart.js';
import { unitFor, type Quantity } from '../view/numbers.ts';
import type { Theme } from './chart.ts';
import { axisTitle } from './drawing.ts';

/** A power of ten, or two or five times one where the axis is short. */
function logTick(value: number, span: number): boolean {
  const power = 10 ** Math.floor(Math.log10(value) + 1e-9);
  const lead = Math.round(value / power);
  // An axis that begins at 0.248 has a tick there, which is none to be named.
  if (Math.abs(value / power - lead) > 1e-6) return false;
  return lead === 1 || (span < 2.2 && (lead === 2 || lead === 5));
}

/** Powers of ten of a unit of bytes are no round numbers of it: ticks are put at powers of 1024 and tens of them. */
function byteTicks(min: number, max: number): number[] {
  const ticks: number[] = [];
  for (const unit of [1, 2 ** 10, 2 ** 20, 2 ** 30, 2 ** 40]) for (const times of [1, 10, 100]) if (unit * times >= min && unit * times <= max && unit * times < unit * 1024) ticks.push(unit * times);
  return ticks;
}

/** `1 ms`, `10 MiB`: ticks are round, so they need no three digits. */
export function tickText(quantity: Quantity, value: number): string {
  const unit = unitFor(quantity, value * 1.000001);
  return `${Number((value / unit.size).toPrecision(3))} ${unit.name}`.trimEnd();
}

/**
 * Of figures above zero alone: the others have no place on it.
 * @param headroom share of the axis kept free on the right for the figure at a bar's end
 */
export function logRange(figures: readonly number[], headroom: number): { min: number; max: number } {
  const values = figures.filter((value) => value > 0);
  if (values.length === 0) return { min: 0.1, max: 1 };
  const [least, most] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  return { min: 10 ** Math.floor(Math.log10(least) - 0.35), max: most * 10 ** (Math.log10(most / least + 40) * headroom) };
}

/** Lines where a figure stands, and nowhere else. */
export function logScale({ min, max }: { readonly min: number; readonly max: number }, quantity: Quantity, title: string, theme: Theme): ScaleOptionsByType<'logarithmic'> {
  const span = Math.log10(max / min);
  const scale = {
    type: 'logarithmic',
    min,
    max,
    title: axisTitle(title, theme),
    grid: { color: ({ tick }: { tick?: { label?: string | string[] | undefined } }) => (tick?.label === '' ? 'transparent' : theme.grid) },
    border: { display: false },
    ...(quantity === 'bytes' ? { afterBuildTicks(axis: { ticks: { value: number }[] }) { axis.ticks = byteTicks(min, max).map((value) => ({ value })); } } : {}),
    ticks: {
      color: theme.muted,
      maxRotation: 0,
      autoSkip: true,
      font: { family: theme.font, size: theme.size * 0.85 },
      callback: (value: number | string) => (quantity === 'bytes' || logTick(Number(value), span) ? tickText(quantity, Number(value)) : ''),
    },
  };
  return scale as unknown as ScaleOptionsByType<'logarithmic'>;
}
