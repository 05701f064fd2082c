/** Changes and verdicts in words: a change of some per cent reads as such, and one of many times as times. */
import type { Change, Fact, Verdict } from '../../benchmarks/compare/document.ts';
import { intervalText, quantityText, timesText, type Quantity } from '../view/numbers.ts';

export const VERDICTS: Readonly<Record<Verdict, string>> = {
  faster: 'faster',
  slower: 'slower',
  lower: 'lower',
  higher: 'higher',
  'no-difference': 'no difference shown',
  'not-comparable': 'not comparable',
};

/** Beyond these a percentage is harder to picture than a multiple. */
const AS_PERCENT = { from: 0.5, to: 2 };

function asPercent({ value }: NonNullable<Change['ratio']>): boolean {
  return value > AS_PERCENT.from && value < AS_PERCENT.to;
}

/** `+4.2`, `−12`, `0.0`: one decimal below ten. */
function percent(ratio: number): string {
  const value = (ratio - 1) * 100;
  const text = Math.abs(value) < 9.95 ? value.toFixed(1) : value.toFixed(0);
  if (Number(text) === 0) return '0.0';
  return value < 0 ? text.replace('-', '−') : `+${text}`;
}

function times(ratio: number): string {
  return ratio >= 1 ? timesText(ratio) : String(Number(ratio.toPrecision(2)));
}

/** `+11 %`, `3.1 ×`; `equal` to the last digit; of a baseline of 0 the difference; '' where there is nothing to say. */
export function changeText({ ratio, difference }: Change, unit: Quantity): string {
  if (difference?.value === 0 && difference.low === 0 && difference.high === 0) return 'equal';
  if (ratio !== null) return asPercent(ratio) ? `${percent(ratio.value)} %` : `${times(ratio.value)} ×`;
  if (difference === null) return '';
  return `${difference.value > 0 ? '+' : ''}${quantityText(unit, difference.value)}`;
}

/** `+8.0 to +14 %`, `2.9–3.3 ×`; '' where there is none, or no scatter. */
export function changeIntervalText({ ratio, difference }: Change, unit: Quantity): string {
  if (difference === null || difference.low === difference.high) return '';
  if (ratio === null) return intervalText(unit, difference.low, difference.high) ?? '';
  if (ratio.low === null || ratio.high === null) return '';
  return asPercent(ratio) ? `${percent(ratio.low)} to ${percent(ratio.high)} %` : `${times(ratio.low)}–${times(ratio.high)} ×`;
}

/** Why a verdict is not another, where figure and interval do not say so themselves. */
export function reasonText({ verdict, reason, difference }: Change): string {
  const plain = verdict === 'no-difference' && difference !== null && difference.low !== null && difference.high !== null && difference.low <= 0 && difference.high >= 0;
  return plain ? '' : reason;
}

/** A fact of a machine, of options or of an image. */
export function factText({ id }: Fact, value: Fact['values'][number]): string {
  if (value === null) return 'not told';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return id.endsWith('Bytes') ? quantityText('bytes', value) : String(value);
  return id === 'image.digest' || id === 'versions.commit' ? value.replace(/^([0-9a-f]{12})[0-9a-f]*/, '$1') : value || 'none';
}

/** At most so many characters, the end left out. */
export function shortened(text: string, most: number): string {
  const characters = [...text];
  return characters.length <= most ? text : `${characters.slice(0, most - 1).join('')}…`;
}
