/** Numbers and sizes on the command line, refused with the value, the option and what would be right. */
import { TareError } from '../runtime/errors.ts';

/**
 * @param example what could be said instead
 * @throws {TareError} `usage`
 */
export function wholeNumber(option: string, text: string, least: number, example = '30'): number {
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text)) || Number(text) < least) {
    throw new TareError('usage', `--${option}: "${text}" is not a whole number of at least ${least}`, `for example: --${option} ${example}`);
  }
  return Number(text);
}

/** @throws {TareError} `usage` */
export function positiveNumber(option: string, text: string, most = Number.POSITIVE_INFINITY): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value <= 0) {
    throw new TareError('usage', `--${option}: "${text}" is not a number above 0`, `for example: --${option} 1`);
  }
  if (value > most) throw new TareError('usage', `--${option}: ${text} is over ${most}, which is the most`, `for example: --${option} ${most}`);
  return value;
}

const UNITS: Readonly<Record<string, number>> = { '': 1, k: 2 ** 10, m: 2 ** 20, g: 2 ** 30 };

/**
 * `256M`, `1G`, `268435456`; powers of 1024, with or without a closing B or iB.
 * @throws {TareError} `usage`
 */
export function sizeInBytes(option: string, text: string, least = 1): number {
  const match = /^(\d+)\s*([kmg]?)(?:i?b)?$/i.exec(text.trim());
  const bytes = Number(match?.[1]) * (UNITS[match?.[2]?.toLowerCase() ?? ''] ?? Number.NaN);
  if (!Number.isSafeInteger(bytes) || bytes <= 0) {
    throw new TareError('usage', `--${option}: "${text}" is no size`, `for example: --${option} 256M`);
  }
  if (bytes < least) throw new TareError('usage', `--${option}: ${text} is less than ${least} bytes, which is the least`, `for example: --${option} 256M`);
  return bytes;
}
