/** Predict, then reveal: the audience estimates, then the truth slides in. Nothing is stored. */
import type { Quantity } from '../view/numbers.ts';
import { deviationText, estimateText } from '../view/quiz.ts';
import type { Play } from './stage.ts';

interface Scale {
  readonly input: HTMLInputElement;
  readonly quantity: Quantity;
  readonly least: number;
  readonly most: number;
  readonly truth: number;
}

function scaleOf(estimate: HTMLElement): Scale | null {
  const input = estimate.querySelector<HTMLInputElement>('input[type=range]');
  const { quantity, least, most, truth } = estimate.dataset;
  return input === null ? null : { input, quantity: quantity as Quantity, least: Number(least), most: Number(most), truth: Number(truth) };
}

/** From 0 at the slider's left end to 1 at its right one. */
function place({ least, most }: Scale, value: number): number {
  return Math.min(1, Math.max(0, Math.log(value / least) / Math.log(most / least)));
}

function estimated(scale: Scale): number {
  return scale.least * (scale.most / scale.least) ** (Number(scale.input.value) / Number(scale.input.max));
}

function put(mark: HTMLElement | null, share: number): void {
  if (mark !== null) mark.style.left = `${share * 100}%`;
}

function follow(estimate: HTMLElement, scale: Scale): void {
  const text = estimateText(scale.quantity, estimated(scale));
  (estimate.querySelector('output') as HTMLOutputElement).value = text;
  scale.input.setAttribute('aria-valuetext', text);
  for (const mark of estimate.querySelectorAll<HTMLElement>('.rail i')) put(mark, place(scale, estimated(scale)));
}

/** The truth's mark starts where the estimate stands and slides to its place; style alone says whether it is seen to move. */
function revealScale(estimate: HTMLElement, scale: Scale): string {
  const guess = estimated(scale);
  const fact = estimate.querySelector<HTMLElement>('.fact');
  fact?.getBoundingClientRect();
  put(fact, place(scale, scale.truth));
  scale.input.disabled = true;
  return `${estimateText(scale.quantity, scale.truth)}. You said ${estimateText(scale.quantity, guess)}: ${deviationText(guess, scale.truth)}.`;
}

function revealChoice(estimate: HTMLElement): string {
  const inputs = [...estimate.querySelectorAll<HTMLInputElement>('input')];
  const [right, chosen] = [inputs[Number(estimate.dataset['truth'])], inputs.find(({ checked }) => checked)];
  const text = (input: HTMLInputElement | undefined): string => input?.parentElement?.textContent ?? '';
  for (const input of inputs) {
    input.disabled = true;
    if (input.parentElement !== null && (input === right || input === chosen)) input.parentElement.dataset['is'] = input === right ? 'right' : 'wrong';
  }
  return chosen === undefined ? `${text(right)}.` : chosen === right ? `${text(right)}: so you said.` : `${text(right)}. You said ${text(chosen)}.`;
}

function revealed(question: HTMLElement): boolean {
  return question.dataset['revealed'] !== undefined;
}

/** @param draw draws the canvases within, which had no chart until now */
function reveal(question: HTMLElement, draw: (within: Element) => void): void {
  const estimate = question.querySelector<HTMLElement>('.estimate');
  const truth = question.querySelector<HTMLElement>('.truth');
  if (estimate === null || truth === null || revealed(question)) return;
  question.dataset['revealed'] = '';
  truth.hidden = false;
  const scale = scaleOf(estimate);
  const answer = truth.querySelector<HTMLElement>('.answer');
  if (answer !== null) {
    answer.textContent = scale === null ? revealChoice(estimate) : revealScale(estimate, scale);
    answer.tabIndex = -1;
    answer.focus({ preventScroll: true });
  }
  (question.querySelector('.reveal') as HTMLButtonElement).hidden = true;
  for (const canvas of question.querySelectorAll('canvas')) canvas.dataset['chart'] = canvas.dataset['later'] ?? '';
  draw(question);
}

function reset(question: HTMLElement): void {
  delete question.dataset['revealed'];
  for (const canvas of question.querySelectorAll('canvas')) delete canvas.dataset['chart'];
  for (const input of question.querySelectorAll('input')) {
    input.disabled = false;
    input.checked = false;
    if (input.type === 'range') input.value = input.defaultValue;
    if (input.parentElement !== null) delete input.parentElement.dataset['is'];
  }
  (question.querySelector('.truth') as HTMLElement).hidden = true;
  (question.querySelector('.reveal') as HTMLButtonElement).hidden = false;
  const estimate = question.querySelector<HTMLElement>('.estimate');
  const scale = estimate === null ? null : scaleOf(estimate);
  if (estimate !== null && scale !== null) follow(estimate, scale);
}

export function quiz(redraw: (within: Element | null) => void): Play {
  const screens = [...document.querySelectorAll<HTMLElement>('.question')];
  for (const question of screens) {
    reset(question);
    const estimate = question.querySelector<HTMLElement>('.estimate');
    estimate?.addEventListener('input', () => {
      const scale = scaleOf(estimate);
      if (scale !== null) follow(estimate, scale);
    });
    question.querySelector('.reveal')?.addEventListener('click', () => reveal(question, redraw));
  }
  return {
    name: 'quiz',
    screens,
    title: (screen) => screen.dataset['question'] ?? '',
    shown(screen) {
      if (screen === null) screens.forEach(reset);
      else if (revealed(screen)) redraw(screen);
    },
    advance(screen) {
      if (revealed(screen)) return true;
      reveal(screen, redraw);
      return false;
    },
  };
}
