/**
 * What a report says, before it is drawn: every sentence and figure, in words and in numbers, from the result
 * document alone. HTML, PNG, terminal and Markdown all draw this and compute nothing of their own.
 */
import type { ResultDocument } from '../../benchmarks/result/schema.ts';
import { benchmarkViews, type BenchmarkView } from './benchmarks.ts';
import { claimsView, type ClaimsView } from './claims/claims.ts';
import { largeComparisons, leadSentence, type LargeComparison } from './comparisons.ts';
import { crowdView, type CrowdView } from './crowd.ts';
import { fairnessView, type FairnessView } from './fairness.ts';
import { headlineSentences } from './headline.ts';
import { noiseSentence, noiseViews, type NoiseView } from './noise.ts';
import { hostLine } from './host-line.ts';
import { memoryView, type MemoryView } from './memory.ts';
import { interferenceRatios, throughputRatios, type RatiosView } from './ratios.ts';
import { EMULATED, runtimeViews, type RuntimeView } from './runtimes.ts';
import { reachRows, type ReachRow } from './reach.ts';
import { questionsOf, type Question } from './quiz.ts';
import { referencesView, type ReferencesView } from './references.ts';
import { sizesRows, type SizesRow } from './sizes.ts';
import { stacksView, type StacksView } from './stacks.ts';
import { startupView, type StartupView } from './startup/startup.ts';
import { timelineViews, type TimelineView } from './timelines.ts';

export interface FailureView {
  readonly runtime: string;
  readonly benchmark: string;
  readonly round: number;
  readonly message: string;
  readonly log: string;
}

export interface View {
  readonly title: string;
  /** The first thing said: what emulated figures are worth, or null when there are none. */
  readonly caution: string | null;
  /** The whole story as one sentence; null where nothing can be compared. */
  readonly lead: string | null;
  readonly comparisons: readonly LargeComparison[];
  /** The story in ten seconds. */
  readonly headline: readonly string[];
  /** Null where container or machine is lacking. */
  readonly stacks: StacksView | null;
  readonly claims: ClaimsView;
  /** Null where container or machine is lacking. */
  readonly fairness: FairnessView | null;
  readonly references: ReferencesView;
  readonly hostLine: string;
  /** How far one runtime differed from itself; empty where none was entered twice. */
  readonly noise: readonly NoiseView[];
  readonly noiseLine: string | null;
  readonly when: string;
  readonly runtimes: readonly RuntimeView[];
  readonly benchmarks: readonly BenchmarkView[];
  readonly timelines: readonly TimelineView[];
  readonly startup: StartupView;
  /** Of the quiz; empty where nothing was measured that can be asked. */
  readonly questions: readonly Question[];
  readonly memory: MemoryView;
  /** Of what lies on disk, in four ways. */
  readonly sizes: readonly SizesRow[];
  readonly throughput: readonly RatiosView[];
  readonly interference: readonly RatiosView[];
  readonly crowd: CrowdView;
  readonly reach: readonly ReachRow[];
  readonly failures: readonly FailureView[];
  readonly result: ResultDocument;
}

export function buildView(result: ResultDocument): View {
  const all = runtimeViews(result);
  const runtimes = all.filter(({ rung }) => !rung);
  const emulated = runtimes.filter((runtime) => runtime.emulated && runtime.notMeasured === null);
  const comparisons = largeComparisons(result, runtimes);
  const benchmarks = benchmarkViews(result, all);
  const timelines = timelineViews(result, runtimes);
  const startup = startupView(result, runtimes, timelines, benchmarks);
  return {
    title: 'What a box weighs',
    caution:
      emulated.length === 0
        ? null
        : `Figures of ${new Intl.ListFormat('en-GB').format(emulated.map(({ id }) => id))} are ${EMULATED}: this host has no working hardware virtualisation, so the guest's processor is imitated in software. Ratios against an emulated machine say nothing about hardware virtualisation.`,
    lead: leadSentence(comparisons),
    comparisons,
    headline: headlineSentences(result, runtimes),
    stacks: stacksView(result, runtimes),
    claims: claimsView(result, runtimes),
    fairness: fairnessView(result, runtimes),
    references: referencesView(result, runtimes),
    hostLine: hostLine(result.host),
    noise: noiseViews(result),
    noiseLine: noiseSentence(noiseViews(result)),
    when: result.run.startedAt,
    runtimes,
    benchmarks,
    timelines,
    startup,
    questions: questionsOf(comparisons, benchmarks, startup.starts),
    memory: memoryView(result, runtimes),
    sizes: sizesRows(result, runtimes),
    throughput: throughputRatios(result, runtimes),
    interference: interferenceRatios(result, runtimes),
    crowd: crowdView(result, runtimes),
    reach: reachRows(result, runtimes),
    failures: result.samples.flatMap((sample) =>
      sample.outcome === 'failed' ? [{ runtime: sample.runtime, benchmark: sample.benchmark, round: sample.round, message: sample.failure.message, log: sample.failure.log }] : [],
    ),
    result,
  };
}
