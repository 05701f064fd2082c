/**
 * Weighs the default seccomp profile as a search tree against the same rules asked one after the other, in
 * interleaved rounds, each in a process of its own. By hand:
 *
 *   node --import tsx benchmarks/seccomp/compare.ts [--samples N] [--seed S] [--gap MS]
 *
 * Loading is where the shape tells: since Linux 5.11 the kernel walks a new filter once for every system call,
 * to remember those that are allowed whatever their arguments. These calls (getppid here) then cost the same
 * under any filter; those whose arguments are tested (ioctl here) walk it each time. `allow` is the least filter
 * there is, one instruction that allows everything.
 */
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { KEPT } from '../../runtime/container/capabilities.ts';
import { CODE, encode } from '../../runtime/container/seccomp/assembler.ts';
import { compileListing } from '../../runtime/container/seccomp/compile.ts';
import { compileLinear } from '../../runtime/container/seccomp/linear.ts';
import { defaultProfile } from '../../runtime/container/seccomp/profile.ts';
import { returnValue } from '../../runtime/container/seccomp/verdict.ts';
import { TareError } from '../../runtime/errors.ts';
import { metric } from '../benchmark.ts';
import { randomSeed, shuffled, stream } from '../random/stream.ts';
import { compare } from '../statistics/compare.ts';
import { summarise, type Summary } from '../statistics/summarise.ts';

const FIXTURE = fileURLToPath(new URL('../../fixtures/seccomp-probe', import.meta.url));
const WEIGH = fileURLToPath(new URL('../../fixtures/.built/seccomp-probe/weigh', import.meta.url));
const WARM_UP = 3;
const NS_PER_MS = 1e6;

/** What is measured of each filter, in the order in which the fixture prints it; nanoseconds. */
const FIGURES = { load: 'loading the filter', getppid: 'one getppid, judged by its number', ioctl: 'one ioctl, its arguments tested' } as const;

type Figures = Record<keyof typeof FIGURES, number>;

type Filters = ReadonlyMap<string, Uint8Array>;

function filters(): Filters {
  const rules = defaultProfile({ capabilities: KEPT.map(({ name }) => name), kernel: release() });
  return new Map([
    ['none', new Uint8Array()],
    ['allow', encode([{ code: CODE.return, jt: 0, jf: 0, k: returnValue({ do: 'allow' }) }])],
    ['tree', encode(compileListing(rules))],
    ['linear', encode(compileLinear(rules))],
  ]);
}

async function takeRounds(all: Filters, directory: string, rounds: number, seed: string, gapMs: number): Promise<Map<string, Figures[]>> {
  const names = [...all.keys()];
  const files = [...all].map(([name, program]) => {
    const file = join(directory, name);
    writeFileSync(file, program);
    return file;
  });
  const child = spawn(WEIGH, files, { stdio: ['pipe', 'pipe', 'inherit'] });
  const gone = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const lines: AsyncIterator<string> = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const taken = new Map(names.map((name): [string, Figures[]] => [name, []]));
  try {
    for (let round = -WARM_UP; round < rounds; round++) {
      for (const name of shuffled(names, stream(seed, 'seccomp', round + WARM_UP))) {
        await sleep(gapMs);
        child.stdin.write(String(names.indexOf(name)));
        const next = await lines.next();
        if (next.done === true) throw new TareError('host', `the filter ${name} could not be weighed: ${WEIGH} ended`, 'see whether this kernel has CONFIG_SECCOMP_FILTER: tare doctor');
        const [load = Number.NaN, getppid = Number.NaN, ioctl = Number.NaN] = next.value.split(' ').map(Number);
        if (round >= 0) taken.get(name)?.push({ load, getppid, ioctl });
      }
    }
  } finally {
    child.stdin.end();
    await gone;
  }
  return taken;
}

function table(taken: ReadonlyMap<string, Figures[]>, what: keyof Figures, seed: string): string {
  const of = metric('seccomp', what, { title: FIGURES[what], unit: 'ms', definition: '', anchor: '' });
  const summaries = [...taken].map(([runtime, figures]): Summary => {
    const values = figures.map((each) => each[what] / NS_PER_MS);
    return summarise({ metric: of, runtime, values, indices: values.map((_, index) => index), failed: 0 }, false, seed);
  });
  const find = (name: string): Summary | undefined => summaries.find(({ series }) => series.runtime === name);
  const ns = (milliseconds: number | null | undefined): string => (milliseconds === null || milliseconds === undefined ? '-' : (milliseconds * NS_PER_MS).toFixed(0));
  const rows = summaries
    // Where no filter is loaded there is nothing to time.
    .filter(({ series }) => what !== 'load' || series.runtime !== 'none')
    .map(({ series, statistic: { summary } }) => `  ${series.runtime.padEnd(7)} ${ns(summary?.median).padStart(7)} ns  (${ns(summary?.low)} to ${ns(summary?.high)}; all from ${ns(summary?.min)} to ${ns(summary?.max)})`);
  const [tree, linear] = [find('tree'), find('linear')];
  const ratio = tree === undefined || linear === undefined ? null : (compare(linear, tree)?.ratio ?? null);
  const times = (value: number | null | undefined): string => value?.toFixed(2) ?? '-';
  return [FIGURES[what], ...rows, `  linear / tree: ${times(ratio?.value)}  (${times(ratio?.low)} to ${times(ratio?.high)})`].join('\n');
}

async function main(): Promise<void> {
  const { values: given } = parseArgs({ options: { samples: { type: 'string', default: '100' }, seed: { type: 'string', default: randomSeed() }, gap: { type: 'string', default: '5' } } });
  const [rounds, gapMs] = [Number(given.samples), Number(given.gap)];
  if (!Number.isInteger(rounds) || rounds < 5 || !(gapMs >= 0)) throw new TareError('usage', `--samples ${given.samples} --gap ${given.gap}: samples are a whole number of at least 5, the gap is milliseconds`, 'for example: --samples 100 --gap 5');
  execFileSync('make', ['-s', '-C', FIXTURE]);
  const directory = mkdtempSync(join(tmpdir(), 'tare-seccomp-'));
  try {
    const all = filters();
    const taken = await takeRounds(all, directory, rounds, given.seed, gapMs);
    const lengths = [...all].filter(([, program]) => program.length > 0).map(([name, program]) => `${name} ${program.length / 8}`);
    console.log(`${rounds} rounds, ${gapMs} ms idle between, seed ${given.seed}; instructions: ${lengths.join(', ')}; medians with 95 % intervals`);
    for (const what of ['load', 'getppid', 'ioctl'] as const) console.log(table(taken, what, given.seed));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof TareError)) throw error;
  console.error(`tare: ${error.message}\nnext: ${error.remedy}`);
  process.exitCode = error.code === 'usage' ? 2 : 1;
}
