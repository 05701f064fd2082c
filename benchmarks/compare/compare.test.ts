import test from 'ava';
import { TareError } from '../../runtime/errors.ts';
import { exponential, made, type Making } from './made.ts';
import { compareResults, type CompareOptions } from './build.ts';
import { comparisonDocument, comparisonSchema, type Change, type ComparisonDocument } from './document.ts';
import { parseCondition } from './condition.ts';

const TARE = { version: '0', commit: null };

function compare(makings: readonly Making[], options: Partial<CompareOptions> = {}): ComparisonDocument {
  return compareResults(makings.map((making, index) => ({ place: `${index}/result.json`, name: `run-${index}`, document: made({ id: `id-${index}`, ...making }) })), { tare: TARE, ...options });
}

function changeOf(document: ComparisonDocument, metric = 'startup.ready', runtime = 'container', result = 2): Change {
  const found = document.changes.find((each) => each.metric === metric && each.runtime === runtime && each.result === result);
  if (found === undefined) throw new Error(`no change of ${metric} ${runtime} in ${result}`);
  return found;
}

test('a known shift is found, with its direction, ratio and interval', (t) => {
  const slower = compare([{}, { scale: { container: 1.2 } }]);
  const change = changeOf(slower);
  t.is(change.verdict, 'slower');
  t.is(change.better, false);
  t.true(Math.abs((change.ratio?.value ?? 0) - 1.2) < 0.08, `${change.ratio?.value}`);
  t.true((change.ratio?.low ?? 0) < 1.2 && 1.2 < (change.ratio?.high ?? 0), JSON.stringify(change.ratio));
  t.true((change.test?.corrected ?? 1) < 0.001 && (change.test?.cliffsDelta ?? 0) > 0.5);
  t.is(changeOf(slower, 'startup.ready', 'process').verdict, 'no-difference');
  t.is(changeOf(compare([{ scale: { container: 1.2 } }, {}])).verdict, 'faster');
  t.is(changeOf(compare([{}, { scale: { container: 0.8 } }]), 'memory.cgroup').verdict, 'lower');
  t.is(changeOf(compare([{}, { scale: { container: 1.5 } }]), 'rate.two').verdict, 'higher');
  t.is(changeOf(compare([{}, { scale: { container: 1.5 } }]), 'rate.two').better, true);
});

test('without a shift none is shown, in 20 pairs of runs', (t) => {
  let shown = 0;
  for (let index = 0; index < 20; index++) {
    const document = compare([{ seed: `a${index}` }, { seed: `b${index}` }]);
    shown += document.changes.filter(({ verdict }) => verdict !== 'no-difference').length > 0 ? 1 : 0;
  }
  // Holm holds all the figures of a pair of runs to 5 % together.
  t.true(shown <= 3, `${shown} of 20`);
});

test('two runs of one seed are resampled apart: their interval is as wide as that of two seeds', (t) => {
  const same = changeOf(compare([{ seed: 'x', samples: exponential }, { seed: 'x', samples: exponential }])).ratio;
  t.is(same?.value, 1);
  t.true((same?.low ?? 1) < 0.9 && (same?.high ?? 1) > 1.1, JSON.stringify(same));
});

test('the same results give the same comparison, and the schema takes it', (t) => {
  const document = compare([{}, { scale: { container: 1.2 } }, {}]);
  t.deepEqual(document, compare([{}, { scale: { container: 1.2 } }, {}]));
  t.deepEqual(comparisonDocument.parse(JSON.parse(JSON.stringify(document))), document);
  t.deepEqual(Object.keys(comparisonSchema()['properties'] as object).sort(), Object.keys(document).sort());
});

test('sizes that do not scatter are compared as they are, whatever the number of samples', (t) => {
  const grown = changeOf(compare([{ rounds: 2 }, { rounds: 2, disk: 2_200_000 }]), 'disk.allocated');
  t.is(grown.verdict, 'higher');
  t.is(grown.ratio?.low, grown.ratio?.high);
  const equal = changeOf(compare([{ rounds: 2 }, { rounds: 2 }]), 'disk.allocated');
  t.deepEqual([equal.verdict, equal.test], ['no-difference', null]);
  t.regex(equal.reason, /neither scatters/);
});

