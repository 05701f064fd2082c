import test from 'ava';
import { sampleResult } from '../sample/sample.ts';
import { weighingResult } from '../sample/weighing.ts';
import { buildView } from './view.ts';

const memory = (result = weighingResult()) => buildView(result).memory;

test('the lens has five ways of counting, each with what it counts, what it misses and its own figures', (t) => {
  const { lenses, missing } = memory();
  t.deepEqual(lenses.map(({ id }) => id), ['vsz', 'rss', 'pss', 'cgroup', 'available']);
  t.deepEqual(missing, []);
  for (const { id, counts, misses, rows } of lenses) {
    t.true(counts.length > 20 && misses.length > 20, id);
    t.is(rows.find(({ runtime }) => runtime.id === 'vm-micro')?.n, id === 'cgroup' ? 30 : 8, id);
  }
  const text = (id: string): string | undefined => lenses.find((lens) => lens.id === id)?.rows.find(({ runtime }) => runtime.id === 'container')?.text;
  t.deepEqual(['vsz', 'pss', 'available'].map(text), ['166 KiB', '10.0 KiB', '209 KiB']);
});

test('the conclusion changes with the way of counting, and is said with all of its figures', (t) => {
  const { lenses, conclusion } = memory();
  const ratio = (id: string): number => lenses.find((lens) => lens.id === id)?.ratios.find(({ runtime }) => runtime.id === 'vm-micro')?.value ?? 0;
  t.true(ratio('rss') > 10 * ratio('cgroup'), `${ratio('rss')} and ${ratio('cgroup')}`);
  t.regex(conclusion ?? '', /vm-micro \(emulated\) weighs .* by VSZ, .* by RSS, .* by PSS, .* by cgroup charge, .* by MemAvailable\. .* times between the answers/);
});

test('MemAvailable is told by density where that was taken, else by the slope over N', (t) => {
  t.is(memory().lenses.at(-1)?.metric, 'density.each');
  const result = weighingResult();
  t.is(memory({ ...result, metrics: result.metrics.filter(({ benchmark }) => benchmark !== 'density') }).lenses.at(-1)?.metric, 'growth.availableSlope');
});

test('a ratio is not told where the container does not stand out, or was not measured', (t) => {
  const result = weighingResult();
  const without = (change: (each: (typeof result.comparisons)[number]) => typeof result.comparisons): ReturnType<typeof memory> => memory({ ...result, comparisons: result.comparisons.flatMap((each) => (each.metric === 'density.each' && each.baseline === 'container' ? change(each) : [each])) });
  const said = (view: ReturnType<typeof memory>): string | undefined => view.lenses.at(-1)?.ratios[0]?.text;
  t.regex(said(without((each) => [{ ...each, ratio: null }])) ?? '', /does not stand out/);
  t.regex(said(without(() => [])) ?? '', /nowhere/);
  const alone = memory({ ...result, comparisons: [], statistics: result.statistics.filter(({ runtime }) => runtime !== 'container') });
  t.regex(said(alone) ?? '', /container was not measured/);
  t.regex(said(without((each) => [{ ...each, ratio: { value: 1.1, low: 0.9, high: 1.3 } }])) ?? '', /no difference shown/);
});

test('an older result has the ways that it has, and says of the others why not', (t) => {
  const { lenses, missing, growth, machines, conclusion } = memory(sampleResult());
  t.deepEqual(lenses.map(({ id }) => id), ['cgroup']);
  t.deepEqual(missing, ['VSZ (the result has no figures of it)', 'RSS (the result has no figures of it)', 'PSS (the result has no figures of it)', 'MemAvailable (density or growth were not taken)']);
  t.deepEqual([growth.length, machines.length, conclusion], [0, 0, null]);
});

test('lines over N have their readings in order, slope, intercept, and panels by kind', (t) => {
  const { growth } = memory();
  t.deepEqual(growth.map(({ id, panels }) => [id, panels.map((panel) => panel.lines.map(({ runtime }) => runtime.id))]), ['pss', 'cgroup', 'available', 'disk'].map((id) => [id, [['process', 'container'], ['vm-micro']]]));
  const container = growth[1]?.panels[0]?.lines[1];
  t.deepEqual(container?.points.map(({ count, bytes }) => [count, bytes]), [1, 2, 4, 8].map((count) => [count, 106_000 * count - 800]));
  t.is(container?.slopeText, '+104 KiB each');
  t.is(container?.interceptText, '−800 B once');
});

test('a machine’s parts are shown where all are known; set aside stands beside charged', (t) => {
  const { machines, configured } = memory();
  t.deepEqual(machines.map(({ runtime, texts }) => [runtime.id, ...texts]), [['vm-floor', '0 B', '0 B', '15.0 MiB', '4.00 MiB'], ['vm-micro', '80.0 MiB', '0 B', '53.0 MiB', '35.0 MiB']]);
  t.deepEqual(configured.map(({ runtime, configuredText, takenText }) => [runtime.id, configuredText, takenText]), [['container', '256 MiB', '–'], ['vm-floor', '256 MiB', '–'], ['vm-micro', '256 MiB', '37.0 MiB']]);
  t.deepEqual(configured[1]?.reasons, ['not every figure was measured']);
  t.deepEqual(configured[0]?.reasons, []);
});
