/** What is seen first: three comparisons and one sentence. */
import test from 'ava';
import { sampleResult } from '../sample/sample.ts';
import { buildView } from './view.ts';

test('the three comparisons hold the container against the heaviest machine', (t) => {
  const { comparisons, lead } = buildView(sampleResult());
  t.deepEqual(comparisons.map(({ id, light, heavy, emulated }) => [id, light.runtime.id, heavy.runtime.id, emulated]), [['startup', 'container', 'vm-micro', true], ['memory', 'container', 'vm-micro', true], ['disk', 'container', 'vm-micro', true]]);
  for (const { times, light, heavy, spread } of comparisons) {
    t.regex(times ?? '', /^[\d\u202F]+ ×$/);
    t.true(Math.abs(Number(times?.replace(/\D/g, '')) / (heavy.median / light.median) - 1) < 0.03);
    t.regex(spread, /^95 %: [\d\u202F]+ to [\d\u202F]+$/);
  }
  t.regex(comparisons[0]?.others.join() ?? '', /^vm-floor \(emulated\): \d+ ×$/);
  t.regex(lead ?? '', /^On this machine the container was ready \d+ times sooner than vm-micro, and used 1\/[\d\u202F]+ of its memory and 1\/\d+ of its disk; the virtual machine’s figures are emulated\.$/);
});

test('on hardware the sentence says nothing of emulation', (t) => {
  t.notRegex(buildView(sampleResult({ emulated: false })).lead ?? '', /emulated/);
});

test('what the data leave open is neither claimed nor in the sentence', (t) => {
  const result = sampleResult();
  const ratio = result.comparisons.find(({ metric, runtime, baseline }) => metric === 'memory.cgroup' && runtime === 'vm-micro' && baseline === 'container')?.ratio;
  Object.assign(ratio ?? {}, { value: 1.02, low: 0.9, high: 1.1 });
  const { comparisons, lead } = buildView(result);
  t.like(comparisons[1], { times: null, of: 'no difference shown' });
  t.notRegex(lead ?? '', /memory/);
});

test('a box that is heavier than the machine is said to be', (t) => {
  const result = sampleResult({ runtimes: ['process', 'container', 'vm-micro'] });
  const summaryOf = (runtime: string) => result.statistics.find((each) => each.metric === 'startup.ready' && each.runtime === runtime)?.summary;
  Object.assign(summaryOf('container') ?? {}, { median: 4000 });
  Object.assign(summaryOf('vm-micro') ?? {}, { median: 1000 });
  Object.assign(result.comparisons.find(({ metric, runtime, baseline }) => metric === 'startup.ready' && runtime === 'vm-micro' && baseline === 'container')?.ratio ?? {}, { value: 0.25, low: 0.2, high: 0.3 });
  const { comparisons, lead } = buildView(result);
  t.like(comparisons[0], { times: '4.0 ×', of: 'later ready', spread: '95 %: 3.3 to 5.0' });
  t.regex(lead ?? '', /ready 4\.0 times later than vm-micro/);
});

for (const runtimes of [['process'], ['container'], ['vm-micro'], ['process', 'vm-micro']]) {
  test(`nothing is compared in a run of ${runtimes.join(' and ')}`, (t) => {
    const { comparisons, lead } = buildView(sampleResult({ runtimes }));
    t.deepEqual([comparisons, lead], [[], null]);
  });
}

test('too few samples: the ratio stands, and says that it has no interval', (t) => {
  t.is(buildView(sampleResult({ rounds: 3 })).comparisons[0]?.spread, 'too few samples for an interval');
});