test('too few samples: a ratio, no interval, no verdict', (t) => {
  const change = changeOf(compare([{ rounds: 4 }, { rounds: 30, scale: { container: 3 } }]));
  t.true((change.ratio?.value ?? 0) > 2);
  t.is(change.ratio?.low, null);
  t.is(change.verdict, 'no-difference');
  t.regex(change.reason, /too few samples for an interval: 30 against 4/);
});

test('an interval beyond 1 that many comparisons explain is no verdict', (t) => {
  const document = compare([{ rounds: 5 }, { rounds: 5, scale: { container: 1.6 } }]);
  const change = changeOf(document);
  t.true((change.ratio?.low ?? 0) > 1);
  t.is(change.verdict, 'no-difference');
  t.regex(change.reason, /the test does not: p = .* after correction for \d+ comparisons/);
});

const NOT: readonly [what: string, other: Making, words: RegExp][] = [
  ['another definition', { definition: 'from fork to ready' }, /another definition: “from fork to ready” against “What ready counts/],
  ['another anchor', { anchor: 'startup-of-old' }, /another method: startup-of-old against/],
  ['another unit', { unit: 'bytes' }, /other units: bytes against ms/],
  ['another box of that name', { runtimeOf: { container: 'crun' } }, /another box under the same name: crun/],
  ['another way of the ready byte', { readyBy: 'a socket' }, /ready byte comes another way: a socket against straight/],
  ['not there', { runtimes: ['process'] }, /result 2 does not have this runtime/],
  ['not possible there', { unavailable: ['container'] }, /result 2 could not run it: needs root/],
  ['nothing but failures', { failing: ['container'] }, /in result 2 all 30 starts failed/],
  ['a metric that is not there', { without: ['startup'] }, /result 2 does not have this metric/],
];

for (const [what, other, words] of NOT) {
  test(`not comparable: ${what}`, (t) => {
    const change = changeOf(compare([{}, other]));
    t.deepEqual([change.verdict, change.ratio, change.test, change.better], ['not-comparable', null, null, null]);
    t.regex(change.reason, words);
  });
}

test('emulated is never held against hardware, in either order; against its like it is, and says so', (t) => {
  for (const [a, b, words] of [[true, false, /hardware virtualisation against emulated/], [false, true, /emulated against hardware virtualisation/]] as const) {
    const document = compare([{ emulated: a }, { emulated: b }]);
    const vm = changeOf(document, 'startup.ready', 'vm-micro');
    t.deepEqual([vm.verdict, vm.ratio], ['not-comparable', null]);
    t.regex(vm.reason, words);
    t.is(changeOf(document).verdict, 'no-difference', 'boxes without a machine are compared all the same');
  }
  t.true(changeOf(compare([{ emulated: true }, { emulated: true }]), 'startup.ready', 'vm-micro').emulated);
});

test('another image, memory or number of processors: compared, with a caveat where it bears', (t) => {
  const document = compare([{}, { digest: 'cd'.repeat(32), options: { memoryBytes: 2 ** 29, cpus: 2, settleMs: 100 } }]);
  t.deepEqual(changeOf(document).caveats, ['image', 'memory', 'cpus']);
  t.deepEqual(changeOf(document, 'startup.ready', 'process').caveats, ['image']);
  t.deepEqual(changeOf(document, 'memory.cgroup').caveats, ['image', 'memory', 'cpus', 'settle']);
  t.true(document.caveats.some(({ text }) => text === 'another memory of a box: 512 MiB against 256 MiB'));
  t.deepEqual(changeOf(compare([{}, {}])).caveats, []);
});

