import test from 'ava';
import { sampleResult } from '../sample/sample.ts';
import { digits, intervalText, quantityText, timesText } from './numbers.ts';
import { buildView } from './view.ts';

test('figures have sensible digits and units', (t) => {
  t.deepEqual([0, 0.00042, 0.476, 2.16, 25.4, 123.4, 1220, 1_234_567].map(digits), ['0', '0.000420', '0.476', '2.16', '25.4', '123', '1\u202F220', '1\u202F234\u202F567']);
  t.deepEqual([0.0005, 0.476, 2.159, 1220].map((ms) => quantityText('ms', ms)), ['0.500 µs', '476 µs', '2.16 ms', '1.22 s']);
  t.deepEqual([312, 43_400_000].map((rate) => quantityText('1/s', rate)), ['312 /s', '43.4 million/s']);
  t.deepEqual([0, 0.25, 19].map((usage) => quantityText('ms/s', usage)), ['0 µs/s', '250 µs/s', '19.0 ms/s']);
  t.deepEqual([quantityText('count', 64), intervalText('count', 60, 64), quantityText('ratio', 1.25)], ['64', '60–64', '1.25 ×']);
  t.deepEqual([0, 512, 98_304, 141e6, -2048].map((bytes) => quantityText('bytes', bytes)), ['0 B', '512 B', '96.0 KiB', '134 MiB', '−2.00 KiB']);
  t.is(intervalText('ms', 0.9, 1.1), '0.900–1.10 ms');
  t.is(intervalText('ms', null, 1), null);
  t.deepEqual([0, 0.0351, 0.94, 1.04, 9.96, 26.4, 564.6, 24_963].map(timesText), ['0.0', '0.035', '0.94', '1.0', '10.0', '26', '565', '25\u202F000']);
});

test('the headline compares container and virtual machine, with interval and mark', (t) => {
  const { headline, caution } = buildView(sampleResult());
  t.regex(headline[0] ?? '', /^container is \d+ times \(\d+–\d+\) faster to start than vm-micro \(emulated\)$/);
  t.regex(headline[1] ?? '', /vm-micro \(emulated\) holds [\d\u202F]+ times .* the memory of container/);
  t.regex(caution ?? '', /vm-floor and vm-micro are emulated.*say nothing about hardware virtualisation/);
});

test('with hardware virtualisation nothing is called emulated', (t) => {
  const view = buildView(sampleResult({ emulated: false }));
  t.is(view.caution, null);
  t.false(JSON.stringify({ ...view, result: null }).includes('emulated)'));
});

test('few samples: no interval is claimed, and the reason is said', (t) => {
  const view = buildView(sampleResult({ rounds: 3 }));
  t.regex(view.headline[0] ?? '', /too few samples for an interval/);
  t.regex(view.benchmarks[0]?.main.rows[0]?.intervalText ?? '', /n = 3: too few/);
});

test('what was not measured says why, and is never zero', (t) => {
  const rows = buildView(sampleResult({ unavailable: ['container'] })).benchmarks[0]?.main.rows ?? [];
  t.is(rows.find(({ runtime }) => runtime.id === 'container')?.text, 'not measured: needs root');
  t.is(rows.find(({ runtime }) => runtime.id === 'container')?.median, null);
  const failed = buildView(sampleResult({ failing: (runtime) => runtime === 'vm-micro', rounds: 6 }));
  t.is(failed.benchmarks[0]?.main.rows.at(-1)?.text, 'not measured: all 6 starts failed');
  t.is(failed.failures.length, 18);
});

test('one runtime only, or nothing at all, is told as it is', (t) => {
  t.regex(buildView(sampleResult({ runtimes: ['process'] })).headline.join(), /Too little was measured to compare/);
  t.regex(buildView(sampleResult({ runtimes: ['process'], failing: () => true })).headline.join(), /Nothing could be measured/);
});

test('without a container, the machine is compared with the process', (t) => {
  t.regex(buildView(sampleResult({ runtimes: ['process', 'vm-micro'] })).headline[0] ?? '', /^vm-micro \(emulated\) takes .* × a plain process/);
});

test('no difference shown is a result', (t) => {
  const result = sampleResult();
  for (const comparison of result.comparisons) if (comparison.ratio !== null) Object.assign(comparison.ratio, { value: 1.02, low: 0.95, high: 1.1 });
  t.regex(buildView(result).headline[0] ?? '', /no difference shown between container and vm-micro/);
});

test('the timeline shown is that of the start nearest the median, and its steps follow one another', (t) => {
  const [timeline] = buildView(sampleResult()).timelines;
  t.is(timeline?.steps[0]?.fromMs, 0);
  t.true(timeline?.steps.every((step, index, steps) => index === 0 || step.fromMs === steps[index - 1]?.toMs));
});
