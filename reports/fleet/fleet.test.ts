import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import test from 'ava';
import type { ResultDocument } from '../../benchmarks/result/schema.ts';
import { browserTest, launch, needs } from '../page/in-browser.ts';
import { HOSTILE, sampleResult, type SampleOptions } from '../sample/sample.ts';
import { fleetHtml } from './html.ts';
import { fleetCsv } from './csv.ts';
import { fleetMarkdown, fleetTerminal } from './text.ts';
import { buildFleetView, type FleetResult } from './view.ts';
import { writeFleet } from './write.ts';

interface Machine extends SampleOptions {
  readonly id: string;
  readonly host?: string | null;
  readonly brand?: string;
  readonly at?: string;
  /** What start-up is multiplied by. */
  readonly slower?: number;
  readonly definition?: string;
}

function machine({ id, host = `node-${id}`, brand, at = '2026-01-02T03:04:05.000Z', slower = 1, definition, ...options }: Machine): FleetResult {
  const document: ResultDocument = sampleResult({ rounds: 6, ...options });
  document.run.id = id;
  document.run.startedAt = at;
  document.host.hostname = host;
  if (brand !== undefined) document.host.cpu.brand = brand;
  for (const { metric, summary } of document.statistics) if (metric === 'startup.ready' && summary !== null) summary.median *= slower;
  for (const metric of document.metrics) if (metric.id === 'startup.ready' && definition !== undefined) metric.definition = definition;
  return { place: `${id}/result.json`, document };
}

function rowOf(results: readonly FleetResult[], label: string, metric = 'startup.ready'): { values: number[]; middle: string; hosts: string[] } | undefined {
  const row = buildFleetView(results).spreads.find((each) => each.metric === metric)?.rows.find((each) => each.label === label);
  return row === undefined ? undefined : { values: row.dots.map(({ value }) => value), middle: row.middle, hosts: row.dots.map(({ host }) => host.name) };
}

test('runs are grouped by machine, the newest first; hosts are in the order of people', (t) => {
  const view = buildFleetView([
    machine({ id: 'a', host: 'node-10' }),
    machine({ id: 'b', host: 'node-9', at: '2026-01-01T00:00:00.000Z' }),
    machine({ id: 'c', host: 'node-9', at: '2026-02-01T00:00:00.000Z' }),
    machine({ id: 'd', host: 'node-9', brand: 'Another processor' }),
  ]);
  t.deepEqual(view.hosts.map(({ name, runs }) => [name, runs.map(({ result }) => result.run.id)]), [['node-9', ['c', 'b']], ['node-9', ['d']], ['node-10', ['a']]]);
  t.is(view.runs, 4);
});

test('machines without a name are told apart by their make', (t) => {
  const larger = machine({ id: 'd', host: null });
  larger.document.host.memory.totalBytes *= 2;
  const view = buildFleetView([machine({ id: 'a', host: null }), machine({ id: 'b', host: null }), machine({ id: 'c', host: null, brand: 'Another' }), larger]);
  t.deepEqual(view.hosts.map(({ name, runs }) => [name, runs.length]).sort(), [['without a name (A processor)', 1], ['without a name (A processor)', 2], ['without a name (Another)', 1]]);
});

test('over all machines: ascending, with the middle, by the newest run of each', (t) => {
  const row = rowOf([machine({ id: '1', slower: 3 }), machine({ id: '2' }), machine({ id: '3', slower: 2 }), machine({ id: 'old', host: 'node-2', slower: 100, at: '2025-01-01T00:00:00.000Z' })], 'container');
  t.deepEqual(row?.hosts, ['node-2', 'node-3', 'node-1']);
  const values = row?.values ?? [];
  t.true(Math.abs((values[2] ?? 0) / (values[0] ?? 1) - 3) < 1e-9);
  t.is(row?.middle, rowOf([machine({ id: '3', slower: 2 })], 'container')?.middle);
});

test('emulated and real machines are never in one row, nor are two definitions of a metric in one table', (t) => {
  const mixed = [machine({ id: '1', emulated: true }), machine({ id: '2', emulated: false })];
  t.deepEqual([rowOf(mixed, 'vm-micro (emulated)')?.hosts, rowOf(mixed, 'vm-micro')?.hosts], [['node-1'], ['node-2']]);
  t.regex(buildFleetView(mixed).caution ?? '', /^On 1 of 2 machines/);
  t.is(buildFleetView([machine({ id: '2', emulated: false })]).caution, null);
  const view = buildFleetView([machine({ id: '1' }), machine({ id: '2', definition: 'another clock' })]);
  t.deepEqual(view.spreads.filter(({ metric }) => metric === 'startup.ready').map(({ rows }) => rows[0]?.dots.length), [1, 1]);
});

