/** Which metrics a box can have at all: what it cannot have is neither zero nor a failure, it is not there. */
import type { Kind } from '../runtime/runtime.ts';
import type { Metric } from './result/schema.ts';

/** A box, or what a result says of one. */
export interface Subject {
  readonly kind: Kind;
  /** By benchmark, which is then not taken at all, or by a metric's id: why not. */
  readonly unmeasurable?: Readonly<Record<string, string>> | undefined;
}

export function applies(metric: Pick<Metric, 'id' | 'kinds'>, { kind, unmeasurable = {} }: Subject): boolean {
  return (metric.kinds === undefined || metric.kinds.includes(kind)) && unmeasurable[metric.id] === undefined;
}
