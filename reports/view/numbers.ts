/** Figures as people read them: sensible digits, sensible units, no false precision. */

function grouped(whole: string): string {
  return whole.replace(/\B(?=(\d{3})+(?!\d))/g, '\u202F');
}

/** Three significant digits, without an exponent: 0.00123, 1.23, 12.3, 123, 12 346. */
export function digits(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1000) return grouped(Math.round(value).toString());
  const places = Math.max(0, 2 - Math.floor(Math.log10(size)));
  const text = value.toFixed(Math.min(places, 12));
  return size >= 100 ? String(Math.round(value)) : text;
}

interface Unit {
  readonly name: string;
  readonly size: number;
}

const TIME: readonly Unit[] = [
  { name: 's', size: 1000 },
  { name: 'ms', size: 1 },
  { name: 'µs', size: 0.001 },
];
const SIZE: readonly Unit[] = [
  { name: 'GiB', size: 2 ** 30 },
  { name: 'MiB', size: 2 ** 20 },
  { name: 'KiB', size: 2 ** 10 },
  { name: 'B', size: 1 },
];

const RATE: readonly Unit[] = [
  { name: 'million/s', size: 1e6 },
  { name: '/s', size: 1 },
];
/** Processor time by the second. */
const USAGE: readonly Unit[] = [
  { name: 'ms/s', size: 1 },
  { name: 'µs/s', size: 0.001 },
];
const COUNT: readonly Unit[] = [{ name: '', size: 1 }];
const TIMES: readonly Unit[] = [{ name: '×', size: 1 }];

export type Quantity = 'ms' | 'bytes' | '1/s' | 'ms/s' | 'count' | 'ratio';

const UNITS: Readonly<Record<Quantity, readonly Unit[]>> = { ms: TIME, bytes: SIZE, '1/s': RATE, 'ms/s': USAGE, count: COUNT, ratio: TIMES };

/** The largest unit in which the value is at least 1; below all of them, the smallest. */
export function unitFor(quantity: Quantity, value: number): Unit {
  const units = UNITS[quantity];
  return units.find(({ size }) => Math.abs(value) >= size) ?? (units.at(-1) as Unit);
}

/** A whole number of things has no decimals. */
function amount(quantity: Quantity, value: number): string {
  return quantity === 'count' && Number.isInteger(value) ? grouped(String(value)) : digits(value);
}

/** `1.24 ms`, `135 MiB`, `−3.20 KiB`. */
export function quantityText(quantity: Quantity, value: number): string {
  const unit = unitFor(quantity, value);
  return `${amount(quantity, value / unit.size).replace('-', '−')} ${unit.name}`.trimEnd();
}

/** `1.18–1.31 ms`, `−0.20 to 0.31 ms`: both ends in the unit of the larger one. */
export function intervalText(quantity: Quantity, low: number | null, high: number | null): string | null {
  if (low === null || high === null) return null;
  const unit = unitFor(quantity, Math.max(Math.abs(low), Math.abs(high)));
  // A dash between figures of which one has a minus would be read as another.
  return `${amount(quantity, low / unit.size)}${low < 0 ? ' to ' : '–'}${amount(quantity, high / unit.size)} ${unit.name}`.replaceAll('-', '−').trimEnd();
}

/** `740`, `12`, `1.4`, `0.035`: two significant digits below a hundred, three above. */
export function timesText(ratio: number): string {
  if (ratio >= 100) return digits(Number(ratio.toPrecision(3)));
  if (ratio >= 10) return ratio.toFixed(0);
  return ratio >= 0.95 || ratio <= 0 ? ratio.toFixed(1) : ratio.toPrecision(2);
}