test('twins and rungs are no boxes of a machine; what failed or was not possible is said', (t) => {
  const one = machine({ id: '1', unavailable: ['vm-micro'], failing: (runtime) => runtime === 'container' });
  const process = one.document.runtimes[0];
  if (process === undefined) return t.fail('the sample result has a process');
  one.document.runtimes.push({ ...process, id: 'process-again', twinOf: 'process' }, { ...process, id: 'ladder-00', rung: 'fork and exec' });
  const run = buildFleetView([one]).hosts[0]?.runs[0];
  t.deepEqual(run?.rows.map(({ label, cells }) => [label, cells[0]?.measured]), [['process', true], ['container', false], ['vm-floor (emulated)', true], ['vm-micro (emulated)', false]]);
  t.deepEqual(run?.rows.map(({ cells }) => cells[0]?.text).filter((text) => !/\d/.test(text ?? '')), ['failed', 'not possible']);
  t.regex(run?.trouble ?? '', /^18 failed samples, \d+ warning/);
});

test('terminal and Markdown: fit, guarded, and with what could not be read', (t) => {
  const view = buildFleetView([machine({ id: '1', text: (same) => `${same} | <b>\u001B[2J` }), machine({ id: '2', slower: 2 })], [{ place: 'x.json', message: 'x.json is | torn\u0007' }]);
  const text = fleetTerminal(view, { columns: 80, colours: false });
  t.is(stripVTControlCharacters(text), text);
  t.notRegex(text, /[\u0000-\u0009\u000B-\u001F]/);
  for (const line of text.split('\n')) t.true(line.length <= 80, line);
  t.regex(text, /not read: x\.json is \| torn/);
  t.regex(text, /2 runs on 2 machines/);
  const markdown = fleetMarkdown(view);
  t.notRegex(markdown.replaceAll('\\<', ''), /<b>/);
  t.regex(markdown, /## Not read\n\n- x\.json is \\\| torn/);
});

test('CSV: a row for each run, runtime and metric, of old runs too', (t) => {
  const rows = fleetCsv(buildFleetView([machine({ id: '1', host: 'a "b",c' }), machine({ id: '2', host: 'a "b",c', at: '2027-01-01T00:00:00.000Z' })])).split('\r\n');
  t.is(rows.length, 1 + 2 * 4 * 7 + 1);
  t.true(rows[1]?.startsWith('"a ""b"",c",2,2027-01-01'));
});

test('a page without any script, whose links lead to reports that are there', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'fleet-test-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const page = await writeFleet(buildFleetView([machine({ id: '1', host: '../../Evil <b>' }), machine({ id: '2' })]), directory);
  t.deepEqual(readdirSync(directory).sort(), ['fleet.csv', 'fleet.html', 'fleet.md', 'machines']);
  const text = readFileSync(page, 'utf8');
  t.notRegex(text, /<script|script-src/);
  const links = [...text.matchAll(/href="(machines[^"]*)"/g)].map(([, link]) => link ?? '');
  t.deepEqual(links.sort(), ['machines/01-evil-b/report.html', 'machines/02-node-2/report.html']);
  for (const link of links) t.true(existsSync(join(directory, link)), link);
});

browserTest(`fifty machines with hostile names, on a phone and on a projector${needs}`, async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'fleet-page-'));
  const view = buildFleetView(Array.from({ length: 50 }, (_, index) => machine({ id: String(index), host: `node-${index}${HOSTILE}`, slower: 1 + index / 50, ...(index === 0 ? { text: (same: string) => same + HOSTILE } : {}) })), [{ place: 'x', message: HOSTILE }]);
  const page = await fleetHtml(view, ({ position }) => `machines/${position}/report.html`);
  t.true(page.length < 500_000, `${page.length}`);
  writeFileSync(join(directory, 'fleet.html'), page);
  const browser = await launch();
  t.teardown(async () => {
    await browser.close();
    rmSync(directory, { recursive: true });
  });
  for (const [width, colorScheme] of [[390, 'dark'], [1920, 'light']] as const) {
    const tab = await browser.newPage({ viewport: { width, height: 900 }, colorScheme });
    const complaints: string[] = [];
    tab.on('dialog', (dialog) => {
      complaints.push(dialog.message());
      void dialog.dismiss();
    });
    tab.on('console', (message) => complaints.push(message.text()));
    await tab.goto(`file://${directory}/fleet.html`);
    t.deepEqual(complaints, []);
    t.is(await tab.evaluate(() => document.documentElement.scrollWidth - innerWidth), 0);
    t.deepEqual(await tab.evaluate(() => [document.querySelectorAll('article').length, document.images.length, document.scripts.length]), [50, 0, 0]);
    // The one whose definitions are hostile too stands in tables of its own.
    const [dots, fill] = await tab.evaluate(() => [Math.max(...[...document.querySelectorAll('.strip')].map((strip) => strip.querySelectorAll('circle').length)), getComputedStyle(document.querySelector('.strip circle') ?? document.body).fill] as const);
    t.is(dots, 49);
    t.not(fill, 'rgb(0, 0, 0)');
    await tab.close();
  }
});
