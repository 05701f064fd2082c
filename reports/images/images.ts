/** The charts as PNG and SVG, for slides and papers: the same definitions as in the page. */
import { createRequire } from 'node:module';
import { ChartJSNodeCanvas } from 'chartjs-node-canvas';
import { LIGHT, type Chart, type Theme } from '../charts/chart.ts';
import { chartConfig } from '../charts/definition.ts';
import { sizeOf } from '../charts/size.ts';

const require = createRequire(import.meta.url);

/** Comes along, since on a machine without fonts all text would vanish without an error. */
const FONT = 'DejaVu Sans';
const FONT_FILES = [
  { path: require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'), weight: 'normal' },
  { path: require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans-Bold.ttf'), weight: 'bold' },
] as const;

/** A projector's width, in pixels of the drawing; PNGs have twice as many. */
const WIDTH = 1280;
const PIXELS_A_REM = 30;

const THEME: Theme = { ...LIGHT, font: FONT, size: 20 };

/**
 * One for each size and form: every construction loads chart.js anew (chartjs-node-canvas takes it out of the
 * module cache), which is also why nothing may be registered for all of them.
 */
const canvases = new Map<string, ChartJSNodeCanvas>();

function canvasFor(chart: Chart, type: 'png' | 'svg'): ChartJSNodeCanvas {
  const height = Math.round(sizeOf(chart).rem * PIXELS_A_REM) + 25;
  const key = `${type} ${height}`;
  const known = canvases.get(key);
  if (known !== undefined) return known;
  const canvas = new ChartJSNodeCanvas({
    width: WIDTH,
    height,
    ...(type === 'svg' ? { type } : {}),
    chartCallback: (chartJs) => {
      chartJs.defaults.devicePixelRatio = type === 'svg' ? 1 : 2;
    },
  });
  for (const { path, weight } of FONT_FILES) canvas.registerFont(path, { family: FONT, weight });
  canvases.set(key, canvas);
  return canvas;
}

export async function chartPng(chart: Chart): Promise<Buffer> {
  return canvasFor(chart, 'png').renderToBuffer(chartConfig(chart, THEME, true), 'image/png');
}

export function chartSvg(chart: Chart): Buffer {
  return canvasFor(chart, 'svg').renderToBufferSync(chartConfig(chart, THEME, true), 'image/svg+xml');
}
