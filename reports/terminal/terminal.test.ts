import { stripVTControlCharacters } from 'node:util';
import test from 'ava';
import { sampleResult } from '../sample/sample.ts';
import { weighingResult } from '../sample/weighing.ts';
import { buildView } from '../view/view.ts';
import { terminalReport } from './terminal.ts';

const text = (options: Parameters<typeof sampleResult>[0] = {}, terminal: Partial<Parameters<typeof terminalReport>[1]> = {}): string =>
  terminalReport(buildView(sampleResult(options)), { columns: 80, colours: false, unicode: true, ...terminal });

const cases: Readonly<Record<string, Parameters<typeof sampleResult>[0]>> = {
  'a whole run': {}, 'few samples': { rounds: 3 }, 'some starts failed': { failing: (_, round) => round < 3 }, 'every start failed': { failing: () => true },
  'no machine': { unavailable: ['vm-floor', 'vm-micro'] }, 'one runtime': { runtimes: ['container'] },
};
for (const [title, options] of Object.entries(cases)) {
  test(`every line fits in 80 columns: ${title}`, (t) => {
    for (const line of text(options).split('\n')) t.true(line.length <= 80, `${line.length}: ${line}`);
  });
}

test('colours come only when they are asked for', (t) => {
  const [plain, coloured] = [text(), text({}, { colours: true })];
  t.is(stripVTControlCharacters(plain), plain);
  t.not(coloured, plain);
  t.is(stripVTControlCharacters(coloured).replace(/\s+/g, ' '), plain.replace(/\s+/g, ' '));
});

test('without Unicode the bars are of ASCII', (t) => {
  t.regex(text({}, { unicode: false }), /#{5}/);
  t.notRegex(text({}, { unicode: false }), /[█▏▎▍▌▋▊▉]/);
});

test('the heavier box has the longer bar, and the heading says when they are logarithmic', (t) => {
  const lines = text().split('\n');
  const start = lines.findIndex((line) => line.startsWith('Start-up'));
  t.regex(lines[start] ?? '', /bars logarithmic/);
  const lengths = lines.slice(start + 1, start + 5).map((line) => (line.match(/█/g) ?? []).length);
  t.deepEqual([...lengths].sort((a, b) => a - b), lengths);
  t.true((lengths[3] ?? 0) > (lengths[0] ?? 0));
});

test('the mark, the interval and the reason of what is missing are never left out', (t) => {
  t.regex(text(), /vm-micro\s+1\.\d\d s\s+[\d.]+–[\d.]+ s .*emulated/);
  t.regex(text({ rounds: 3 }), /n = 3: too few for an interval/);
  t.regex(text({ unavailable: ['vm-micro'] }), /vm-micro\s+not measured: needs root/);
  t.regex(text({ failing: (runtime) => runtime === 'vm-micro' }), /vm-micro\s+not measured: all 30 starts failed/);
});

test('the sentence that people came for is in it', (t) => {
  t.regex(text(), /container is \d+ times \(\d+–\d+\) faster to start than vm-micro \(emulated\)/);
});

const whole = (terminal: Partial<Parameters<typeof terminalReport>[1]> = {}): string => terminalReport(buildView(weighingResult()), { columns: 80, colours: false, unicode: true, ...terminal });

test('with all that can be measured it still fits in 80 columns, and figures are not torn apart', (t) => {
  for (const line of whole().split('\n')) t.true(line.length <= 80, `${line.length}: ${line}`);
  t.notRegex(whole(), /\d\n\s+\d{3}\b/);
});

test('it says what the page says first: sentence, comparisons, stacks, verdicts, and only then bars', (t) => {
  const places = [/^On this machine the container/, /^ {2}Start-up {2}\d/m, /^The two stacks/m, /^The claims, tested/m, /^Start-up: ready/m, /^Memory of one idle box/m].map((pattern) => whole().search(pattern));
  t.true(places.every((place) => place >= 0), String(places));
  t.deepEqual([...places].sort((a, b) => a - b), places);
});

test('the stacks stand in columns: every layer, with a dash for what has no figure of its own', (t) => {
  const lines = whole().split('\n');
  const from = lines.findIndex((line) => line.startsWith('The two stacks'));
  const rows = lines.slice(from + 2, from + 8);
  t.deepEqual(rows.map((line) => line.trim().split(/\s{2,}/)[0]), ['App', 'Prerequisites', 'Guest OS', 'Hypervisor', 'Container runtime', 'together']);
  t.is(new Set(rows.filter((line) => !line.startsWith('  Guest') && !line.startsWith('  Hyper')).map((line) => line.length)).size, 1);
});

test('a claim is one line with its verdict, which is a word before it is a sign', (t) => {
  t.regex(whole(), /^ {2}[✓✗◐–] (supported|not supported|mixed|not tested here)\s+\S/m);
  t.regex(whole({ unicode: false }), /^ {2}[+!~-] (supported|not supported|mixed|not tested here)\s+\S/m);
});

test('long names make the table of memory a list, rather than lines that are too long', (t) => {
  const result = weighingResult();
  const long = 'vm-with-a-name-that-is-far-too-long';
  const text = terminalReport(buildView(JSON.parse(JSON.stringify(result).replaceAll('"vm-micro"', `"${long}"`)) as typeof result), { columns: 80, colours: false, unicode: true });
  t.regex(text, new RegExp(`^ {2}${long} \\(emulated\\): VSZ 1.56 GiB, RSS`, 'm'));
});
