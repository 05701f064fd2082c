import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { gunzipSync } from 'node:zlib';
import test from 'ava';
import { chartsOf, thinned } from './charts/from-view.ts';
import { samplesCsv } from './csv/csv.ts';
import { reportHtml } from './html/document.ts';
import { markdownReport } from './markdown/markdown.ts';
import { HOSTILE, sampleResult } from './sample/sample.ts';
import { startingResult } from './sample/starting.ts';
import { terminalReport } from './terminal/terminal.ts';
import { buildView } from './view/view.ts';
import { writeReport } from './write.ts';

function directory(): string {
  return mkdtempSync(join(tmpdir(), 'report-test-'));
}

test('CSV: one row a value, failed samples with an empty one, quoted where need be', (t) => {
  const csv = samplesCsv(sampleResult({ rounds: 2, runtimes: ['container', 'vm-micro'], failing: (runtime, round) => runtime === 'vm-micro' && round === 1 }));
  const lines = csv.split('\r\n');
  t.is(lines[0], 'benchmark,metric,runtime,kind,accelerator,round,order,value,unit,outcome');
  t.is(lines.at(-1), '');
  t.is(lines.length - 2, 2 * 2 * (2 + 4 + 1));
  t.regex(csv, /startup,ready,vm-micro,vm,tcg,1,1,,ms,failed/);
  t.regex(csv, /startup,ready,container,container,,0,0,\d+\.\d+,ms,ok/);
  const quoted = samplesCsv({ ...sampleResult({ rounds: 1, runtimes: ['container'] }), runtimes: [], samples: [{ index: 0, benchmark: 'disk', runtime: 'a "b",\nc', round: 0, order: 0, at: 0, outcome: 'ok', values: { allocated: 1 } }] });
  t.true(quoted.includes('"a ""b"",\nc"'));
});

test('terminal: fits in 80 columns, marks what is emulated, and brings colours only when asked', (t) => {
  const view = buildView(sampleResult({ failing: (runtime, round) => runtime === 'vm-micro' && round < 3 }));
  const plain = terminalReport(view, { columns: 80, colours: false, unicode: true });
  t.is(stripVTControlCharacters(plain), plain);
  for (const line of plain.split('\n')) t.true(line.length <= 80, line);
  t.regex(plain, /vm-micro .*1\.\d+ s .*emulated/);
  t.regex(plain, /container is \d+ times \(\d+–\d+\) faster to start than\s+vm-micro/);
  t.true(terminalReport(view, { columns: 80, colours: true, unicode: true }).includes('\u001B['));
  t.false(/[█▏]/.test(terminalReport(view, { columns: 80, colours: false, unicode: false })));
});

test('terminal: no text of a result steers the terminal', (t) => {
  const text = terminalReport(buildView(sampleResult({ rounds: 5, text: (same) => `${same}\u001B[2J\u202E\u0007`, unavailable: ['container'] })), { columns: 80, colours: false, unicode: true });
  t.notRegex(text, /[\u0000-\u0009\u000B-\u001F\u202E]/);
  t.true(text.includes('\uFFFD[2J'));
});

test('Markdown: tables whose cells no text can break', (t) => {
  const text = markdownReport(buildView(sampleResult({ text: (same) => `${same} | <b> \n next` })));
  const rows = text.split('\n').filter((line) => line.startsWith('| '));
  t.true(rows.length > 4 * 7);
  // As many cells as the head of its table has.
  for (const table of text.split('\n\n').map((block) => block.split('\n').filter((line) => line.startsWith('|')))) {
    const cells = table.map((line) => line.replaceAll('\\|', '').split('|').length);
    t.is(new Set(cells).size, Math.min(1, cells.length), table.join('\n'));
  }
  t.false(text.replace(/^```[^]*?^```/m, '').includes('<b>'));
});

test('HTML: hostile text in every field stays text', async (t) => {
  const result = sampleResult({ rounds: 5, text: (same) => same + HOSTILE, failing: (runtime, round) => runtime === 'container' && round === 0 });
  const page = await reportHtml(buildView(result));
  const scripts = page.match(/<script[^>]*>/g) ?? [];
  t.deepEqual(scripts, ['<script type="application/json" id="charts">', '<script type="application/octet-stream" id="result">', '<script>']);
  const charts = /id="charts">([^<]*)</.exec(page)?.[1] ?? '';
  t.notRegex(charts, /[\u2028\u2029&>]/);
  t.true(Array.isArray(JSON.parse(charts)));
  const packed = /id="result">([^<]*)</.exec(page)?.[1] ?? '';
  t.deepEqual(JSON.parse(gunzipSync(Buffer.from(packed, 'base64')).toString()), JSON.parse(JSON.stringify(result)));
});

test('HTML: 2,000 samples stay under 1 MB, and only the drawing is thinned', async (t) => {
  const result = sampleResult({ rounds: 170 });
  t.true(result.samples.length > 2000);
  const view = buildView(result);
  t.true((await reportHtml(view)).length < 1_000_000);
  for (const chart of chartsOf(view)) if (chart.form === 'bars') t.true(chart.rows.every(({ points }) => points.length <= 150));
  const many = Array.from({ length: 1000 }, (_, index) => index);
  t.deepEqual([thinned(many)[0], thinned(many).at(-1)], [0, 999]);
});

test('the files of a report are whole, and two charts are drawn in one process', async (t) => {
  const out = directory();
  try {
    const written = await writeReport(startingResult(), out, { images: true });
    t.is(written.withoutImages, null);
    t.deepEqual(readdirSync(out).sort(), ['charts', 'report.html', 'samples.csv', 'summary.md']);
    for (const path of written.images) {
      const head = readFileSync(path).subarray(0, 8).toString('latin1');
      t.true(path.endsWith('.png') ? head.startsWith('\x89PNG') : head.startsWith('<?xml'), path);
      t.true(statSync(path).size > 5000, path);
    }
    t.is(written.images.length, 2 * chartsOf(buildView(startingResult())).length);
  } finally {
    rmSync(out, { recursive: true });
  }
});

test('a directory that cannot be written is no half-written report', async (t) => {
  await t.throwsAsync(writeReport(sampleResult({ rounds: 5 }), '/dev/null/nowhere', { images: false }));
  t.false(existsSync('/dev/null/nowhere'));
});
