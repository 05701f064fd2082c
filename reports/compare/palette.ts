/** One colour a result; the ninth has the first one's again, and labels tell them apart. */
import type { Ink } from '../view/palette.ts';

/** Okabe and Ito's, as the runtimes' are, in another order: the first two differ most, also without red or green. */
const INKS: readonly Ink[] = [
  { light: '#0072b2', dark: '#56b4e9' },
  { light: '#d55e00', dark: '#ff8a3d' },
  { light: '#009e73', dark: '#2fd3a2' },
  { light: '#a8508a', dark: '#e39ccb' },
  { light: '#8a6d00', dark: '#f0c04a' },
  { light: '#6a4fb3', dark: '#b39df2' },
  { light: '#5f6b7a', dark: '#9aa7b8' },
  { light: '#8a4b2a', dark: '#d9a583' },
];

/** @param number from 1 */
export function resultInk(number: number): Ink {
  return INKS[(number - 1) % INKS.length] as Ink;
}
