import test from 'ava';
import type { ResultDocument } from '../../benchmarks/result/schema.ts';
import { markdownReport } from '../markdown/markdown.ts';
import { sampleResult } from '../sample/sample.ts';
import { terminalReport } from '../terminal/terminal.ts';
import { buildView } from './view.ts';

/** The sample, with the process entered twice. */
function paired(): ResultDocument {
  const base = sampleResult();
  const [process] = base.runtimes;
  const [first] = base.samples;
  if (process === undefined || first === undefined) throw new Error('the sample has a process');
  return {
    ...base,
    runtimes: [...base.runtimes, { ...process, id: 'process-again', twinOf: 'process' }],
    samples: [...base.samples, { ...first, runtime: 'process-again' }],
    comparisons: base.comparisons.map((each) => ({ ...each, noise: 0.031, verdict: each.metric === 'memory.cgroup' ? ('no difference shown' as const) : ('higher' as const) })),
    noise: [
      { metric: 'startup.ready', runtime: 'process', twin: 'process-again', n: 30, ratio: { value: 1.01, low: 0.98, high: 1.031 }, floor: 0.031 },
      { metric: 'startup.lifecycle', runtime: 'process', twin: 'process-again', n: 30, ratio: { value: 1.01, low: 0.98, high: 1.031 }, floor: 0.031 },
      { metric: 'memory.cgroup', runtime: 'process', twin: 'process-again', n: 3, ratio: { value: 1, low: null, high: null }, floor: null },
    ],
  };
}

test('the noise stands beside every ratio, and is told in one line', (t) => {
  const view = buildView(paired());
  t.is(view.noiseLine, 'The machine’s own noise, from one runtime under two names: startup.ready of process ±3.1 %, memory.cgroup of process too few samples (3). No smaller difference is called one.');
  const ratio = (metric: string): string | null | undefined => view.benchmarks.flatMap(({ metrics }) => metrics).find(({ id }) => id === metric)?.rows.find(({ runtime }) => runtime.id === 'container')?.ratioText;
  t.regex(ratio('startup.ready') ?? '', /^[\d.]+ × process \([\d.]+–[\d.]+; A\/A ±3\.1 %\)$/);
  t.regex(ratio('memory.cgroup') ?? '', /: no difference shown$/);
  const terminal = terminalReport(view, { columns: 100, colours: false, unicode: true });
  t.true(terminal.replace(/\s+/g, ' ').includes('startup.ready of process ±3.1 %'));
  t.true(markdownReport(view).includes('The machine’s own noise'));
});

test('the second entry of a pair is no box: no row, no bar, no timeline names it', (t) => {
  const view = buildView(paired());
  t.false(JSON.stringify({ ...view, result: null }).includes('process-again'));
  t.false(terminalReport(view, { columns: 100, colours: false, unicode: true }).includes('process-again'));
});

test('without a pair nothing is said of noise', (t) => {
  const view = buildView(sampleResult());
  t.is(view.noiseLine, null);
  t.false(markdownReport(view).includes('A/A'));
});
