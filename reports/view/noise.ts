/** The machine's own noise: how far one runtime differed from itself under another name. */
import type { ResultDocument } from '../../benchmarks/result/schema.ts';

export interface NoiseView {
  readonly metric: string;
  /** The metric, for people. */
  readonly title: string;
  readonly runtime: string;
  readonly n: number;
  /** `±3.1 %`: as far as the 95 % interval of the difference reaches; or why it has none. */
  readonly text: string;
}

/** `±3.1 %` */
export function noiseText(share: number): string {
  return `±${Number((share * 100).toPrecision(2))} %`;
}

/** Of the metrics that benchmarks are summed up by. */
export function noiseViews(result: ResultDocument): NoiseView[] {
  return (result.noise ?? []).flatMap(({ metric, runtime, n, floor }) => {
    const known = result.metrics.find(({ id }) => id === metric);
    if (known?.primary !== true) return [];
    return [{ metric, title: known.title, runtime, n, text: floor === null ? `too few samples (${n})` : noiseText(floor) }];
  });
}

/** `The machine’s own noise, from one runtime under two names: startup.ready of process ±3.1 %, …`; null without a pair. */
export function noiseSentence(noise: readonly NoiseView[]): string | null {
  if (noise.length === 0) return null;
  return `The machine’s own noise, from one runtime under two names: ${noise.map(({ metric, runtime, text }) => `${metric} of ${runtime} ${text}`).join(', ')}. No smaller difference is called one.`;
}
