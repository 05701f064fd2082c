/** What runs in the report's page: draws the charts, follows choices, print and screens that are narrow, hands out the data, and plays slides and quiz. */
import type { Chart } from '../charts/chart.ts';
import { embedded, offerData } from './data.ts';
import { followLenses } from './lens.ts';
import { Pictures } from './pictures.ts';
import { followPrinting } from './print.ts';
import { quiz } from './quiz.ts';
import { followOverflow } from './scroll.ts';
import { slides } from './slides.ts';
import { Stage } from './stage.ts';

const pictures = new Pictures(JSON.parse(embedded('charts')) as Chart[]);
const stage = document.getElementById('stage');

async function begin(): Promise<void> {
  followLenses(pictures.drawOn);
  if (stage !== null) {
    // A screen that has just come up, or the whole page when the stage is left: both have another size than before.
    const redraw = (within: Element | null): void => pictures.drawWithin(within ?? document);
    new Stage(stage, [slides(redraw), quiz(redraw)]);
  }
  await pictures.drawInTurn();
  document.documentElement.dataset['drawn'] = String(document.querySelectorAll('canvas[data-chart]').length);
}

offerData();
followPrinting(pictures);
followOverflow();
// After the first paint: words come before charts.
setTimeout(() => void begin());
