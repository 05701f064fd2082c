/** The benchmarks, in the order in which a run takes them. */
import type { Benchmark, VisitCost } from './benchmark.ts';
import { cold } from './cold/cold.ts';
import { density } from './density/density.ts';
import { disk } from './disk/disk.ts';
import { growth } from './growth/growth.ts';
import { http } from './http/http.ts';
import { idle } from './idle/idle.ts';
import { interference } from './interference/interference.ts';
import { ladder } from './ladder/ladder.ts';
import { memory } from './memory/memory.ts';
import { phases } from './phases/phases.ts';
import { rate } from './rate/rate.ts';
import { reclaim } from './reclaim/reclaim.ts';
import type { Metric } from './result/schema.ts';
import { startup } from './startup/startup.ts';
import { throughput } from './throughput/throughput.ts';

export const BENCHMARKS: Readonly<Record<'startup' | 'phases' | 'http' | 'ladder' | 'rate' | 'memory' | 'growth' | 'reclaim' | 'disk' | 'idle-cpu' | 'throughput' | 'density' | 'interference' | 'cold', Benchmark>> = {
  startup,
  phases,
  http,
  ladder,
  rate,
  memory,
  growth,
  reclaim,
  disk,
  'idle-cpu': idle,
  throughput,
  density,
  interference,
  // Last: what it drops from the page cache, others would have to read again.
  cold,
};

export type BenchmarkName = keyof typeof BENCHMARKS;

export const BENCHMARK_NAMES = Object.keys(BENCHMARKS) as readonly BenchmarkName[];

/** Whether it asks a server in the box. */
export function asksServer(name: string): boolean {
  return isBenchmarkName(name) && BENCHMARKS[name].needsService === true;
}

const USUAL_COST: VisitCost = { starts: 1, stops: 1, settles: 1, otherMs: 10 };

/** What one of its visits consists of. */
export function costOf(name: string): VisitCost {
  return (isBenchmarkName(name) ? BENCHMARKS[name].cost : undefined) ?? USUAL_COST;
}

/** Whether a warm-up round precedes it. */
export function warmsUp(name: string): boolean {
  return !isBenchmarkName(name) || BENCHMARKS[name].warmup !== false;
}

/** Whether it visits rungs, not boxes. */
export function climbs(name: string): boolean {
  return isBenchmarkName(name) && BENCHMARKS[name].subjects === 'rungs';
}

export function isBenchmarkName(name: string): name is BenchmarkName {
  return Object.hasOwn(BENCHMARKS, name);
}

/** Every metric of these benchmarks; names unknown to this version are passed over. */
export function metricsOf(names: readonly string[]): readonly Metric[] {
  return names.filter(isBenchmarkName).flatMap((name) => [...BENCHMARKS[name].metrics]);
}
