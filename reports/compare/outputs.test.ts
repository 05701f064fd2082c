import { stripVTControlCharacters } from 'node:util';
import test from 'ava';
import { HOSTILE } from '../sample/sample.ts';
import { sampleComparison, type ComparisonOptions } from '../sample/comparison.ts';
import { compareCharts } from './charts.ts';
import { compareHtml } from './html.ts';
import { compareMarkdown } from './markdown.ts';
import { compareTerminal } from './terminal.ts';
import { buildCompareView, type CompareView } from './view.ts';
import { changeIntervalText, changeText, shortened } from './wording.ts';

function view(options: ComparisonOptions = {}): CompareView {
  return buildCompareView(sampleComparison(options));
}

function change(value: number, low: number | null = value * 0.9, high: number | null = value * 1.1): Parameters<typeof changeText>[0] {
  return { ...sampleComparison().changes[0], ratio: { value, low, high }, difference: { value: value - 1, low: low === null ? null : low - 1, high: high === null ? null : high - 1 } } as Parameters<typeof changeText>[0];
}

test('small changes are told in per cent, large ones as multiples, and none as equal', (t) => {
  t.deepEqual([0.52, 0.991, 1.0003, 1.042, 1.12, 1.99].map((value) => changeText(change(value), 'ms')), ['−48 %', '−0.9 %', '0.0 %', '+4.2 %', '+12 %', '+99 %']);
  t.deepEqual([0.001, 0.25, 2.1, 740].map((value) => changeText(change(value), 'ms')), ['0.001 ×', '0.25 ×', '2.1 ×', '740 ×']);
  t.is(changeIntervalText(change(1.12, 1.08, 1.15), 'ms'), '+8.0 to +15 %');
  t.is(changeIntervalText(change(3, 2.9, 3.3), 'ms'), '2.9–3.3 ×');
  t.is(changeIntervalText(change(1.12, null, null), 'ms'), '');
  t.deepEqual([changeText(change(1, 1, 1), 'ms'), changeIntervalText(change(1.5, 1.5, 1.5), 'bytes')], ['equal', '']);
  t.is(changeText({ ...change(1), ratio: null, difference: { value: 2048, low: 1024, high: 4096 } }, 'bytes'), '+2.00 KiB');
  t.is(shortened('äöü€', 3), 'äö…');
});

test('the headline names what changed, and counts the rest', (t) => {
  t.deepEqual(view().headline, ['2 run-2 against 1 run-1: startup.ready of container faster (−20 %); memory.cgroup of container lower (−20 %); no difference shown in 2, 2 not comparable']);
});

test('terminal: fits in 80 columns, primary metrics unless all are asked for, colours only when asked', (t) => {
  const long = view({ results: 3, text: (same) => `${same} with words that go on` });
  const plain = compareTerminal(long, { columns: 80, colours: false, all: false });
  t.is(stripVTControlCharacters(plain), plain);
  for (const line of plain.split('\n')) t.true(line.length <= 80, line);
  t.notRegex(plain, /startup\.lifecycle \(/);
  t.regex(plain, /1 more metrics: --all, or --metrics\s+startup\.lifecycle/);
  const all = compareTerminal(view(), { columns: 80, colours: false, all: true });
  t.regex(all, /startup\.lifecycle \(/);
  t.regex(all, /2 run-2 +1\.36 ms +−20 % +−22 to −17 % +faster \[a\]/);
  t.regex(all, /not comparable: emulated against hardware/);
  t.regex(all, /passes: fail if startup\.ready container > 1\.1/);
  t.true(compareTerminal(view(), { columns: 80, colours: true, all: false }).includes('\u001B['));
});

test('terminal: no text of a document steers the terminal', (t) => {
  const text = compareTerminal(view({ text: (same) => `${same}\u001B[2J\u202E\u0007` }), { columns: 80, colours: false, all: true });
  t.notRegex(text, /[\u0000-\u0009\u000B-\u001F\u202E]/);
  t.true(text.includes('\uFFFD[2J'));
});

test('Markdown: tables whose cells no text can break', (t) => {
  const text = compareMarkdown(view({ text: (same) => `${same} | <b> \n next` }));
  const rows = text.split('\n').filter((line) => line.startsWith('| '));
  t.true(rows.length > 18);
  const columns = new Set(rows.map((line) => line.replaceAll('\\|', '').split('|').length));
  t.deepEqual([...columns].sort(), [5, 9], 'the table of differences, and those of figures');
  t.notRegex(text.replaceAll('\\<', ''), /<b>/);
});

test('charts: a colour a result, one chart a metric, and one a runtime where there are many results', (t) => {
  const few = compareCharts(view());
  t.deepEqual([...few.keys()], ['startup.ready', 'memory.cgroup']);
  const rows = few.get('startup.ready')?.[0]?.rows ?? [];
  t.deepEqual([rows.length, new Set(rows.map(({ ink }) => ink.light)).size], [6, 2]);
  t.true(rows.some(({ emulated }) => emulated) && rows.some(({ emulated }) => !emulated));
  const many = compareCharts(view({ results: 20 })).get('startup.ready') ?? [];
  t.deepEqual(many.map(({ rows: each }) => each.length), [20, 20, 20]);
  t.is(new Set(many.map(({ id }) => id)).size, 3);
});

test('rungs stand in the table and in no chart', async (t) => {
  const with2 = view({ rungs: 2 });
  t.is(compareCharts(with2).get('startup.ready')?.[0]?.rows.length, 6);
  t.true((await compareHtml(with2)).includes('+ ladder-1'));
});

test('HTML: hostile text in every field stays text, and the document can be saved whole', async (t) => {
  const hostile = view({ text: (same) => same + HOSTILE });
  const page = await compareHtml(hostile);
  t.deepEqual(page.match(/<script[^>]*>/g), ['<script type="application/json" id="charts">', '<script>']);
  const saved = /href="data:application\/json;base64,([^"]*)"/.exec(page)?.[1] ?? '';
  t.deepEqual(JSON.parse(Buffer.from(saved, 'base64').toString()), hostile.document);
  t.regex(page, /default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; img-src data:/);
});
