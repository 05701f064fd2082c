/**
 * What the two modes of the page stand on: a stage that covers all else, with a title above and buttons below, and
 * the questions of the quiz. It is seen only when the page's script has entered a mode.
 */
import type { VNode } from 'preact';
import { tickText } from '../../charts/axis.ts';
import type { Chart } from '../../charts/chart.ts';
import { sizeOf } from '../../charts/size.ts';
import type { ChoiceQuestion, Question, ScaleQuestion } from '../../view/quiz.ts';
import { html } from '../markup.ts';

function markText(quantity: ScaleQuestion['quantity'], value: number): string {
  return quantity === 'ratio' ? `${value.toLocaleString('en-GB').replaceAll(',', '\u202F')} ×` : tickText(quantity, value);
}

/** Below a slider, each a power of ten. */
function marks({ quantity, least, most }: ScaleQuestion): string[] {
  const decades = Math.round(Math.log10(most / least));
  return Array.from({ length: decades + 1 }, (_, index) => markText(quantity, least * 10 ** index));
}

function scale(question: ScaleQuestion): VNode {
  const { id, quantity, least, most, truth } = question;
  return html`<div class="estimate" data-kind="scale" data-quantity=${quantity} data-least=${least} data-most=${most} data-truth=${truth}>
    <label for=${`quiz-${id}`}>Your estimate</label> <output for=${`quiz-${id}`}></output>
    <input type="range" id=${`quiz-${id}`} min="0" max="1000" value="500" />
    <div class="rail" aria-hidden="true"><i class="guess"></i><i class="fact"></i></div>
    <p class="decades" aria-hidden="true">${marks(question).map((mark) => html`<span>${mark}</span>`)}</p>
  </div>`;
}

function choice({ id, choices, truth }: ChoiceQuestion): VNode {
  return html`<fieldset class="estimate" data-kind="choice" data-truth=${truth}><legend>Your estimate</legend>
    ${choices.map((name, index) => html`<label><input type="radio" name=${`quiz-${id}`} value=${index} /><span>${name}</span></label>`)}
  </fieldset>`;
}

function question(each: Question, charts: readonly Chart[]): VNode {
  const chart = charts.find(({ id }) => id === each.chart);
  return html`<article class="question" data-question=${each.question}>
    ${each.emulated ? html`<p><span class="tag">the machine is emulated</span></p>` : ''}
    ${each.kind === 'scale' ? scale(each) : choice(each)}
    <button type="button" class="reveal">Reveal</button>
    <div class="truth" hidden>
      <p class="answer"></p>
      <p class="told">${each.told}</p>
      ${chart === undefined ? '' : html`<div class="plot" data-rows=${sizeOf(chart).key}><canvas data-later=${chart.id} role="img" aria-label=${each.told}></canvas></div>`}
    </div>
  </article>`;
}

export function stageSection(questions: readonly Question[], charts: readonly Chart[]): VNode {
  return html`<div id="stage" hidden>
    <div class="above"><h1></h1></div>
    ${questions.map((each) => question(each, charts))}
    <div class="below"><button type="button" data-go="previous">◀ Back</button><span class="where" role="status"></span><button type="button" data-go="next">Next ▶</button><button type="button" data-go="leave">Leave (Esc)</button></div>
  </div>`;
}
