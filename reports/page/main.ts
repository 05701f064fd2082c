/** What runs in the report's page: draws the charts, follows the theme, and hands out the data. */
import { BarController, BarElement, CategoryScale, Chart as ChartJs, Legend, LinearScale, LineController, LineElement, LogarithmicScale, PointElement, ScatterController, Tooltip } from 'chart.js';
import { DARK, LIGHT, type Chart, type Theme } from '../charts/chart.ts';
import { chartConfig } from '../charts/definition.ts';
import type { ResultDocument } from '../../benchmarks/result/schema.ts';
import { samplesCsv } from '../csv/csv.ts';
import { followLenses } from './lens.ts';

ChartJs.register(BarController, BarElement, CategoryScale, LinearScale, LogarithmicScale, LineController, LineElement, PointElement, ScatterController, Tooltip, Legend);

function embedded(id: string): string {
  return document.getElementById(id)?.textContent ?? '';
}

const charts = new Map((JSON.parse(embedded('charts')) as Chart[]).map((chart) => [chart.id, chart]));
const darkness = matchMedia('(prefers-color-scheme: dark)');
const narrow = matchMedia('(max-width: 640px)');
const wide = matchMedia('(min-width: 1600px)');

function theme(print: boolean): Theme {
  const base = darkness.matches && !print ? DARK : LIGHT;
  return { ...base, font: getComputedStyle(document.body).fontFamily, size: narrow.matches ? 12 : wide.matches ? 17 : 14 };
}

/** The chart that its canvas names, which a lens may change. */
function drawOn(canvas: HTMLCanvasElement, print = false): void {
  ChartJs.getChart(canvas)?.destroy();
  const chart = charts.get(canvas.dataset['chart'] ?? '');
  if (chart !== undefined) new ChartJs(canvas, chartConfig(chart, theme(print), false));
}

function draw(print = false): void {
  for (const canvas of document.querySelectorAll('canvas')) drawOn(canvas, print);
}

async function unpack(): Promise<string> {
  const packed = Uint8Array.from(atob(embedded('result')), (character) => character.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Response(stream).text();
}

function save(name: string, type: string, text: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

document.getElementById('save-json')?.addEventListener('click', () => void unpack().then((text) => save('result.json', 'application/json', text)));
document.getElementById('save-csv')?.addEventListener('click', () => void unpack().then((text) => save('samples.csv', 'text/csv', samplesCsv(JSON.parse(text) as ResultDocument))));

for (const query of [darkness, narrow, wide]) query.addEventListener('change', () => draw());
// Paper is white, whatever the screen was.
addEventListener('beforeprint', () => draw(true));
addEventListener('afterprint', () => draw());
draw();
followLenses(drawOn);
document.documentElement.dataset['drawn'] = String(document.querySelectorAll('canvas').length);
