import test from 'ava';
import { sampleResult } from '../sample/sample.ts';
import { SAMPLE_NOISE, weighingResult } from '../sample/weighing.ts';
import { lackingLine, missingLine } from './missing.ts';
import { buildView } from './view.ts';

test('work is told as a ratio to the plain process, containers and machines apart, with the noise', (t) => {
  const { throughput } = buildView(weighingResult());
  t.deepEqual(throughput.map(({ id, boxes }) => [id, boxes.map((box) => box.id)]), [['throughput-container', ['container']], ['throughput-vm', ['vm-micro']]]);
  const [syscalls] = throughput[0]?.rows.filter(({ label }) => label === 'syscalls') ?? [];
  t.like(syscalls, { noise: SAMPLE_NOISE, noiseText: '±6 %' });
  t.like(syscalls?.ratios[0], { text: '0.90 ×', differs: true });
});

test('within the noise no difference is shown, whatever the interval says', (t) => {
  const result = weighingResult();
  const change = (ratio: { value: number; low: number | null; high: number | null }) =>
    buildView({ ...result, comparisons: result.comparisons.map((each) => (each.metric === 'throughput.syscalls' && each.runtime === 'container' ? { ...each, ratio } : each)) }).throughput[0]?.rows.find(({ label }) => label === 'syscalls')?.ratios[0];
  t.is(change({ value: 0.96, low: 0.95, high: 0.97 })?.differs, false);
  t.is(change({ value: 0.9, low: 0.8, high: 1.01 })?.differs, false);
  t.is(change({ value: 0.5, low: 0.4, high: 0.6 })?.differs, true);
  const few = change({ value: 0.5, low: null, high: null });
  t.like(few, { differs: null, intervalText: 'too few samples for an interval' });
});

test('neighbours: starting and computing apart, every box that has figures', (t) => {
  const { interference } = buildView(weighingResult());
  t.deepEqual(interference.map(({ id, rows }) => [id, rows.map(({ label }) => label)]), [['interference-start', ['a neighbour that computes', 'one that makes processes']], ['interference-work', ['a neighbour that computes', 'one that makes processes']]]);
  t.deepEqual(interference[0]?.boxes.map(({ id }) => id), ['process', 'container', 'vm-micro']);
  t.is(interference[0]?.rows[1]?.ratios[0]?.text, '60 ×');
});

test('what was reckoned is told from what was started', (t) => {
  const { crowd } = buildView(weighingResult());
  t.is(crowd.budgetText, '2.00 GiB');
  t.deepEqual(crowd.density.map(({ runtime, fitsText, startedText, projectedText }) => [runtime.id, fitsText, startedText, projectedText]), [['process', '24\u202F000', '256', '99 % reckoned'], ['container', '9\u202F800', '256', '97 % reckoned'], ['vm-floor', '130', '130', 'all started'], ['vm-micro', '8', '8', 'all started']]);
  t.deepEqual(crowd.starters, [1, 2, 4]);
  t.deepEqual(crowd.rates.at(-1)?.texts, ['0.700 /s', '1.10 /s', '1.10 /s']);
});

test('disk: four sizes, never added; what a box has no notion of is a dash', (t) => {
  const { sizes } = buildView(weighingResult());
  t.deepEqual(sizes.find(({ runtime }) => runtime.id === 'container')?.texts, ['–', '1.91 MiB', '2.05 MiB', '0 B']);
  t.is(sizes.find(({ runtime }) => runtime.id === 'container')?.eachText, '0 B (0–0 B)');
  t.is(buildView(sampleResult()).sizes[0]?.eachText, 'not measured');
});

test('programs that a host has once are in no box’s capacity', (t) => {
  const result = weighingResult();
  const disk = [{ name: 'disk', storey: 'base' as const, capacityBytes: 1000, lengthBytes: 1, allocatedBytes: 1, shared: true }, { name: 'qemu', storey: 'hypervisor' as const, capacityBytes: 5000, lengthBytes: 1, allocatedBytes: 1, shared: true }];
  const { sizes } = buildView({ ...result, runtimes: result.runtimes.map((each) => (each.id === 'vm-micro' ? { ...each, disk } : each)) });
  t.is(sizes.find(({ runtime }) => runtime.id === 'vm-micro')?.bytes[0], 1000);
});

test('reach is listed of those whose calls were counted', (t) => {
  t.deepEqual(buildView(weighingResult()).reach.map(({ runtime, countText }) => [runtime.id, countText]), [['process', '380 of 380'], ['container', '305 of 380'], ['vm-floor', '0 of 380'], ['vm-micro', '0 of 380']]);
  t.deepEqual(buildView(sampleResult()).reach, []);
});

test('what was not taken is said in a line, with the profile and how to take it', (t) => {
  t.is(missingLine(weighingResult(), ['throughput', 'density']), null);
  t.regex(missingLine(sampleResult(), ['throughput', 'density']) ?? '', /Not measured: work done inside \(throughput\), how many fit \(density\)\. This run, of profile quick, did not take them: tare bench --benchmarks throughput,density does\./);
});

test('a box without the leading figure is named with its reason', (t) => {
  const throughput = buildView(weighingResult()).benchmarks.find(({ id }) => id === 'throughput');
  if (throughput === undefined) return t.fail();
  t.is(lackingLine(throughput), 'Not measured of vm-floor (no sample was taken).');
});
