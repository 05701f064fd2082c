/**
 * How figures are written: the one place that turns numbers into text.
 *
 * Three significant digits, in the unit in which the figure is at least one. An interval takes the unit
 * and the decimals of its figure, so that the two can be compared at a glance.
 */
export type BaseUnit = 'ms' | 'bytes';

interface Scale {
  readonly unit: string;
  /** How many of the base unit are one of this. */
  readonly size: number;
}

const scales: Record<BaseUnit, readonly Scale[]> = {
  ms: [{ unit: 's', size: 1000 }, { unit: 'ms', size: 1 }, { unit: 'µs', size: 1e-3 }],
  bytes: [{ unit: 'TiB', size: 2 ** 40 }, { unit: 'GiB', size: 2 ** 30 }, { unit: 'MiB', size: 2 ** 20 }, { unit: 'KiB', size: 2 ** 10 }, { unit: 'B', size: 1 }],
};

/** Zero has no scale of its own: it is written in the base unit. */
function scaleOf(value: number, unit: BaseUnit): Scale {
  const base: Scale = unit === 'ms' ? { unit: 'ms', size: 1 } : { unit: 'B', size: 1 };
  if (value === 0) return base;
  const smallest = scales[unit].at(-1) ?? base;
  // Rounded first: 999.7 ms is written as 1.00 s, not as 1000 ms.
  return scales[unit].find((scale) => Number(Math.abs(value / scale.size).toPrecision(3)) >= 1) ?? smallest;
}

function decimalsOf(scaled: number, scale: Scale): number {
  if (scaled === 0 || scale.unit === 'B') return 0;
  const rounded = Number(Math.abs(scaled).toPrecision(3));
  return Math.min(4, Math.max(0, 2 - Math.floor(Math.log10(rounded))));
}

/** A true minus, and no minus before what rounds to zero. */
function fixed(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

function grouped(text: string): string {
  const [whole = '', fraction] = text.split('.');
  const spaced = whole.length > 4 ? whole.replace(/\B(?=(\d{3})+$)/g, '\u202f') : whole;
  return fraction === undefined ? spaced : `${spaced}.${fraction}`;
}

/** `1.52 ms`, `340 µs`, `151 MiB`; negative figures keep their sign. */
export function quantity(value: number, unit: BaseUnit): string {
  const scale = scaleOf(value, unit);
  const scaled = value / scale.size;
  return `${grouped(fixed(scaled, decimalsOf(scaled, scale)))} ${scale.unit}`;
}

/** A tick of an axis: as few digits as say what it is. `10 ms`, `50 MiB`, `0`. */
export function tick(value: number, unit: BaseUnit): string {
  if (value === 0) return '0';
  const scale = scaleOf(value, unit);
  return `${grouped(String(Number((value / scale.size).toPrecision(3))).replace('-', '−'))} ${scale.unit}`;
}

export interface Estimate {
  /** `1.52 ms` */
  readonly value: string;
  /** `1.49–1.58 ms`, or `null` where there is no interval. */
  readonly interval: string | null;
  /** The interval without its unit, for brackets behind the value: `1.49–1.58`. */
  readonly bare: string | null;
}

function between(low: string, high: string): string {
  return low.startsWith('−') || high.startsWith('−') ? `${low} to ${high}` : `${low}–${high}`;
}

/** A figure and its interval, in one unit and with the same decimals. */
export function estimate(value: number, low: number | null, high: number | null, unit: BaseUnit): Estimate {
  const scale = scaleOf(value, unit);
  const scaled = value / scale.size;
  let decimals = decimalsOf(scaled, scale);
  if (low === null || high === null) return { value: quantity(value, unit), interval: null, bare: null };
  const at = (figure: number) => grouped(fixed(figure / scale.size, decimals));
  // One digit more where the interval is narrower than what three digits can show.
  if (low !== high && at(low) === at(high) && scale.unit !== 'B') decimals += 1;
  const bare = between(at(low), at(high));
  return { value: `${at(value)} ${scale.unit}`, interval: `${bare} ${scale.unit}`, bare };
}

/** A ratio without its sign: `664`, `12`, `4.2`, `1.04`, `0.031`. */
export function ratio(value: number): string {
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 100) return grouped(fixed(Number(value.toPrecision(3)), 0));
  if (size >= 9.95) return fixed(value, 0);
  if (size >= 1.995) return fixed(value, 1);
  if (size >= 0.095) return fixed(value, 2);
  return String(Number(value.toPrecision(2))).replace('-', '−');
}

/** `712–768`: a ratio's interval. */
export function ratioRange(low: number, high: number): string {
  return between(ratio(low), ratio(high));
}

/** One part in so many: `1/160`; `1/3.4`. */
export function fraction(parts: number): string {
  return `1/${ratio(parts)}`;
}

/** A share of a whole: `42 %`, `0.3 %`. */
export function percent(share: number): string {
  const value = share * 100;
  return `${fixed(value, Math.abs(value) >= 9.95 || value === 0 ? 0 : 1)} %`;
}

/** `1 sample`, `20 samples`. */
export function count(n: number, singular: string, plural = `${singular}s`): string {
  return `${grouped(String(n))} ${n === 1 ? singular : plural}`;
}

/** How long something took, for people: `48 s`, `3 min 20 s`, `2 h 5 min`. */
export function elapsed(milliseconds: number): string {
  if (milliseconds < 10_000) return quantity(milliseconds, 'ms');
  const seconds = Math.round(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

/** An ISO instant as `24 November 2026, 08:43 UTC`; what is no instant is returned as it came. */
export function instant(iso: string): string {
  const date = new Date(iso);
  if (Number.isNaN(date.getTime())) return iso;
  const day = date.toLocaleDateString('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' });
  return `${day}, ${date.toISOString().slice(11, 16)} UTC`;
}
