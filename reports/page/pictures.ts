/** The charts on their canvases: in the page, on a stage, and on paper. */
import { BarController, BarElement, CategoryScale, Chart as ChartJs, Legend, LinearScale, LineController, LineElement, LogarithmicScale, PointElement, ScatterController, Tooltip } from 'chart.js';
import { DARK, LIGHT, type Chart, type Theme } from '../charts/chart.ts';
import { chartConfig } from '../charts/definition.ts';
import { sizeOf } from '../charts/size.ts';

ChartJs.register(BarController, BarElement, CategoryScale, LinearScale, LogarithmicScale, LineController, LineElement, PointElement, ScatterController, Tooltip, Legend);

const darkness = matchMedia('(prefers-color-scheme: dark)');
const narrow = matchMedia('(max-width: 640px)');
const wide = matchMedia('(min-width: 1600px)');

/** Width of an A4 page between its margins, in the pixels that a browser prints with, and text that is read at arm's length. */
const PAPER = { width: 680, text: 11, sharpness: 3 } as const;

/** On a stage text grows with the screen: it is read from the last row. */
function textSize(): number {
  if (narrow.matches) return 12;
  if (document.documentElement.dataset['mode'] !== undefined) return Math.round(Math.min(34, Math.max(14, Math.min(innerWidth / 64, innerHeight / 36))));
  return wide.matches ? 17 : 14;
}

export class Pictures {
  readonly #charts: ReadonlyMap<string, Chart>;
  #printing = false;

  constructor(charts: readonly Chart[]) {
    this.#charts = new Map(charts.map((chart) => [chart.id, chart]));
    for (const query of [darkness, narrow, wide]) query.addEventListener('change', () => this.drawWithin(document));
  }

  /** The chart that its canvas names, which a lens may change. */
  readonly drawOn = (canvas: HTMLCanvasElement): void => {
    ChartJs.getChart(canvas)?.destroy();
    const chart = this.#charts.get(canvas.dataset['chart'] ?? '');
    if (chart === undefined) return;
    const base = darkness.matches && !this.#printing ? DARK : LIGHT;
    const theme: Theme = { ...base, font: getComputedStyle(document.body).fontFamily, size: this.#printing ? PAPER.text : textSize() };
    const config = chartConfig(chart, theme, false);
    if (this.#printing) {
      // A page being printed has the screen's layout until it is too late to ask for the paper's.
      canvas.width = PAPER.width;
      canvas.height = Math.round(sizeOf(chart).rem * PAPER.text * 1.25);
      config.options = { ...config.options, responsive: false, devicePixelRatio: PAPER.sharpness };
    }
    new ChartJs(canvas, config);
  };

  drawWithin(root: ParentNode): void {
    for (const canvas of root.querySelectorAll<HTMLCanvasElement>('canvas[data-chart]')) this.drawOn(canvas);
  }

  /** One after the other, so that the page can be read and scrolled meanwhile. */
  async drawInTurn(): Promise<void> {
    for (const canvas of document.querySelectorAll<HTMLCanvasElement>('canvas[data-chart]')) {
      if (ChartJs.getChart(canvas) !== undefined) continue;
      this.drawOn(canvas);
      await new Promise((resolve) => setTimeout(resolve));
    }
  }

  /** Paper is white, whatever the screen was. */
  print(printing: boolean): void {
    this.#printing = printing;
    this.drawWithin(document);
  }
}
