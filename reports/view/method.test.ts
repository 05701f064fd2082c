/** A doubting reader finds how the run was made. */
import test from 'ava';
import { sampleResult } from '../sample/sample.ts';
import { methodFacts } from './method.ts';

const facts = (result = sampleResult()): Record<string, string> => Object.fromEntries(methodFacts(result));

test('what was as usual is said once; what was not asked for is not said at all', (t) => {
  const said = facts();
  t.like(said, { profile: 'quick', rounds: 'startup 30, memory 30, disk 30', 'deadline of a start': '30.0 s', 'processors of a box': '1' });
  for (const term of ['visited less often', 'number of rounds', 'repeats', 'went on', 'the harness’s own time']) t.false(term in said, term);
});

test('runtimes that are visited less often, or have their own deadline, are named', (t) => {
  const result = sampleResult();
  Object.assign(result.run.options, { every: { 'vm-full': 15 }, withoutWarmup: ['vm-full'], deadlines: { 'vm-full': 180_000 } });
  t.is(facts(result)['visited less often'], 'vm-full in every 15th round; vm-full without warm-up');
  t.is(facts(result)['deadline of a start'], '30.0 s; vm-full 180 s');
});

test('a pilot tells what it saw and what was planned from it', (t) => {
  const result = sampleResult();
  result.run.pilot = { benchmark: 'startup', metric: 'ready', starts: 40, target: 0.02, most: 1000, rounds: 420, durationMs: 1000, runtimes: [{ runtime: 'container', n: 40, failed: 0, median: 2, halfWidth: 0.05, needed: 420, planned: 420 }] };
  t.regex(facts(result)['number of rounds'] ?? '', /pilot of 40 starts each.*±2\.00 %: 420 rounds \(at most 1000\)\. container ±5\.00 %, needs 420, planned 420/);
});

test('a run that broke off, or repeats another, says so', (t) => {
  const result = sampleResult();
  result.run.resumed = [{ at: 10, resumedAt: '2026-01-02T04:00:00.000Z', pausedMs: 60_000, samples: 31, tornBytes: 12 }];
  result.run.like = { id: 'abc', startedAt: '2025-12-01T00:00:00.000Z', differences: [{ what: 'kernel', there: '6.1', here: '6.12' }] };
  t.regex(facts(result)['went on'] ?? '', /31 samples safe and one in flight lost/);
  t.is(facts(result)['repeats'], 'run abc of 2025-12-01; what differs: kernel: 6.1 there, 6.12 here');
});
