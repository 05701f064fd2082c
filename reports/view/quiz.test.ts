import test from 'ava';
import { chartsOf } from '../charts/from-view.ts';
import { sampleResult } from '../sample/sample.ts';
import { startingResult } from '../sample/starting.ts';
import { deviationText, estimateText } from './quiz.ts';
import { buildView } from './view.ts';

test('what was measured is asked, the truth lies within the slider, and a chart answers', (t) => {
  const view = buildView(startingResult());
  t.deepEqual(view.questions.map(({ id }) => id), ['container-time', 'container-process', 'times-startup', 'longest-phase', 'dearest-rung', 'times-memory', 'times-disk']);
  const charts = new Set(chartsOf(view).map(({ id }) => id));
  for (const question of view.questions) {
    t.true(charts.has(question.chart), `${question.id}: ${question.chart}`);
    if (question.kind === 'scale') t.true(question.truth > question.least && question.truth < question.most, question.id);
    else t.true(question.choices.length >= 3 && question.choices[question.truth] !== undefined, question.id);
  }
});

test('the truth is the run’s own', (t) => {
  const questions = new Map(buildView(startingResult()).questions.map((each) => [each.id, each]));
  const phase = questions.get('longest-phase');
  t.deepEqual(phase?.kind === 'choice' ? phase.choices[phase.truth] : null, 'kernel');
  const rung = questions.get('dearest-rung');
  t.deepEqual(rung?.kind === 'choice' ? rung.choices[rung.truth] : null, 'network namespace');
  const sooner = questions.get('times-startup');
  t.true(sooner?.kind === 'scale' && sooner.truth > 600 && sooner.truth < 850);
  t.true(sooner?.emulated);
});

test('what was not measured is not asked', (t) => {
  t.deepEqual(buildView(sampleResult({ runtimes: ['process'] })).questions, []);
  t.deepEqual(buildView(sampleResult({ failing: () => true, runtimes: ['process', 'container', 'vm-micro'] })).questions.filter(({ id }) => id !== 'times-disk'), []);
  t.false(buildView(sampleResult()).questions.some(({ kind }) => kind === 'choice'));
});

test('a deviation is told as a factor with its direction', (t) => {
  t.is(deviationText(1000, 9710), '9.7 times too low');
  t.is(deviationText(9710, 1000), '9.7 times too high');
  t.is(deviationText(1500, 1000), 'close: 1.5 times too high');
  t.is(deviationText(1050, 1000), 'spot on');
  t.is(estimateText('ratio', 1000), '1\u202F000 ×');
  t.is(estimateText('ms', 0.5), '500 µs');
});
