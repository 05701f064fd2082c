/**
 * Times our container against bwrap, crun and runc, and the launcher against plain C: the same program on the
 * same root file system with the same ready byte, in interleaved rounds. Run by `make peers`.
 *
 *   compare.ts [--samples N] [--seed S] [--gap MS]
 */
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { containerRuntime } from '../../runtime/container/container.ts';
import { TareError } from '../../runtime/errors.ts';
import { loadImage } from '../../runtime/image/load.ts';
import { hostPathOf } from '../../runtime/image/lookup.ts';
import { processRuntime } from '../../runtime/process/process.ts';
import type { BoxOptions } from '../../runtime/runtime.ts';
import { metric } from '../benchmark.ts';
import { randomSeed, shuffled, stream } from '../random/stream.ts';
import { compare } from '../statistics/compare.ts';
import { summarise, type Summary } from '../statistics/summarise.ts';
import { boxStarter, flatRoot, floorStarter, peerStarters, removeTree, writeBundle, type Start, type Starter } from './starters.ts';

const SPAWN = fileURLToPath(new URL('../../fixtures/.built/spawn-floor/spawn', import.meta.url));
const OPTIONS: BoxOptions = { memoryBytes: 256 * 2 ** 20, cpus: 1, accelerator: 'auto' };
const WARM_UP = 3;

async function starters(directory: string): Promise<Starter[]> {
  const image = await loadImage('tiny');
  const root = flatRoot(image, directory);
  return [
    floorStarter(SPAWN, hostPathOf(image, image.workload)),
    boxStarter('process', await processRuntime.prepare(image, OPTIONS)),
    boxStarter('container', await containerRuntime.prepare(image, OPTIONS)),
    ...(await peerStarters(root, writeBundle(directory, root, image.workload, OPTIONS.memoryBytes), image.workload)),
  ];
}

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
      return `  ${summary.series.runtime.padEnd(10)} ${number(median)} ms  (${number(low)} to ${number(high)})   ${number(ratio?.value)} times container (${number(ratio?.low)} to ${number(ratio?.high)})`;
    })
    .join('\n');
}

async function main(): Promise<void> {
  const { values: given } = parseArgs({ options: { samples: { type: 'string', default: '200' }, seed: { type: 'string', default: randomSeed() }, gap: { type: 'string', default: '20' } } });
  const [rounds, gapMs] = [Number(given.samples), Number(given.gap)];
  if (!Number.isInteger(rounds) || rounds < 5 || !(gapMs >= 0)) throw new TareError('usage', `--samples ${given.samples} --gap ${given.gap}: samples are a whole number of at least 5, the gap is milliseconds`, 'for example: --samples 200 --gap 20');
  const directory = mkdtempSync(join(tmpdir(), 'tare-peers-'));
  const all: Starter[] = [];
  try {
    all.push(...(await starters(directory)));
    const missing = ['bwrap', 'crun', 'runc'].filter((name) => !all.some((starter) => starter.name === name));
    if (missing.length > 0) console.log(`not on this host: ${missing.join(', ')}`);
    const taken = await takeRounds(all, rounds, given.seed, gapMs);
    console.log(`${rounds} rounds, ${gapMs} ms idle between starts, seed ${given.seed}; medians with 95 % intervals`);
    console.log(`from the request to the ready byte\n${table(taken, 'ready', given.seed)}`);
    console.log(`from the request to everything gone\n${table(taken, 'gone', given.seed)}`);
  } finally {
    for (const starter of all) await starter.close();
    removeTree(directory);
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof TareError)) throw error;
  console.error(`tare: ${error.message}\nnext: ${error.remedy}${'log' in error ? `\n${String(error.log)}` : ''}`);
  process.exitCode = error.code === 'usage' ? 2 : 1;
}