test('a machine that was not quiet is a caveat on either side, but not of sizes on disk', (t) => {
  const loud = compare([{}, { warned: ['load', 'other-tenants', 'wide-spread'] }]);
  t.deepEqual([changeOf(loud).caveats, changeOf(loud, 'disk.allocated').caveats], [['unquiet'], []]);
  t.is(loud.caveats[0]?.text, 'not a quiet machine: a high load at its start, others at work, against nothing seen');
  t.deepEqual(changeOf(compare([{ warned: ['steal'] }, {}])).caveats, ['unquiet']);
  t.deepEqual(changeOf(compare([{ warned: ['wide-spread'] }, { warned: ['governor'] }])).caveats, []);
});

test('what differs between hosts is found, what does not is there too', (t) => {
  const { facts } = compare([{}, { hostname: 'other' }]);
  t.deepEqual(facts.filter(({ differs }) => differs).map(({ title, values }) => [title, ...values]), [['name', 'lab', 'other']]);
  t.true(facts.some(({ id, differs }) => id === 'host.os.kernel' && !differs));
});

test('an A/A pair gives the noise floor, and a change below it is none', (t) => {
  const twins = { runtimes: ['process', 'container', 'container-again'], twins: { 'container-again': 'container' } };
  const document = compare([{ ...twins, scale: { 'container-again': 1.3 } }, { ...twins, scale: { container: 1.15, 'container-again': 1.15 } }]);
  const change = changeOf(document);
  t.deepEqual(document.runtimes.map(({ id }) => id), ['process', 'container'], 'a twin is no box of its own');
  t.true((change.noiseFloor ?? 0) > 0.2, `${change.noiseFloor}`);
  t.is(change.verdict, 'no-difference');
  t.regex(change.reason, /smaller than the machine’s own noise of \d+ %/);
  t.is(changeOf(compare([{}, {}])).noiseFloor, null);
});

test('three results and another baseline', (t) => {
  const makings = [{}, { scale: { container: 1.3 } }, { scale: { container: 1.3 } }];
  const second = compare(makings, { baseline: '2' });
  t.deepEqual([second.baseline, changeOf(second, 'startup.ready', 'container', 1).verdict, changeOf(second, 'startup.ready', 'container', 3).verdict], [2, 'faster', 'no-difference']);
  t.is(compare(makings, { baseline: 'id-2' }).baseline, 3);
  t.is(compare(makings, { baseline: 'run-1' }).baseline, 2);
  for (const [wanted, words] of [['4', /"4" is none of the results/], ['0', /none/], ['id-', /none/], ['nothing', /none/]] as const) {
    const error = t.throws(() => compare(makings, { baseline: wanted }), { instanceOf: TareError, message: words });
    t.regex(error?.remedy ?? '', /1 \(run-0, run id-0\); 2/);
  }
  t.throws(() => compare([{ id: 'same-1' }, { id: 'same-2' }], { baseline: 'same' }), { message: /is several of the results: 1, 2/ });
});

test('what cannot be compared at all is refused, with the reason', (t) => {
  const error = (makings: readonly Making[]): TareError | undefined => t.throws(() => compare(makings), { instanceOf: TareError });
  t.regex(error([{}])?.message ?? '', /one result cannot be compared with itself: 0\/result\.json/);
  t.regex(error([{ id: 'x' }, {}, { id: 'x' }])?.message ?? '', /0\/result\.json and 2\/result\.json are the same run, x/);
  t.regex(error([{ without: ['memory', 'disk', 'rate'] }, { without: ['startup'] }])?.message ?? '', /no metric of a runtime in common: run-0 measured startup of .*; run-1 measured memory, disk, rate of/);
  t.regex(error([{ runtimes: ['process'] }, { runtimes: ['container'] }])?.message ?? '', /in common/);
});

test('chosen metrics and runtimes alone are looked at, and their correction is for those alone', (t) => {
  const all = compare([{}, {}]);
  const some = compare([{}, {}], { metrics: ['startup.ready'], runtimes: ['container'], conditions: [parseCondition('memory.cgroup process > 2')] });
  t.deepEqual(some.changes.map(({ metric, runtime }) => `${metric} ${runtime}`), ['startup.ready process', 'startup.ready container', 'memory.cgroup process', 'memory.cgroup container']);
  t.true((changeOf(some).test?.family ?? 0) < (changeOf(all).test?.family ?? 0));
});
