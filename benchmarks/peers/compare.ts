/**
 * Times our container against the peers that this host has, and both against plain C: the same program on the
 * same root file system with the same ready byte, in interleaved rounds. Run by `make compare-peers`.
 *
 *   compare.ts [--samples N] [--seed S] [--gap MS] [--peers NAME,…]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { TareError } from '../../runtime/errors.ts';
import { loadImage } from '../../runtime/image/load.ts';
import { PEERS } from '../../runtime/registry.ts';
import { metric } from '../benchmark.ts';
import { randomSeed, shuffled, stream } from '../random/stream.ts';
import { runScript } from '../script.ts';
import { compare } from '../statistics/compare.ts';
import { summarise, type Summary } from '../statistics/summarise.ts';
import { openContestants, peersNamed } from './contestants.ts';
import type { Start, Starter } from './starters.ts';

const WARM_UP = 3;

/** Every round visits every starter once, in an order shuffled from the seed. */
async function takeRounds(all: readonly Starter[], rounds: number, seed: string, gapMs: number): Promise<Map<string, Start[]>> {
  const taken = new Map(all.map(({ name }): [string, Start[]] => [name, []]));
  for (let round = -WARM_UP; round < rounds; round++) {
    for (const starter of shuffled(all, stream(seed, 'peers', round + WARM_UP))) {
      await sleep(gapMs);
      const start = await starter.start();
      if (round >= 0) taken.get(starter.name)?.push(start);
    }
    if (process.stderr.isTTY) process.stderr.write(`\rround ${Math.max(0, round + 1)}/${rounds} `);
  }
  if (process.stderr.isTTY) process.stderr.write('\r\u001B[2K');
  return taken;
}

function table(taken: ReadonlyMap<string, Start[]>, what: keyof Start, seed: string): string {
  const of = metric('peers', what, { title: what, unit: 'ms', definition: '', anchor: '' });
  const summaries = [...taken].map(([runtime, starts]): Summary => {
    const values = starts.map((start) => start[what] / 1e6);
    return summarise({ metric: of, runtime, values, indices: values.map((_, index) => index), failed: 0 }, false, seed);
  });
  const ours = summaries.find(({ series }) => series.runtime === 'container');
  const number = (value: number | null | undefined): string => (value === null || value === undefined ? '-' : value.toFixed(value < 10 ? 2 : 1)).padStart(7);
  return summaries
    .map((summary) => {
      const { median, low, high } = summary.statistic.summary ?? {};
      const ratio = ours === undefined ? null : (compare(summary, ours)?.ratio ?? null);
      return `  ${summary.series.runtime.padEnd(15)} ${number(median)} ms  (${number(low)} to ${number(high)})   ${number(ratio?.value)} times container (${number(ratio?.low)} to ${number(ratio?.high)})`;
    })
    .join('\n');
}

async function main(): Promise<void> {
  const { values: given } = parseArgs({ options: { samples: { type: 'string', default: '200' }, seed: { type: 'string', default: randomSeed() }, gap: { type: 'string', default: '20' }, peers: { type: 'string', default: PEERS.map(({ name }) => name).join() } } });
  const names = peersNamed(given.peers);
  const [rounds, gapMs] = [Number(given.samples), Number(given.gap)];
  if (!Number.isInteger(rounds) || rounds < 5 || !(gapMs >= 0)) throw new TareError('usage', `--samples ${given.samples} --gap ${given.gap}: samples are a whole number of at least 5, the gap is milliseconds`, 'for example: --samples 200 --gap 20');
  const directory = mkdtempSync(join(tmpdir(), 'tare-peers-'));
  const all: Starter[] = [];
  try {
    await openContestants(all, await loadImage('tiny'), names, directory);
    const taken = await takeRounds(all, rounds, given.seed, gapMs);
    console.log(`${rounds} rounds, ${gapMs} ms idle between starts, seed ${given.seed}; medians with 95 % intervals`);
    console.log(`from the request to the ready byte\n${table(taken, 'ready', given.seed)}`);
    console.log(`from the request to everything gone\n${table(taken, 'gone', given.seed)}`);
  } finally {
    for (const starter of all) await starter.close();
    rmSync(directory, { recursive: true });
  }
}

await runScript(main);
