/** Figures as people read them: sensible digits, sensible units, no false precision. */

/** Three significant digits, without an exponent: 0.00123, 1.23, 12.3, 123, 12 346. */
export function digits(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toString().replace(/\B(?=(\d{3})+(?!\d))/g, '\u202F');
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

const RATE: readonly Unit[] = [{ name: '/s', size: 1 }];

export type Quantity = 'ms' | 'bytes' | '1/s';

const UNITS: Readonly<Record<Quantity, readonly Unit[]>> = { ms: TIME, bytes: SIZE, '1/s': RATE };

/** The largest unit in which the value is at least 1; below all of them, the smallest. */
export function unitFor(quantity: Quantity, value: number): Unit {
  const units = UNITS[quantity];
  return units.find(({ size }) => Math.abs(value) >= size) ?? (units.at(-1) as Unit);
}

/** `1.24 ms`, `135 MiB`, `−3.20 KiB`. */
export function quantityText(quantity: Quantity, value: number): string {
  const unit = unitFor(quantity, value);
  return `${digits(value / unit.size).replace('-', '−')} ${unit.name}`;
}

/** `1.18–1.31 ms`, `−0.20 to 0.31 ms`: both ends in the unit of the larger one. */
export function intervalText(quantity: Quantity, low: number | null, high: number | null): string | null {
  if (low === null || high === null) return null;
  const unit = unitFor(quantity, Math.max(Math.abs(low), Math.abs(high)));
  // A dash between figures of which one has a minus would be read as another.
  return `${digits(low / unit.size)}${low < 0 ? ' to ' : '–'}${digits(high / unit.size)} ${unit.name}`.replaceAll('-', '−');
}

/** `740`, `12`, `1.4`: two significant digits below ten, three above. */
export function timesText(ratio: number): string {
  if (ratio >= 100) return digits(Number(ratio.toPrecision(3)));
  return ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(1);
}
