/** Boots of several kinds of virtual machines, interleaved; one that fails is counted, told, and not repeated. */
import { setTimeout as sleep } from 'node:timers/promises';
import { TareError } from '../../runtime/errors.ts';
import type { Box } from '../../runtime/runtime.ts';
import { metric } from '../benchmark.ts';
import { shuffled, stream } from '../random/stream.ts';
import { compare } from '../statistics/compare.ts';
import { summarise, type Summary } from '../statistics/summarise.ts';

export interface VmStarter {
  readonly name: string;
  /** @returns nanoseconds from the request to the mark, when everything is gone. @throws {TareError} when it fails */
  start(deadlineMs: number): Promise<number>;
  close(): Promise<void>;
}

export function vmStarter(name: string, box: Box): VmStarter {
  return {
    name,
    async start(deadlineMs) {
      const instance = await box.start({ what: 'workload', then: 'exit', account: false });
      try {
        const ready = await instance.ready(deadlineMs);
        const { leftovers } = await instance.ended;
        if (leftovers.length > 0) throw new TareError('host', `left behind: ${leftovers.join('; ')}`, 'tare clean');
        return Number(ready - instance.timeline.requested);
      } finally {
        await instance.stop();
      }
    },
    close: () => box.close(),
  };
}

export interface Taken {
  readonly name: string;
  /** Milliseconds, in order. */
  readonly ready: readonly number[];
  readonly failures: readonly { readonly round: number; readonly message: string; readonly log: string }[];
}

export interface RoundOptions {
  readonly rounds: number;
  readonly warmUp: number;
  readonly seed: string;
  readonly gapMs: number;
  readonly deadlineMs: number;
}

/** Every round starts each once, in an order shuffled from the seed. */
export async function takeVmRounds(all: readonly VmStarter[], { rounds, warmUp, seed, gapMs, deadlineMs }: RoundOptions): Promise<Taken[]> {
  const taken = all.map(({ name }) => ({ name, ready: [] as number[], failures: [] as Taken['failures'][number][] }));
  for (let round = -warmUp; round < rounds; round++) {
    for (const starter of shuffled(all, stream(seed, 'vm', round + warmUp))) {
      await sleep(gapMs);
      const of = taken.find(({ name }) => name === starter.name);
      try {
        const nanoseconds = await starter.start(deadlineMs);
        if (round >= 0) of?.ready.push(nanoseconds / 1e6);
      } catch (error) {
        if (!(error instanceof TareError)) throw error;
        of?.failures.push({ round, message: error.message, log: 'log' in error ? String(error.log) : '' });
      }
    }
    if (process.stderr.isTTY) process.stderr.write(`\rround ${Math.max(0, round + 1)}/${rounds} `);
  }
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[2K');
  return taken;
}

function number(value: number | null | undefined): string {
  return (value === null || value === undefined ? '-' : value.toFixed(value < 10 ? 2 : 1)).padStart(7);
}

/** Medians with 95 % intervals, how many failed, and the ratio to one of them. */
export function vmTable(taken: readonly Taken[], baseline: string, emulated: boolean, seed: string): string {
  const of = metric('vm', 'ready', { title: 'ready', unit: 'ms', definition: '', anchor: '' });
  const summaries = taken.map(({ name, ready, failures }): Summary => summarise({ metric: of, runtime: name, values: ready, indices: ready.map((_, index) => index), failed: failures.length }, emulated, seed));
  const against = summaries.find(({ series }) => series.runtime === baseline);
  return summaries
    .map((summary) => {
      const { runtime, values, failed } = summary.series;
      const { median, low, high, max } = summary.statistic.summary ?? {};
      const ratio = against === undefined || against === summary ? null : (compare(summary, against)?.ratio ?? null);
      const beside = ratio === null ? '' : `   ${ratio.value.toFixed(3)} times ${baseline} (${ratio.low?.toFixed(3) ?? '-'} to ${ratio.high?.toFixed(3) ?? '-'})`;
      return `  ${runtime.padEnd(11)} ${number(median)} ms  (${number(low)} to ${number(high)}, most ${number(max)})  ${failed} of ${values.length + failed} failed${beside}`;
    })
    .join('\n');
}

/** Each failure in a line, its log below. */
export function failuresText(taken: readonly Taken[]): string {
  return taken.flatMap(({ name, failures }) => failures.map(({ round, message, log }) => `${name}, ${round < 0 ? 'to warm up' : `round ${round + 1}`}: ${message}\n${log.trim().replace(/^/gm, '    ')}\n`)).join('');
}
