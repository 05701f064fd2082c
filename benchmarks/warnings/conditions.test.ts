import test from 'ava';
import { fakeHost } from '../../runtime/fake/host.ts';
import { seriesOfConditions } from '../conditions/series.ts';
import { hostEntry } from '../run.ts';
import type { ConditionsPoint } from '../result/conditions.ts';
import type { Metric, Warning } from '../result/schema.ts';
import { summarise, type Summary } from '../statistics/summarise.ts';
import { conditionWarnings, LIMITS } from './conditions.ts';
import { driftWarnings } from './drift.ts';

const host = hostEntry(fakeHost()); // four processors

/** Ten quiet seconds, and what is changed in the last of them. */
function warned(last: Partial<ConditionsPoint>): Warning[] {
  const quiet: ConditionsPoint = { at: 0, overMs: 1000, busyMs: 300, ownMs: 280, stealMs: 0, swapInBytes: 0, swapOutBytes: 0, stalledCpuMs: 100, stalledIoMs: 20, stalledMemoryMs: 0, throttles: 0, mhz: 3000, load: 0.5, clockSource: 'tsc' };
  const points = Array.from({ length: 10 }, (_, index) => ({ ...quiet, at: 1000 * (index + 1), ...(index === 9 ? last : {}) }));
  return conditionWarnings(seriesOfConditions(points), host);
}

test('a quiet machine is warned of nothing, and neither is one that nobody looked at', (t) => {
  t.deepEqual(warned({}), []);
  t.deepEqual(conditionWarnings(undefined, host), []);
  t.deepEqual(warned({ ownMs: null, stalledIoMs: null, stalledMemoryMs: null, throttles: null, mhz: null, clockSource: null, busyMs: 4000 }), [], 'what is not known is not held against anybody');
});

for (const [id, last, symptom] of [
  ['steal', { stealMs: 1200 }, /for 3 % of the run, at worst 1\.2 processors for 1\.0 s/],
  ['other-tenants', { busyMs: 4280 + 3000 }, /Others used 18 % of the processors’ time/],
  ['throttled', { throttles: 2 }, /slowed down 2 times/],
  ['swapping', { swapOutBytes: 5 * 2 ** 20 }, /5 MiB went to swap/],
  ['memory-pressure', { stalledMemoryMs: 200 }, /2 % of the run something waited for memory/],
  ['disk-pressure', { stalledIoMs: 1000 }, /12 % of the run something waited for a disk/],
  ['clock-speed', { mhz: 1500 }, /fell to 1500 MHz .* 50 % below/],
  ['clock-source', { clockSource: 'hpet' }, /changed .*: tsc, then hpet/],
] as const) {
  test(`${id}: symptom, cause and remedy`, (t) => {
    const warnings = warned(last);
    t.deepEqual(warnings.map((each) => each.id), [id]);
    t.regex(warnings[0]?.symptom ?? '', symptom);
    t.true(warnings.every(({ cause, remedy }) => cause.endsWith('.') && remedy !== ''));
  });
}

test('every limit says why it is where it is', (t) => {
  for (const { id, why } of LIMITS) t.true(why.length > 20, id);
});

const metric: Metric = { id: 'startup.ready', benchmark: 'startup', name: 'ready', title: 'ready', unit: 'ms', definition: '', anchor: '', primary: true };

function rising(by: number): Summary {
  const values = Array.from({ length: 30 }, (_, index) => 10 + (by * index) / 29 + 0.001 * (index % 3));
  return summarise({ metric, runtime: 'process', values, indices: values.map((_, index) => index), times: values.map((_, index) => 1000 * index), failed: 0 }, false, 'seed');
}

test('drift is told when the test shows it and it is larger than the noise', (t) => {
  const noise = (floor: number) => [{ metric: 'startup.ready', runtime: 'process', twin: 'process-again', n: 30, ratio: null, floor }];
  const [warning, ...more] = driftWarnings([rising(2)], noise(0.05), []);
  t.is(warning?.id, 'drift');
  t.deepEqual(more, []);
  t.regex(warning?.symptom ?? '', /startup\.ready of process by \+1[78] % \(Mann–Kendall, corrected p = \de-\d+\)/);
  t.deepEqual(driftWarnings([rising(2)], noise(0.5), []), []);
  t.deepEqual(driftWarnings([rising(0)], noise(0), []), []);
  t.is(driftWarnings([rising(2)], [], []).length, 1, 'without a pair the interval stands in');
});
