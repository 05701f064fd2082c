import test from 'ava';
import { resultDocument, type ResultDocument } from '../../benchmarks/result/schema.ts';
import { chartsOf } from '../charts/from-view.ts';
import { reportHtml } from '../html/document.ts';
import { sampleResult } from '../sample/sample.ts';
import { terminalReport } from '../terminal/terminal.ts';
import { intervalText } from './numbers.ts';
import { buildView } from './view.ts';

const MEDIANS = [0.5, 1.2, 1.1];

/** The sample, with a ladder of three rungs of which the last costs less than nothing. */
function withLadder(state: ResultDocument['runtimes'][number]['state'] = { state: 'measured' }): ResultDocument {
  const base = sampleResult();
  const container = base.runtimes.find(({ id }) => id === 'container');
  if (container === undefined) throw new Error('no container in the sample');
  const ids = MEDIANS.map((_, index) => `ladder-0${index}`);
  const summary = (median: number) => ({ median, low: median * 0.9, high: median * 1.1, min: median, max: median, mean: median, standardDeviation: 0, p90: null, p95: null, p99: null, outliers: [] });
  return resultDocument.parse({
    ...base,
    run: { ...base.run, options: { ...base.run.options, benchmarks: ['startup', 'ladder'] } },
    metrics: [...base.metrics, { id: 'ladder.ready', benchmark: 'ladder', name: 'ready', title: 'ready', unit: 'ms', definition: 'd', anchor: 'ladder', primary: true }],
    runtimes: [...base.runtimes, ...ids.map((id, index) => ({ ...container, id, runtime: id, rung: ['fork and exec', '+ this <b>', '+ that'][index], state }))],
    statistics: state.state === 'measured' ? [...base.statistics, ...ids.map((runtime, index) => ({ metric: 'ladder.ready', runtime, emulated: false, n: 30, failed: 0, summary: summary(MEDIANS[index] ?? 0) }))] : base.statistics,
    comparisons: [
      ...base.comparisons,
      { metric: 'ladder.ready', runtime: 'ladder-01', baseline: 'ladder-00', ratio: null, difference: { value: 0.7, low: 0.6, high: 0.8 }, emulated: false },
      { metric: 'ladder.ready', runtime: 'ladder-02', baseline: 'ladder-01', ratio: null, difference: { value: -0.1, low: -0.3, high: 0.1 }, emulated: false },
    ],
  });
}

test('rungs stand in the ladder and nowhere else', (t) => {
  const view = buildView(withLadder());
  t.deepEqual(view.runtimes.map(({ id }) => id), ['process', 'container', 'vm-floor', 'vm-micro']);
  const ladder = view.benchmarks.find(({ id }) => id === 'ladder');
  t.deepEqual(ladder?.main.rows.map(({ runtime, ratioText }) => [runtime.name, ratioText]), [['fork and exec', null], ['+ this <b>', '+700 µs (600–800 µs)'], ['+ that', '−100 µs (−300 to 100 µs)']]);
  t.deepEqual(view.benchmarks.find(({ id }) => id === 'startup')?.main.rows.length, 4);
  t.regex(ladder?.summary ?? '', /^From 500 µs for a bare process to 1\.10 ms for the whole container; this <b> adds most: \+700 µs/);
});

test('each bar begins where the one above ends, and one that costs less goes back', (t) => {
  const chart = chartsOf(buildView(withLadder())).find(({ form }) => form === 'ladder');
  t.deepEqual(chart?.form === 'ladder' ? chart.rows.map(({ from, to }) => [from, to]) : null, [[0, 0.5], [0.5, 1.2], [1.2, 1.1]]);
});

test('a ladder that could not be climbed says why and has no chart', (t) => {
  const view = buildView(withLadder({ state: 'unavailable', reason: 'needs root', remedy: 'sudo' }));
  t.is(chartsOf(view).find(({ id }) => id === 'ladder'), undefined);
  t.regex(view.benchmarks.find(({ id }) => id === 'ladder')?.main.rows[0]?.text ?? '', /not measured: needs root/);
});

test('page and terminal show it, with titles as text', async (t) => {
  const view = buildView(withLadder());
  const page = await reportHtml(view);
  t.true(page.includes('+ this &lt;b') && !page.includes('+ this <b>'));
  t.regex(terminalReport(view, { columns: 80, colours: false, unicode: true }), /\+ that +1\.10 ms/);
});

test('an interval below zero is not read as a range', (t) => {
  t.is(intervalText('ms', -4.83, -1.06), '−4.83 to −1.06 ms');
  t.is(intervalText('ms', -0.0005, 0.0002), '−0.500 to 0.200 µs');
  t.is(intervalText('ms', 1, 2), '1.00–2.00 ms');
});
