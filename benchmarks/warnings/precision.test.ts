import test from 'ava';
import type { Pilot } from '../result/origin.ts';
import type { Metric, Sample } from '../result/schema.ts';
import { seriesOf } from '../statistics/series.ts';
import { summarise, type Summary } from '../statistics/summarise.ts';
import { precisionWarnings } from './precision.ts';

const METRIC: Metric = { id: 'startup.ready', benchmark: 'startup', name: 'ready', title: 'ready', unit: 'ms', definition: '', anchor: '', primary: true };

function summariesOf(values: Readonly<Record<string, readonly number[]>>): Summary[] {
  let index = 0;
  const samples: Sample[] = Object.entries(values).flatMap(([runtime, those]) => those.map((ready, round) => ({ index: index++, benchmark: 'startup', runtime, round, order: 0, at: index, outcome: 'ok' as const, values: { ready } })));
  return seriesOf(samples, [METRIC], Object.keys(values)).map((series) => summarise(series, false, 's'));
}

function pilotOf(runtimes: Pilot['runtimes']): Pilot {
  return { benchmark: 'startup', metric: 'ready', starts: 40, target: 0.02, most: 1000, rounds: 30, durationMs: 1, runtimes };
}

const base = { n: 40, failed: 0, median: 100, halfWidth: 0.03, planned: 30 };

test('who is not known as closely as was promised is named, with what stood against it', (t) => {
  const calm = Array.from({ length: 30 }, (_, index) => 100 + (index % 5) * 0.1);
  const wild = Array.from({ length: 30 }, (_, index) => 100 + ((index * 7) % 30) * 4);
  const [warning, ...others] = precisionWarnings(pilotOf([{ ...base, runtime: 'calm', needed: 30 }, { ...base, runtime: 'wild', needed: 900 }]), summariesOf({ calm, wild }));
  t.deepEqual(others, []);
  t.regex(warning?.symptom ?? '', /known to ±2 %, and are not: wild ±[\d.]+ %, for which the pilot asked for 900 samples and the profile has time for 30\.$/);
});

test('nothing is said when it was reached, or when nothing was promised', (t) => {
  const calm = Array.from({ length: 30 }, (_, index) => 100 + (index % 5) * 0.1);
  t.deepEqual(precisionWarnings(pilotOf([{ ...base, runtime: 'calm', needed: 30 }]), summariesOf({ calm })), []);
  t.deepEqual(precisionWarnings(undefined, summariesOf({ calm: [1, 2, 3, 4, 5, 6] })), []);
});
