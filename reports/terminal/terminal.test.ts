import { stripVTControlCharacters } from 'node:util';
import test from 'ava';
import { sampleResult } from '../sample/sample.ts';
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
