/** Runs that came out otherwise than one would wish. */
import { resultDocument, type ResultDocument } from '../../benchmarks/result/schema.ts';
import { sampleResult } from './sample.ts';
import { weighingResult } from './weighing.ts';

/** So many boxes that no chart was drawn for them: each a copy of the container under another name. */
function many(count: number): ResultDocument {
  const result = sampleResult({ rounds: 6 });
  const names = Array.from({ length: count - 4 }, (_, index) => `peer-runtime-${index + 1}`);
  const copies = <Each extends { readonly runtime: string }>(list: readonly Each[]): Each[] => list.flatMap((each) => (each.runtime === 'container' ? [each, ...names.map((runtime) => ({ ...each, runtime }))] : [each]));
  const container = result.runtimes.find(({ id }) => id === 'container');
  return resultDocument.parse({
    ...result,
    runtimes: [...result.runtimes, ...names.map((id) => ({ ...container, id, runtime: id }))],
    samples: copies(result.samples).map((sample, index) => ({ ...sample, index })),
    statistics: copies(result.statistics),
    comparisons: copies(result.comparisons.filter(({ baseline }) => baseline === 'process')),
  });
}

/** A result whose benchmarks were all asked for and gave no figure: every start failed, or none was made. */
function without(figures: 'failed' | 'none'): ResultDocument {
  const failing = figures === 'failed';
  const result = weighingResult({ rounds: 5, failing: () => failing });
  return resultDocument.parse({
    ...result,
    run: { ...result.run, state: failing ? 'complete' : 'interrupted' },
    samples: failing ? result.samples : [],
    comparisons: [],
    statistics: result.statistics.map((each) => ({ ...each, n: 0, failed: failing ? 5 : 0, summary: null })),
  });
}

export const SHAPES: Readonly<Record<string, () => ResultDocument>> = {
  'a process alone': () => sampleResult({ runtimes: ['process'] }),
  'a container alone': () => sampleResult({ runtimes: ['container'] }),
  'a virtual machine alone': () => sampleResult({ runtimes: ['vm-micro'] }),
  'no box at all': () => sampleResult({ runtimes: [] }),
  'no start that succeeded': () => without('failed'),
  'interrupted before the first sample': () => without('none'),
  'nothing that could be prepared': () => sampleResult({ unavailable: ['process', 'container', 'vm-floor', 'vm-micro'] }),
  'one sample of each': () => sampleResult({ rounds: 1 }),
  'thirty boxes': () => many(30),
  'everything that can be measured': () => weighingResult(),
};
