/**
 * Starts a second, clean-up included, with one, two and four starters at once: our container against the same steps
 * in a bare C loop and against peers, in interleaved windows. Run by `make compare-rates`.
 *
 *   rates.ts [--rounds N] [--seconds S] [--seed S] [--peers NAME,…]
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { TareError } from '../../runtime/errors.ts';
import { loadImage } from '../../runtime/image/load.ts';
import { metric } from '../benchmark.ts';
import { randomSeed, shuffled, stream } from '../random/stream.ts';
import { runScript } from '../script.ts';
import { compare } from '../statistics/compare.ts';
import { summarise, type Summary } from '../statistics/summarise.ts';
import { containerFloorRate } from './container-floor.ts';
import { containerFloorOptions, openContestants, peersNamed } from './contestants.ts';
import type { Starter } from './starters.ts';

const STARTERS = [1, 2, 4] as const;
const DEFAULT_PEERS = 'unshare,bwrap,crun,runc';
/** Namespaces of the window before are still being taken apart. */
const PAUSE_MS = 300;

interface Contestant {
  readonly name: string;
  rate(starters: number, seconds: number): Promise<number>;
}

function looping(starter: Starter): Contestant {
  return {
    name: starter.name,
    async rate(starters, seconds) {
      const began = performance.now();
      let finished = 0;
      const loop = async (): Promise<void> => {
        while (performance.now() - began < seconds * 1000) {
          await starter.start();
          finished += 1;
        }
      };
      await Promise.all(Array.from({ length: starters }, loop));
      return (finished * 1000) / (performance.now() - began);
    },
  };
}

function table(taken: ReadonlyMap<string, readonly number[]>, starters: number, seed: string): string {
  const of = metric('peers', `rate${starters}`, { title: 'rate', unit: '1/s', definition: '', anchor: '' });
  const summaries = [...taken].map(([runtime, values]): Summary => summarise({ metric: of, runtime, values, indices: values.map((_, index) => index), failed: 0 }, false, seed));
  const ours = summaries.find(({ series }) => series.runtime === 'container');
  const text = (value: number | null | undefined, digits: number): string => (value === null || value === undefined ? '-' : value.toFixed(digits));
  return summaries
    .map((summary) => {
      const { median, low, high } = summary.statistic.summary ?? {};
      const ratio = ours === undefined ? null : (compare(ours, summary)?.ratio ?? null);
      return `  ${summary.series.runtime.padEnd(16)} ${text(median, 0).padStart(6)} /s  (${text(low, 0)} to ${text(high, 0)})   container is ${text(ratio?.value, 2)} times that (${text(ratio?.low, 2)} to ${text(ratio?.high, 2)})`;
    })
    .join('\n');
}

async function main(): Promise<void> {
  const { values: given } = parseArgs({ options: { rounds: { type: 'string', default: '10' }, seconds: { type: 'string', default: '1' }, seed: { type: 'string', default: randomSeed() }, peers: { type: 'string', default: DEFAULT_PEERS } } });
  const [rounds, seconds] = [Number(given.rounds), Number(given.seconds)];
  if (!Number.isInteger(rounds) || rounds < 5 || !(seconds > 0)) throw new TareError('usage', `--rounds ${given.rounds} --seconds ${given.seconds}: rounds are a whole number of at least 5, a window lasts longer than nothing`, 'for example: --rounds 10 --seconds 1');
  const directory = mkdtempSync(join(tmpdir(), 'tare-rates-'));
  const all: Starter[] = [];
  try {
    const image = await loadImage('tiny');
    await openContestants(all, image, peersNamed(given.peers), directory);
    const floor = containerFloorOptions(image, directory);
    const contestants: Contestant[] = all.filter(({ name }) => name !== 'c-floor').map((starter) =>
      starter.name === 'container-floor'
        ? { name: starter.name, rate: async (starters, window) => (await Promise.all(Array.from({ length: starters }, () => containerFloorRate(image, floor, window)))).reduce((sum, rate) => sum + rate, 0) }
        : looping(starter));
    const taken = new Map(STARTERS.map((starters) => [starters, new Map(contestants.map(({ name }): [string, number[]] => [name, []]))]));
    for (let round = 0; round < rounds; round++) {
      for (const starters of STARTERS) {
        for (const contestant of shuffled(contestants, stream(given.seed, 'rates', round, starters))) {
          await sleep(PAUSE_MS);
          taken.get(starters)?.get(contestant.name)?.push(await contestant.rate(starters, seconds));
        }
      }
      if (process.stderr.isTTY) process.stderr.write(`\rround ${round + 1}/${rounds} `);
    }
    if (process.stderr.isTTY) process.stderr.write('\r\u001B[2K');
    console.log(`${rounds} windows of ${seconds} s each, interleaved, seed ${given.seed}; medians with 95 % intervals`);
    for (const starters of STARTERS) console.log(`${starters === 1 ? 'one starter' : `${starters} starters at once`}\n${table(taken.get(starters) ?? new Map<string, number[]>(), starters, given.seed)}`);
  } finally {
    for (const starter of all) await starter.close();
    rmSync(directory, { recursive: true });
  }
}

await runScript(main);
