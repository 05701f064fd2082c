import test from 'ava';
import { DARK, LIGHT } from '../charts/chart.ts';
import { inkOf } from './palette.ts';

const KNOWN = ['process', 'container', 'vm-floor', 'vm-restore', 'vm-micro', 'vm-full'];

/** Relative luminance, WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = linear(colour);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function linear(colour: string): number[] {
  return [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255).map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
}

function contrast(a: string, b: string): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

/** How dichromats see a colour, in linear RGB: Machado, Oliveira and Fernandes 2009, severity 1. */
const SIGHT = {
  protan: [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
  deutan: [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]],
} as const;

function seen(colour: string, matrix: readonly (readonly number[])[]): number[] {
  const light = linear(colour);
  return matrix.map((row) => Math.min(1, Math.max(0, row.reduce((sum, weight, at) => sum + weight * (light[at] ?? 0), 0))) ** (1 / 2.4));
}

for (const [shade, theme] of [['light', LIGHT], ['dark', DARK]] as const) {
  test(`the outline of every bar stands out from the ${shade} page (WCAG 1.4.11)`, (t) => {
    for (const runtime of KNOWN) t.true(contrast(inkOf(runtime, 0)[shade], theme.background) >= 3, `${runtime}: ${contrast(inkOf(runtime, 0)[shade], theme.background)}`);
  });

  test(`text can be read on the ${shade} page (WCAG 1.4.3)`, (t) => {
    for (const text of [theme.text, theme.muted]) t.true(contrast(text, theme.background) >= 4.5, text);
  });

  test(`no two runtimes look alike without red or green, ${shade}`, (t) => {
    for (const matrix of Object.values(SIGHT)) {
      for (const [at, one] of KNOWN.entries()) {
        for (const other of KNOWN.slice(at + 1)) {
          const [a, b] = [seen(inkOf(one, 0)[shade], matrix), seen(inkOf(other, 0)[shade], matrix)];
          t.true(Math.hypot(...a.map((part, index) => part - (b[index] ?? 0))) > 0.1, `${one} and ${other}`);
        }
      }
    }
  });
}

test('a runtime has its colour wherever it stands in the run', (t) => {
  for (const runtime of KNOWN) t.is(inkOf(runtime, 0), inkOf(runtime, 9));
});
